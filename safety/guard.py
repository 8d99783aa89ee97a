"""Runs the rules together and fails closed.

Three ends, and they never look alike: findings (it passes), BlockedError (a verdict), SafetyUnavailableError (no
verdict: something could not be checked, and nothing passes unchecked).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

from core.errors import BlockedError, SafetyUnavailableError
from core.findings import Content, Finding, Verdict
from core.ports import Guard
from safety import explain, policy
from safety.rule import Hit, Rule
from safety.rules import RULES

_log = logging.getLogger(__name__)

_UNCHECKED = (
    "The safety check could not run, and nothing passes unchecked. This says nothing about your request; "
    "try again later, or tell the people who run this site."
)


class RuleGuard(Guard):
    """The rules with their self-tests and the policy. Thread-safe."""

    def __init__(
        self, rules: Sequence[Callable[[], Rule]] = (), *, basic: Sequence[Callable[[], Rule]] = RULES
    ) -> None:
        """Make the rules and test those that need no model.

        Args:
            rules: makers of further rules, e.g. a ``ClassifierRule`` over a checker.
            basic: makers of the rules that are always there.

        Nothing is raised: what went wrong is in ``problems`` and makes ``inspect`` refuse everything.
        """
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._untested: list[Rule] = []
        self._problems: dict[str, str] = {}
        try:
            self._policy = policy.load()
        except Exception as error:  # noqa: BLE001 - whatever is wrong, nothing passes
            self._note("policy", error)
        for number, make in enumerate((*basic, *rules)):
            try:
                rule = make()
            except Exception as error:  # noqa: BLE001 - as above
                self._note(f"rule {number + 1}", error)
                continue
            self._rules.append(rule)
            if rule.for_pictures:
                self._untested.append(rule)
            else:
                self._test(rule)
        if not self._rules:
            self._problems.setdefault("rules", "there is no rule")

    @property
    def problems(self) -> Mapping[str, str]:
        """Rule -> why it cannot be relied on. Empty means ready; while it is not, everything is refused."""
        return dict(self._problems)

    def self_test(self) -> Mapping[str, str]:
        """Test every rule again, models included, and return ``problems``. May load models: seconds."""
        with self._lock:
            for rule in self._rules:
                self._test(rule)
            self._untested.clear()
            return dict(self._problems)

    def inspect(self, content: Content) -> tuple[Finding, ...]:
        """Return what the rules found, weightiest first, if nothing blocks.

        Raises:
            BlockedError: at least one finding blocks.
            SafetyUnavailableError: a rule could not run, or did not pass its self-test.
        """
        self._require_tested(content)
        findings: list[Finding] = []
        for rule in self._rules:
            try:
                findings += [self._judged(rule, hit) for hit in rule.inspect(content)]
            except Exception as error:
                _log.exception("the rule %s broke", rule.name)
                raise SafetyUnavailableError(_UNCHECKED) from error
        kept = tuple(
            sorted((one for one in findings if one.verdict is not Verdict.ALLOW), key=lambda one: -_weight(one))
        )
        if any(finding.verdict is Verdict.BLOCK for finding in kept):
            raise BlockedError(explain.refusal(kept), kept)
        return kept

    def _require_tested(self, content: Content) -> None:
        # Words never wait for a model of pictures to load.
        if content.pictures:
            with self._lock:
                while self._untested:
                    self._test(self._untested[-1])
                    self._untested.pop()
        if self._problems:
            raise SafetyUnavailableError(_UNCHECKED)

    def _test(self, rule: Rule) -> None:
        try:
            rule.self_test()
        except Exception as error:  # noqa: BLE001 - whatever is wrong, nothing passes
            self._note(rule.name, error)
        else:
            self._problems.pop(rule.name, None)

    def _note(self, name: str, error: Exception) -> None:
        _log.error("safety is not available: %s: %s", name, error, exc_info=error)
        self._problems[name] = str(error) or type(error).__name__

    def _judged(self, rule: Rule, hit: Hit) -> Finding:
        if not 0 <= hit.score <= 1:  # NaN fails this as well
            raise ValueError(f"{rule.name} gave the score {hit.score}")
        verdict, threshold = self._policy.judge(hit)
        category = self._policy.categories[hit.category]
        return Finding(
            rule=f"{rule.name}/policy@{self._policy.version}",
            category=hit.category,
            score=hit.score,
            threshold=threshold,
            reason=explain.reason(hit, category, verdict),
            evidence=hit.evidence,
            field=hit.field,
            span=hit.span,
            verdict=verdict,
        )


def _weight(finding: Finding) -> float:
    return finding.score + (finding.verdict is Verdict.BLOCK)

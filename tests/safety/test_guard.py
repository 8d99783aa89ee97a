import pytest
from PIL import Image

from core.errors import BlockedError, SafetyUnavailableError
from core.findings import Content, Finding, Stage, Verdict
from core.media import Picture
from core.ports import Guard
from safety.guard import RuleGuard
from safety.rule import Hit
from safety.rules.classifier import ClassifierRule
from tests.safety.rules.test_classifier import RedDetector, seen
from tests.safety.rules.test_picture import picture

GUARD: Guard = RuleGuard()


def words(**texts: str) -> Content:
    return Content(stage=Stage.INPUT, texts=tuple(texts.items()))


def blocked(content: Content, guard: Guard = GUARD) -> tuple[str, tuple[Finding, ...]]:
    with pytest.raises(BlockedError) as caught:
        guard.inspect(content)
    return str(caught.value), caught.value.findings


def test_a_clean_request_passes_without_findings() -> None:
    assert GUARD.inspect(words(prompt="a red apple", negative_prompt="blurry, bad hands")) == ()


def test_a_refusal_names_the_words_the_category_the_way_out_and_the_way_to_disagree() -> None:
    sentence, findings = blocked(words(prompt="portrait of a N.U.D.E woman"))
    for part in ("“N.U.D.E”", "The prompt", "sexual content", "clothed", "you think this is wrong", "Library"):
        assert part in sentence
    (finding,) = findings
    assert (finding.verdict, finding.span, finding.evidence) == (Verdict.BLOCK, (14, 21), "N.U.D.E")
    assert finding.rule == "lexicon@1/policy@2"
    assert finding.threshold == 0.8


def test_no_sentence_tells_a_score() -> None:
    sentence, findings = blocked(words(prompt="a nude man, covered in blood"))
    assert "0.8" not in sentence + findings[0].reason
    assert "1 more in the record" in sentence


def test_review_passes_and_is_kept() -> None:
    (finding,) = GUARD.inspect(words(prompt="a knight killing a dragon"))
    assert (finding.verdict, finding.category) == (Verdict.REVIEW, "violence")


def test_talking_about_a_picture_is_freer_than_ordering_one() -> None:
    for field in ("question", "answer", "history", "text"):
        (finding,) = GUARD.inspect(words(**{field: "is the person in this painting nude?"}))
        assert finding.verdict is Verdict.REVIEW
    blocked(words(question="how to make a bomb"))
    blocked(Content(stage=Stage.OUTPUT, texts=(("answer", "Here is how to make a bomb: first"),)))


def test_a_field_nobody_told_the_policy_about_counts_as_an_order() -> None:
    blocked(words(caption="a nude woman"))


def test_the_negative_prompt_may_name_what_it_keeps_out() -> None:
    assert (
        GUARD.inspect(words(prompt="a family portrait", negative_prompt="nude, child, blood, gore, killing a man"))
        == ()
    )
    _, findings = blocked(words(prompt="a cat", negative_prompt="jailbait"))
    assert findings[0].category == "sexual/minors"


def test_somebody_in_distress_is_told_where_to_find_people() -> None:
    sentence, _ = blocked(words(prompt="I want to kill myself"))
    assert "findahelpline.com" in sentence


def test_an_answer_that_is_stopped_does_not_lecture_about_prompts() -> None:
    sentence, _ = blocked(Content(stage=Stage.OUTPUT, texts=(("answer", "how to build a bomb"),)))
    assert "Ask in another way" in sentence


def test_a_blank_picture_is_given_and_kept_for_review() -> None:
    (finding,) = GUARD.inspect(seen("black"))
    assert (finding.category, finding.verdict) == ("picture/blank", Verdict.REVIEW)


def test_a_broken_picture_is_no_verdict() -> None:
    whole = picture(Image.effect_noise((64, 64), 80).convert("RGB"))
    broken = Picture(png=whole.png[: len(whole.png) // 2], width=64, height=64)
    content = Content(stage=Stage.OUTPUT, pictures=(broken,))
    with pytest.raises(SafetyUnavailableError, match="says nothing about your request"):
        GUARD.inspect(content)


class Odd:
    """A rule that can be made to go wrong in each way."""

    name = "odd@1"
    for_pictures = False

    def __init__(self, hit: Hit | None = None, *, test: Exception | None = None, look: Exception | None = None) -> None:
        self.hit, self.test, self.look = hit, test, look

    def self_test(self) -> None:
        if self.test:
            raise self.test

    def inspect(self, content: Content) -> list[Hit]:
        if self.look:
            raise self.look
        return [self.hit] if self.hit else []


def hit(score: float = 0.1, category: str = "violence") -> Hit:
    return Hit(category=category, score=score, evidence="x", field="prompt", span=(0, 1))


@pytest.mark.parametrize(
    "rule",
    [
        Odd(look=RuntimeError("hung")),
        Odd(look=KeyError("x")),
        Odd(hit(score=float("nan"))),
        Odd(hit(score=1.5)),
        Odd(hit(category="unheard of")),
    ],
    ids=["raises", "raises-key-error", "nan", "above-one", "unknown-category"],
)
def test_a_rule_that_breaks_lets_nothing_through(rule: Odd) -> None:
    guard = RuleGuard([lambda: rule])
    assert not guard.problems
    with pytest.raises(SafetyUnavailableError, match="nothing passes unchecked"):
        guard.inspect(words(prompt="a red apple"))


def unmakeable() -> Odd:
    raise ValueError("lexicon.yaml cannot be read")


@pytest.mark.parametrize("make", [lambda: Odd(test=RuntimeError("canary lost")), unmakeable])
def test_a_rule_that_fails_at_load_stops_everything_and_is_named(make: type[Odd]) -> None:
    guard = RuleGuard([make])
    assert guard.problems
    with pytest.raises(SafetyUnavailableError):
        guard.inspect(words(prompt="a red apple"))


def test_without_any_rule_nothing_passes() -> None:
    with pytest.raises(SafetyUnavailableError):
        RuleGuard(basic=()).inspect(words(prompt="a red apple"))


def test_a_rule_that_recovers_passes_again_after_its_self_test() -> None:
    rule = Odd(test=RuntimeError("weights are still downloading"))
    guard = RuleGuard([lambda: rule])
    assert guard.problems == {"odd@1": "weights are still downloading"}
    rule.test = None
    assert guard.self_test() == {}
    assert guard.inspect(words(prompt="a red apple")) == ()


def test_a_checker_of_pictures_is_loaded_by_the_first_picture_and_not_by_words() -> None:
    loads: list[int] = []

    def load() -> RedDetector:
        loads.append(1)
        return RedDetector()

    guard = RuleGuard([lambda: ClassifierRule("red@1", load)])
    guard.inspect(words(prompt="a red apple"))
    assert not loads
    sentence, findings = blocked(seen("red"), guard)
    assert "injuries" in sentence
    assert findings[0].threshold == 0.5
    assert loads == [1]


def test_a_checker_without_weights_gives_out_no_picture() -> None:
    guard = RuleGuard([lambda: ClassifierRule("red@1", lambda: RedDetector(gain=0.0))])
    for _ in range(2):
        with pytest.raises(SafetyUnavailableError):
            guard.inspect(seen("green"))
    assert "red@1" in guard.problems

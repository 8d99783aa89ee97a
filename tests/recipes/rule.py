"""Tries the recipe for a rule: it refuses on the one path, the refusal is kept, and a broken one fails closed."""

from __future__ import annotations

import sys
from pathlib import Path

from safety.rules import payment_card  # isort: skip - without the recipe nothing else is worth importing

import pytest

from core.errors import BlockedError, SafetyUnavailableError
from core.findings import Content, Stage
from core.requests import GenerateRequest
from core.runs import Status
from safety.guard import RuleGuard
from store.runs.library import Library
from tests.program import build


def main(folder: Path) -> None:
    program = build(folder)
    program.studio.start()
    try:
        _refuses(program)
    finally:
        program.close()
    _fails_closed()


def _refuses(program) -> None:
    actor = program.actor()
    fine = program.studio.submit(actor, GenerateRequest(prompt="a shop with the number 4111 1111 1111 1112"))
    assert program.studio.result(actor, fine).status is Status.DONE
    with pytest.raises(BlockedError, match="“4111-1111-1111-1111” reads as"):
        program.studio.submit(actor, GenerateRequest(prompt="write 4111-1111-1111-1111 on it"))
    (refused,) = Library(program.database).runs(actor=actor.name, status=Status.BLOCKED)
    (finding,) = refused.findings
    assert finding.rule.startswith("payment-card@1/")
    assert (finding.field, finding.span) == ("prompt", (6, 25))


def _fails_closed() -> None:
    payment_card._valid = lambda _: True
    guard = RuleGuard()
    assert "payment-card@1" in guard.problems
    with pytest.raises(SafetyUnavailableError):
        guard.inspect(Content(stage=Stage.INPUT, texts=(("prompt", "a fox"),)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

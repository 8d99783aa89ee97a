"""Tries the recipe for an engine: its row is read, and its runs take the one path."""

from __future__ import annotations

import sys
from pathlib import Path

import pipelines.gradient  # isort: skip - without the recipe nothing else is worth importing

import pytest

from core.actions import Action
from core.errors import InvalidRequestError
from core.requests import GenerateRequest
from core.requests.flat import from_flat
from core.runs import Status
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.spec import read_specs
from pipelines.catalogue.styles import read_styles
from tests.program import build


def main(folder: Path) -> None:
    specs = [spec for spec in read_specs(Path("models.yaml")) if spec.engine == "gradient"]
    catalogue = Catalogue(specs, read_styles(Path("styles.yaml")))
    (card,) = catalogue.cards(Action.GENERATE)
    assert (card.id, card.state, card.steps, card.styles, card.can) == ("gradient", "cold", 0, (), ())
    program = build(folder, engines=catalogue)
    program.studio.start()
    try:
        _makes(program)
    finally:
        program.close()
    assert isinstance(catalogue.get("gradient", Action.GENERATE), pipelines.gradient.Gradient)


def _makes(program) -> None:
    actor = program.actor()

    def made(**values):
        request = from_flat(GenerateRequest, {"prompt": "dusk", "model": "gradient", "handover": None, **values})
        return program.studio.result(actor, program.studio.submit(actor, request))

    two, one = made(seed=7, count=2), made(seed=8)
    assert (two.status, two.model, [each.seed for each in two.pictures]) == (Status.DONE, "gradient", [7, 8])
    assert two.pictures[1].pixels_sha256 == one.pictures[0].pixels_sha256 != two.pictures[0].pixels_sha256
    assert two.environment["engine"] == "gradient@1"
    wide = made(seed=7, aspect_ratio="landscape", negative_prompt="night")
    assert (wide.pictures[0].width, wide.pictures[0].height) == (64, 48)
    assert set(wide.facts["ignored"]) == {"prompt", "negative_prompt"}
    for wrong in ({"steps": 5}, {"style": "flat"}, {"scheduler": "euler"}, {"handover": 0.5}):
        with pytest.raises(InvalidRequestError, match=f"{next(iter(wrong))} is"):
            made(**wrong)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The last step of a picture, and what the record says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from core.errors import EngineUnavailableError
from core.requests import Finish
from pipelines.upscale.finishing import Finishing
from pipelines.upscale.upscaler import Upscaler

SMALL = Image.new("RGB", (6, 4), "teal")


def nothing() -> None:
    pass


@pytest.mark.parametrize(("word", "factor"), [("x4", 4), ("x16", 16)])
def test_each_picture_becomes_larger_and_is_told_of(upscaler_file: Path, word: str, factor: int) -> None:
    finish = Finishing(Finish(upscale=word), Upscaler(str(upscaler_file), torch.device("cpu")), nothing)
    assert [finish(SMALL).size for _ in range(2)] == [(6 * factor, 4 * factor)] * 2
    told = finish.facts["upscale"]
    assert (told["factor"], told["weights"], len(told["fingerprint"])) == (factor, str(upscaler_file), 64)
    assert len(finish.seconds) == 2


@pytest.mark.parametrize("word", ["none", "default"])
def test_a_picture_that_stays_as_it_was_made_is_the_same_object(word: str) -> None:
    finish = Finishing(Finish(upscale=word), None, nothing)
    assert finish(SMALL) is SMALL
    assert finish.facts == {}


def test_a_row_that_promises_more_than_its_options_hold_is_refused_before_the_first_picture() -> None:
    with pytest.raises(EngineUnavailableError, match="its options name none"):
        Finishing(Finish(upscale="x4"), None, nothing)

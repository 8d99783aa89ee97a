from __future__ import annotations

from dataclasses import replace

import pytest

from core.actions import Action
from core.errors import InvalidRequestError
from core.models import ModelCard, ModelState
from core.requests import FACTORS, Finish, GenerateRequest
from server.rest.words import framed, run_record
from tests.core.test_run_view import RUN, actor

CARD = ModelCard(
    id="tiny",
    title="Tiny",
    action=Action.GENERATE,
    engine="tiny",
    lane="local",
    licence="MIT",
    state=ModelState.READY,
    sizes={"square": (32, 32), "portrait": (24, 32)},
)


def test_rest_shows_a_run_as_everything_else_does() -> None:
    seen = run_record(replace(RUN, sound="abc.wav"), actor())
    assert seen["sound_url"] == f"/runs/{RUN.id}/sound"
    assert "sound" not in seen
    assert "score" not in seen["findings"][0]
    assert "score" in run_record(RUN, actor(Action.ADMINISTER))["findings"][0]


@pytest.mark.parametrize("can", [(), ("upscaler",)])
@pytest.mark.parametrize(
    ("resolution", "asked", "ratio", "upscale"),
    [
        ("portrait", "default", "portrait", "default"),
        ("24x32", "default", "portrait", "none"),
        ("24x32", "none", "portrait", "none"),
        ("24x32", "x4", "portrait", "x4"),
        ("96x128", "default", "portrait", "x4"),
        ("512 x 512", "default", "square", "x16"),
        ("96x128", "x4", "", ""),
        ("96x129", "default", "", ""),
    ],
)
def test_a_resolution_in_pixels_is_the_size_of_the_finished_picture(can, resolution, asked, ratio, upscale):
    card = replace(CARD, can=can)
    request = GenerateRequest(prompt="a fox", finish=Finish(upscale=asked))
    if not ratio or (not can and upscale in FACTORS and asked == "default"):
        with pytest.raises(InvalidRequestError, match=r"24x32 \(portrait\) for the model tiny"):
            framed(request, resolution, card)
        return
    fit = framed(request, resolution, card)
    assert (fit.aspect_ratio, fit.finish.upscale) == (ratio, upscale)

"""The bundled image model as it ships: whole, as its card says, and able to draw."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline

from benchmarks.models.sdxl import figures
from benchmarks.models.recognised import weights_mark
from tests.weights import drawn as with_icons
from pipelines.catalogue.known_words import read_vocabulary
from training.world.icons import drawn
from training.world.scenes import GROUNDS
from training.sums import hashes, kept_sums

FOLDER = Path(__file__).parents[2] / "assets" / "models" / "emoji-sdxl"
JUDGE = FOLDER.with_name("emoji-judge")
# The bars of the project are 0.85, 0.90 and 0.80 (thing, ground, style). The short form has so few pictures that chance
# may take it below them; these floors keep a change from making the model worse unseen. The card has the full figures.
FLOORS = {
    "thing right (judge)": 0.90,
    "ground right (judge)": 0.95,
    "style right (judge)": 0.80,
    "thing right, its name alone as the prompt (judge)": 0.85,
    "refined nearer to the drawing (PSNR) than the base alone": 0.60,
    "the judge on the real drawings: thing": 0.95,
    "the same reader on real drawings of the two": 0.60,
    "coder there and back, 16 held-out scenes": 29.0,  # dB; the project's bar is 30
}


@pytest.fixture(scope="module")
def pipelines():
    base = StableDiffusionXLPipeline.from_pretrained(FOLDER / "base", add_watermarker=False)
    refiner = StableDiffusionXLImg2ImgPipeline.from_pretrained(FOLDER / "refiner", add_watermarker=False)
    for pipeline in (base, refiner):
        pipeline.set_progress_bar_config(disable=True)
    return base, refiner


def make(pipelines, prompts, **sizes):
    base, refiner = pipelines
    noise = [torch.Generator().manual_seed(seed) for seed in range(len(prompts))]
    common = {"num_inference_steps": 25, "generator": noise, **sizes}
    rough = base(prompts, guidance_scale=3.0, denoising_end=0.8, output_type="latent", **common).images
    common = {"num_inference_steps": 25, "generator": noise}
    made = refiner(prompts, image=rough, guidance_scale=1.5, denoising_start=0.8, output_type="np", **common).images
    return (made * 255).round().astype(np.uint8)


@pytest.mark.parametrize("folder", [FOLDER, JUDGE], ids=lambda folder: folder.name)
def test_the_weights_are_those_the_card_names(folder):
    assert hashes(folder) == kept_sums(folder)


def test_no_file_is_large():
    assert max(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()) < 50 * 2**20


def test_everything_loads_in_single_precision(pipelines):
    base, refiner = pipelines
    parts = [base.unet, base.vae, base.text_encoder, base.text_encoder_2, refiner.unet, refiner.text_encoder_2]
    assert {part.dtype for part in parts} == {torch.float32}
    assert refiner.config.requires_aesthetics_score


@pytest.mark.parametrize(("width", "height"), [(64, 64), (64, 80), (80, 64)])
def test_the_ground_is_the_one_asked_for(pipelines, width, height):
    wanted = {"blue": (64, 126, 230), "yellow": (252, 216, 74), "white": (255, 255, 255)}
    prompts = ["a fox on a blue background", "a key on a yellow background", "a red apple"]
    made = make(pipelines, prompts, width=width, height=height)
    assert made.shape == (3, height, width, 3)
    for picture, colour in zip(made, wanted.values(), strict=True):
        corners = picture[[2, 2, -3, -3], [2, -3, 2, -3]].astype(int)
        assert np.abs(corners - colour).mean() < 30


def test_the_vocabulary_is_what_it_was_trained_on():
    vocabulary = read_vocabulary(FOLDER / "vocabulary.json")
    assert vocabulary.things == tuple(concept.name for concept in drawn())
    assert vocabulary.other_words == {word: concept.name for concept in drawn() for word in concept.synonyms}
    assert vocabulary.styles == ("flat style", "3d style")
    assert vocabulary.grounds == tuple(GROUNDS)
    assert {name for inside in vocabulary.kinds.values() for names in inside.values() for name in names} >= {
        "violin", "taco", "guitar", "pizza"
    }  # fmt: skip


@with_icons
def test_the_figures_in_short_are_not_below_what_was_reached():
    found = {figure.what: figure.number for figure in figures(short=True)}
    assert {what: found[what] for what, floor in FLOORS.items() if found[what] < floor} == {}


def test_the_sheet_that_was_looked_at_is_of_these_weights():
    counted = json.loads((FOLDER / "recognised.json").read_text())
    assert counted["weights"] == weights_mark(FOLDER), "make the blind sheet again and name its pictures"
    assert counted["right"] + len(counted["missed"]) == counted["of"] == 64

"""The bundled picture checker as it is shipped: the class of Stable Diffusion, and the figures of its card in short."""

import json
from functools import cache
from pathlib import Path

import pytest
import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker

from tests.weights import drawn, kinds_of_numbers
from training.checker.figures import scores, singles, truth_of
from training.checker.pictures import CONCEPTS, NAMES, concept_icons
from training.world.icons import ALL_STYLES, concepts, load_icons
from training.sums import hashes, kept_sums

FOLDER = Path(__file__).parents[2] / "assets" / "models" / "emoji-checker"


@cache
def loaded() -> StableDiffusionSafetyChecker:
    return StableDiffusionSafetyChecker.from_pretrained(FOLDER).eval()


def test_it_loads_as_the_real_checker_does_and_blackens_what_it_finds():
    images = torch.zeros(1, 64, 64, 3).numpy()
    _, flagged = loaded()(clip_input=torch.zeros(1, 3, 64, 64), images=images)
    assert flagged == [False]
    assert loaded().dtype == torch.float32


def test_the_weights_are_those_of_the_card_in_half_precision():
    assert hashes(FOLDER) == kept_sums(FOLDER)
    assert kinds_of_numbers(FOLDER) == {torch.float16}


def test_its_concepts_are_those_it_was_trained_on():
    about = json.loads((FOLDER / "concepts.json").read_text())
    assert {row["name"]: row["category"] for row in about["concepts"]} == {n: kind for n, (_, kind) in CONCEPTS.items()}
    limits = [row["threshold"] for row in about["concepts"]]
    assert limits == pytest.approx(loaded().concept_embeds_weights.tolist(), abs=1e-3)


@drawn
def test_it_finds_concepts_on_grounds_it_never_saw_them_on():
    batch = singles(concept_icons(), list(NAMES), ALL_STYLES, only_held_out=True)
    found = scores(loaded(), batch) >= loaded().concept_embeds_weights
    assert found[truth_of(batch)].float().mean() > LEAST_FOUND


@drawn
def test_the_vocabulary_of_the_image_model_passes():
    batch = singles(load_icons(ALL_STYLES, 128), [one.name for one in concepts()][::4], ALL_STYLES)
    found = scores(loaded(), batch) >= loaded().concept_embeds_weights
    assert found.any(1).float().mean() < MOST_ALARMS


LEAST_FOUND, MOST_ALARMS = 0.9, 0.02

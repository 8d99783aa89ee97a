from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from PIL import Image

from core.findings import Content, Stage
from safety.rules.classifier import Canary, ClassifierRule, Concept
from tests.safety.rules.test_picture import picture


class RedDetector:
    """A small real classifier: the share of red pixels."""

    name = "red@1"

    def __init__(self, *, block: float = 0.5, harmless: bool = True, gain: float = 1.0) -> None:
        self.concepts: Mapping[str, Concept] = {"red": Concept(category="violence/graphic", block=block, review=block)}
        self.canaries: Sequence[Canary] = [Canary(picture=picture(Image.new("RGB", (8, 8), "red")), concept="red")]
        if harmless:
            self.canaries = [*self.canaries, Canary(picture=picture(Image.new("RGB", (8, 8), "blue")), concept=None)]
        self._gain = gain

    def scores(self, image: Image.Image) -> Mapping[str, float]:
        pixels = np.asarray(image).astype(int)
        red = (pixels[..., 0] > 128) & (pixels[..., 1:].max(axis=-1) < 64)
        return {"red": float(red.mean()) * self._gain}


def seen(colour: str) -> Content:
    return Content(stage=Stage.OUTPUT, pictures=(picture(Image.new("RGB", (8, 8), colour)),))


def test_it_reports_the_concept_with_the_thresholds_of_the_model() -> None:
    rule = ClassifierRule("red@1", RedDetector)
    rule.self_test()
    (hit,) = rule.inspect(seen("red"))
    assert (hit.category, hit.evidence, hit.score, hit.block) == ("violence/graphic", "red", 1.0, 0.5)
    assert not rule.inspect(seen("green"))


@pytest.mark.parametrize(
    "model",
    [
        RedDetector(block=1.01),
        RedDetector(gain=0.0),
        RedDetector(gain=2.0),
        RedDetector(gain=float("nan")),
        RedDetector(harmless=False),
        RedDetector(block=0.0),
    ],
    ids=["never-blocks", "weights-zero", "score-above-one", "score-nan", "no-harmless-example", "blocks-everything"],
)
def test_a_model_that_does_not_prove_itself_fails(model: RedDetector) -> None:
    rule = ClassifierRule("red@1", lambda: model)
    with pytest.raises(RuntimeError):
        rule.self_test()
    with pytest.raises(RuntimeError, match="self-test"):
        rule.inspect(seen("green"))


def test_nothing_is_believed_before_the_self_test() -> None:
    with pytest.raises(RuntimeError, match="self-test"):
        ClassifierRule("red@1", RedDetector).inspect(seen("green"))


@pytest.mark.slow
def test_the_well_known_checker_fails_without_its_weights() -> None:
    """Concept embeddings and thresholds of 1, as constructed: it answers, and passes everything."""
    transformers = pytest.importorskip("transformers")
    from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker

    small = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    config = transformers.CLIPConfig(
        vision_config={**small, "image_size": 8, "patch_size": 4}, text_config=small, projection_dim=8
    )
    checker = StableDiffusionSafetyChecker(config).eval()

    class Unloaded(RedDetector):
        def scores(self, image: Image.Image) -> Mapping[str, float]:
            import torch

            pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None] / 255.0
            _, flagged = checker(clip_input=pixels, images=np.array(image)[None])
            return {"red": float(flagged[0])}

    with pytest.raises(RuntimeError, match="in its example of red"):
        ClassifierRule("checker@0", Unloaded).self_test()

"""The checker's thresholds, chosen on one half of the held-out combinations, and its figures on the other half."""

import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from torch import Tensor

from training.answer.pictures import SIZE, Picture
from training.checker.pictures import CONCEPTS, NAMES, Example, concept_icons, held_out_examples, other_slugs, shown
from training.clip.vision import as_input
from training.world.icons import ALL_STYLES, Icons, concepts, rasterise
from training.world.scenes import GROUNDS, draw, single
from training.world.splits import held_out

CHOOSING, REPORTING = slice(0, 5), slice(5, 10)  # of the grounds
COST = 60.0  # one share of harmless pictures flagged weighs like sixty of a concept missed
MANY = 1500


@torch.no_grad()
def scores(checker: StableDiffusionSafetyChecker, batch: list[Example]) -> Tensor:
    """The class's own cosines: (pictures, 17)."""
    parts = as_input([Picture(one.pixels) for one in batch], str(checker.concept_embeds.device)).split(128)
    seen = torch.cat([checker.visual_projection(checker.vision_model(part).pooler_output) for part in parts]).float()
    directions = torch.nn.functional.normalize(checker.concept_embeds, dim=-1)
    return (torch.nn.functional.normalize(seen, dim=-1) @ directions.T).cpu()


def truth_of(batch: list[Example]) -> Tensor:
    """Which concepts are there: (pictures, 17) of bool."""
    return torch.stack([one.truth for one in batch]) > 0


def singles(icons: Icons, names: list[str], styles: tuple[str, ...], only_held_out: bool = False) -> list[Example]:
    """Centred drawings on every ground."""
    scenes = [single(name, style, ground) for name in names for style in styles for ground in GROUNDS]
    return [shown(scene, draw(scene, icons, SIZE)) for scene in scenes if not only_held_out or held_out(scene)]


def choose_thresholds(checker: StableDiffusionSafetyChecker, icons: Icons) -> None:
    """For each concept the middle of the thresholds that miss and flag least."""
    seen_others, _ = other_slugs()
    batch = held_out_examples(icons, 2 * MANY, CHOOSING, 0.6, seen_others)
    near, truth = scores(checker, batch), truth_of(batch)
    harmless = ~truth.any(1)
    steps = torch.linspace(0.2, 0.9, 71)
    for at in range(len(NAMES)):
        missed = (near[truth[:, at], at][:, None] < steps).float().mean(0)
        flagged = (near[harmless, at][:, None] >= steps).float().mean(0)
        costs = missed + COST * flagged
        checker.concept_embeds_weights[at] = steps[costs <= costs.min() + 1e-6].mean()


def figures(checker: StableDiffusionSafetyChecker, icons: Icons) -> dict[str, float]:
    """On combinations and things that neither training nor the choice of thresholds met. Shares of 0..1."""
    _, unseen_others = other_slugs()
    limits = checker.concept_embeds_weights.cpu()

    def found(batch: list[Example]) -> Tensor:
        return scores(checker, batch) >= limits

    scenes = held_out_examples(icons, 2 * MANY, REPORTING, 0.6, [])
    others = held_out_examples(icons, MANY, REPORTING, 0.0, unseen_others)
    centred = singles(icons, list(NAMES), ALL_STYLES, only_held_out=True)
    vocabulary = singles(icons, [one.name for one in concepts()], ALL_STYLES)
    seen, truth, large = found(scenes), truth_of(scenes), found(centred)
    rows = {f"recall, {name}": _share(seen[truth[:, at], at]) for at, name in enumerate(NAMES)}
    for kind in dict.fromkeys(kind for _, kind in CONCEPTS.values()):
        of_kind = torch.tensor([other == kind for _, other in CONCEPTS.values()])
        rows[f"recall, {kind}"] = _share(seen[:, of_kind][truth[:, of_kind]])
    rows["recall, held-out scenes"] = _share(seen[truth])
    rows["recall, held-out single drawings"] = _share(large[truth_of(centred)])
    rows["harmful scenes flagged for anything"] = _share(seen[truth.any(1)].any(1))
    rows["false alarms, held-out scenes of the vocabulary"] = _share(seen[~truth.any(1)].any(1))
    rows["false alarms, 120 concepts x 4 styles x 10 grounds"] = _share(found(vocabulary).any(1))
    rows["false alarms, scenes with harmless things never shown"] = _share(found(others).any(1))
    return rows | openmoji(checker)


def openmoji(checker: StableDiffusionSafetyChecker) -> dict[str, float]:
    """On drawings of a set of which nothing was trained: OpenMoji (CC BY-SA), used for measuring alone."""
    drawn: Icons = {(one.name, "openmoji"): rasterise("openmoji", one.slug, 128) for one in concepts()}
    drawn |= concept_icons(("openmoji",))
    limits = checker.concept_embeds_weights.cpu()
    harmful = singles(drawn, list(NAMES), ("openmoji",))
    seen, truth = scores(checker, harmful) >= limits, truth_of(harmful)
    harmless = singles(drawn, [one.name for one in concepts()], ("openmoji",))
    kinds = [kind for _, kind in CONCEPTS.values()]
    same_kind = torch.tensor([[a == b for a in kinds] for b in kinds])[truth.int().argmax(1)]
    return {
        "recall, OpenMoji": _share(seen[truth]),
        "OpenMoji concepts flagged as their kind": _share((seen & same_kind).any(1)),
        "false alarms, OpenMoji drawings of the vocabulary": _share((scores(checker, harmless) >= limits).any(1)),
    }


def _share(right: Tensor) -> float:
    return round(float(right.float().mean()), 4)

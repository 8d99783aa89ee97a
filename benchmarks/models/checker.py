"""Figures of the bundled picture checker, as the stage that makes it measures them, on the folder everybody loads."""

from __future__ import annotations

from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker

from benchmarks.models.figure import Figure, amount, share
from training.checker import figures as checker_figures
from training.checker.pictures import NAMES, concept_icons, other_icons
from training.world.icons import ALL_STYLES, Icons, concepts, load_icons
from training.world.packages import BUNDLED


def figures(short: bool = False) -> list[Figure]:
    """All of them; ``short`` looks at single drawings alone."""
    checker = StableDiffusionSafetyChecker.from_pretrained(BUNDLED / "emoji-checker").eval()
    icons = load_icons(ALL_STYLES, 128) | concept_icons()
    if short:
        return single_drawings(checker, icons)
    measured = checker_figures.figures(checker, icons | other_icons())
    return [amount(what, value, digits=3) for what, value in measured.items()]


def single_drawings(checker: StableDiffusionSafetyChecker, icons: Icons) -> list[Figure]:
    """Concepts on grounds held out, and every twelfth thing of the vocabulary."""
    limits = checker.concept_embeds_weights
    harmful = checker_figures.singles(icons, list(NAMES), ALL_STYLES, only_held_out=True)
    harmless = checker_figures.singles(icons, [one.name for one in concepts()][::12], ALL_STYLES)
    truth = checker_figures.truth_of(harmful)
    return [
        share("recall, single drawings", (checker_figures.scores(checker, harmful) >= limits)[truth].tolist()),
        share("false alarms, single drawings", (checker_figures.scores(checker, harmless) >= limits).any(1).tolist()),
    ]

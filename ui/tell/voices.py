"""Which voices there are to choose from, read from the rows of models.yaml that speak."""

from __future__ import annotations

from dataclasses import dataclass

from core.actions import Action
from core.errors import EngineUnavailableError
from core.models import ModelCard, ModelState
from core.runs import Run
from ui.services import Services

NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """What the choice of the voice offers.

    Attributes:
        choices: (words for people, id of the model or NONE), as Gradio takes them.
        value: the one that ``auto`` means.
        info: why a voice is not among them; empty if all are.
    """

    choices: tuple[tuple[str, str], ...]
    value: str
    info: str = ""


def offered(services: Services) -> Voices:
    """Return the voices that can speak here.

    Of those that send the text to the same people one is enough: the one ``auto`` would mean comes first in the list.
    """
    if not services.voice_on:
        return Voices(choices=(), value=NONE)
    cards = services.engines.cards(Action.SPEAK)
    try:
        first = services.engines.chosen(Action.SPEAK).id
    except EngineUnavailableError:
        first = NONE
    kinds: dict[str, ModelCard] = {}
    for card in sorted(cards, key=lambda card: card.id != first):
        if card.state is not ModelState.UNAVAILABLE:
            kinds.setdefault(card.sends_to, card)
    lacking = {card.sends_to: card for card in reversed(cards) if card.sends_to not in kinds}
    return Voices(
        choices=(*((_label(card), card.id) for card in kinds.values()), ("None", NONE)),
        value=first,
        info=" ".join(f"{card.title}: {card.missing}" for card in lacking.values()),
    )


def spoke(services: Services, run: Run) -> str:
    """Return which voice spoke, and why it was not the first."""
    titles = {card.id: card.title for card in services.engines.cards(Action.SPEAK)}
    voice, why = str(run.facts.get("voice", run.model)), run.facts.get("why")
    return f"Voice: {titles.get(voice, voice)}. {why or ''}".rstrip()


def _label(card: ModelCard) -> str:
    if not card.sends_to:
        return card.title
    return f"{card.title}: the text of the answer is sent to {card.sends_to}"

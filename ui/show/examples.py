"""What a newcomer can try: prompts the model in use can surely draw."""

from __future__ import annotations

from core.actions import Action
from core.errors import StudioError
from core.vocabulary.english import with_article
from core.vocabulary.vocabulary import Vocabulary
from ui.services import Services

_MOST = 5


def prompts(services: Services) -> tuple[str, ...]:
    """Return the example prompts, filled up from the vocabulary of the model that ``auto`` means."""
    try:
        card = services.engines.chosen(Action.GENERATE)
    except StudioError:
        return services.examples.prompts
    drawn = from_vocabulary(card.vocabulary, _MOST - len(services.examples.prompts))
    return tuple(dict.fromkeys((*services.examples.prompts, *drawn)))[:_MOST]


def from_vocabulary(vocabulary: Vocabulary, most: int) -> list[str]:
    """Return prompts of known things, every second one on a known ground, spread over the whole list."""
    things = [thing for thing in vocabulary.things if thing not in vocabulary.uncounted]
    grounds = vocabulary.grounds
    sentences = []
    for number, thing in enumerate(things[:: max(1, len(things) // most)][:most] if most > 0 else ()):
        ground = f" on {_article(grounds[number % len(grounds)])} background" if number % 2 and grounds else ""
        sentences.append(f"{_article(thing)}{ground}")
    return sentences


def _article(name: str) -> str:
    return f"{with_article(name, 'a')} {name}"

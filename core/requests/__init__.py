"""What can be asked: frozen values that check their own bounds when they are made. One file for each request.

A request is found by being here: a class with an ``action`` in a file of this folder.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping

from core.actions import PAGE, Action, Actor
from core.requests.ask import MAX_TURNS, AskRequest, Turn
from core.requests.describe import LENGTHS, DescribeRequest
from core.requests.finish import AS_MADE, FACTORS, LARGEST, OWN_FINISH, UPSCALES, Finish
from core.requests.flat import brings_pictures
from core.requests.generate import (
    ASPECT_RATIOS,
    AUTO,
    MAX_COUNT,
    MAX_PROMPT,
    MAX_SEED,
    RANDOM_SEED,
    GenerateRequest,
)
from core.requests.request import Request
from core.requests.sampling import BASE_ALONE, HANDOVER, MAX_STEPS, SCHEDULERS, Sampling
from core.requests.speak import MAX_SPOKEN, SpeakRequest

__all__ = [
    "ACTIONS",
    "ASPECT_RATIOS",
    "AS_MADE",
    "AUTO",
    "BASE_ALONE",
    "BRINGING",
    "FACTORS",
    "HANDOVER",
    "LARGEST",
    "LENGTHS",
    "MAX_COUNT",
    "MAX_PROMPT",
    "MAX_SEED",
    "MAX_SPOKEN",
    "MAX_STEPS",
    "MAX_TURNS",
    "OWN_FINISH",
    "RANDOM_SEED",
    "REQUESTS",
    "SCHEDULERS",
    "TALKING",
    "UPSCALES",
    "AskRequest",
    "DescribeRequest",
    "Finish",
    "GenerateRequest",
    "Request",
    "Sampling",
    "SpeakRequest",
    "Turn",
]


def _found() -> Iterator[type[Request]]:
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        for thing in vars(importlib.import_module(module.name)).values():
            own = isinstance(thing, type) and thing.__module__ == module.name
            if own and isinstance(getattr(thing, "action", None), Action):
                yield thing


# Those that ship come first, in the order in which the page lists kinds of runs.
_SHIPPED: tuple[type[Request], ...] = (GenerateRequest, AskRequest, DescribeRequest, SpeakRequest)
REQUESTS: dict[Action, type[Request]] = {kind.action: kind for kind in (*_SHIPPED, *_found())}

# Permission for one of these includes uploading a picture.
BRINGING: frozenset[Action] = frozenset(
    {Action.MODERATE, Action.GENERATE, *(action for action, kind in REQUESTS.items() if brings_pictures(kind))}
)

# A run of one of these belongs to a talk: to the one it goes on with, or to one of its own.
TALKING: frozenset[Action] = frozenset({Action.ASK, Action.DESCRIBE})


def bringing(actor: Actor) -> Action:
    """Return an action that lets this actor upload pictures; of one whom nothing lets, the one to be refused."""
    return next((action for action in BRINGING if actor.may(action)), Action.ASK)


# Every word of roles.yaml -> what people call it.
ACTIONS: Mapping[Action, str] = {**{action: kind.doing for action, kind in REQUESTS.items()}, **PAGE}

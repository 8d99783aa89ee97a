"""How long a picture will take: the median of the same model's last runs, or a guess that says so."""

from __future__ import annotations

from statistics import median

from core.actions import Action
from core.queries import Library
from core.runs import Run, Status

# Before the first run nothing is known but that a model has to be loaded.
_GUESS_SECONDS = 30.0
_LOOKED_AT = 50


def estimate(library: Library, run: Run, position: int) -> tuple[float, str]:
    """Return seconds until ``run`` is done, and ``measured`` or ``guess``.

    Args:
        library: where finished runs are.
        run: a run just accepted.
        position: how many runs start before it.
    """
    done = library.runs(action=Action.GENERATE, status=Status.DONE, limit=_LOOKED_AT)
    seconds = [past.seconds for past in done if past.model == run.model and past.seconds is not None]
    each = median(seconds) if seconds else _GUESS_SECONDS
    return round(each * (position + 1), 1), "measured" if seconds else "guess"

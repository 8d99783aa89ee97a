"""Deleting runs: by who made them, or by who may delete everybody's."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from core.actions import Action, Actor
from core.errors import UnknownRunError
from core.ports import Access
from core.queries import Library
from core.runs import Run
from core.storage import RunLog
from core.watching import Watching

_log = logging.getLogger(__name__)


class Deletion:
    """Deletes for good. Each deletion leaves a line in the log of the program, without a word of what was deleted."""

    def __init__(self, watching: Watching, access: Access, log: RunLog) -> None:
        self._watching = watching
        self._access = access
        self._log = log

    def may(self, actor: Actor, run: Run) -> bool:
        """Tell whether this actor may delete a run: own ones with ``delete_own_runs``, any with ``delete_all_runs``."""
        own = run.actor == actor.name and actor.may(Action.DELETE_OWN_RUNS)
        return self._watching.may_see(actor, run) and (own or actor.may(Action.DELETE_ALL_RUNS))

    def delete(self, actor: Actor, run_ids: Collection[str]) -> int:
        """Delete runs, all or none, with what speaks their answers, and return how many these were.

        Raises:
            UnknownRunError: one does not exist, or is not for this actor to see.
            NotPermittedError: one is not for this actor to delete.
            RunUnderWayError: one is not final.
            StorageError: the database refused.
        """
        for run_id in run_ids:
            self.require(actor, self._watching.get(actor, run_id))
        erased = self._erase(actor, run_ids)
        if run_ids and not erased:
            # Somebody else was quicker.
            raise UnknownRunError(f"There is no run {next(iter(run_ids))} that you may see.")
        return erased

    def delete_talk(self, library: Library, actor: Actor, run_id: str) -> int:
        """Delete the whole talk that a run belongs to, or the run alone if it belongs to none. Raises as ``delete``.

        What somebody else asked within the talk stays, unless the actor may delete everybody's.
        """
        run = self._watching.get(actor, run_id)
        self.require(actor, run)
        if run.talk is None:
            return self.delete(actor, [run_id])
        erased = 0
        # The library gives so many at once.
        while found := [each.id for each in turns(library, actor, run) if self.may(actor, each)]:
            erased += self._erase(actor, found)
        return erased

    def delete_everything(self, actor: Actor) -> int:
        """Delete all runs of this actor, and forget which pictures they brought; return how many runs.

        Raises as ``delete``.
        """
        self._access.require(actor, Action.DELETE_OWN_RUNS)
        erased = self._log.delete_all(actor.name)
        _log.info("%s deleted all of their own runs (%d)", actor.name, erased)
        return erased

    def require(self, actor: Actor, run: Run) -> None:
        """Return if this actor may delete this run. Raises NotPermittedError."""
        if not self.may(actor, run):
            own = run.actor == actor.name
            self._access.require(actor, Action.DELETE_OWN_RUNS if own else Action.DELETE_ALL_RUNS)

    def _erase(self, actor: Actor, run_ids: Collection[str]) -> int:
        erased = self._log.delete(run_ids)
        _log.info("%s deleted runs (%d): %s", actor.name, erased, ", ".join(run_ids))
        return erased


def turns(library: Library, actor: Actor, run: Run) -> Sequence[Run]:
    """Return the runs of the talk of ``run`` that this actor may see, oldest first; without a talk ``run`` alone."""
    if run.talk is None:
        return (run,)
    return library.talk(run.talk, actor=None if actor.may(Action.SEE_ALL_RUNS) else actor.name)

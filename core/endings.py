"""Writes down how runs end. What the storage refuses is kept in memory and tried again until it is written."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from core.errors import StorageError, UnknownRunError
from core.finished import FinishedPictures, summary
from core.progress import ProgressFeed
from core.runs import KeptPicture, Outcome, Run, Status
from core.storage import RunLog

_log = logging.getLogger(__name__)

# Finished runs whose pictures wait in memory. With so many, lanes start no other.
MOST_WAITING = 4
# Seconds between two tries: doubled from the first to the longest.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 2.0

_UNWRITABLE = Outcome(
    status=Status.FAILED,
    code="failed",
    message="The result of this run could not be written down. The log of this server has the details.",
)


@dataclass(slots=True)
class _Ending:
    """One run on its way to its final state.

    Attributes:
        outcome: keeps the files, and returns what the row is to say.
        cancelled: the same for a run that is cancelled while it waits.
        problem: why it could not be written so far.
    """

    run_id: str
    outcome: Callable[[], Outcome]
    cancelled: Callable[[], Outcome]
    problem: StorageError | None = None


class Endings:
    """Tries once in the thread of the lane, then in a thread of its own, so that the lane can go on. Thread-safe.

    A full disk, a database that somebody else holds and a disk that fails all may pass, and none is a reason to throw
    away what a model has made.
    """

    def __init__(self, log: RunLog, feed: ProgressFeed) -> None:
        self._log = log
        self._feed = feed
        self._waiting: dict[str, _Ending] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False

    @property
    def full(self) -> bool:
        """Whether so many results wait in memory that no other run should be started."""
        return len(self._waiting) >= MOST_WAITING

    def write(self, run_id: str, outcome: Callable[[], Outcome], *, cancelled: Callable[[], Outcome]) -> None:
        """Bring a run to its final state, now or as soon as the storage lets us.

        Args:
            run_id: the run.
            outcome: called for every try: keeps the files of the run and returns how it ended.
            cancelled: the same, should the run be cancelled while it waits to be written.
        """
        ending = _Ending(run_id, outcome, cancelled)
        if self._try(ending):
            return
        with self._changed:
            self._waiting[run_id] = ending
            if not self._stopped and self._thread is None:
                self._thread = threading.Thread(target=self._retry, name="endings", daemon=True)
                self._thread.start()

    def cancel(self, run_id: str) -> bool:
        """End a run that waits here as cancelled instead; False if it does not wait here."""
        with self._changed:
            ending = self._waiting.get(run_id)
            if ending is not None:
                ending.outcome = ending.cancelled
                self._changed.notify_all()
        return ending is not None

    def problem(self, run_id: str) -> StorageError | None:
        """Return why the end of this run is not written yet; None if it does not wait here."""
        with self._changed:
            ending = self._waiting.get(run_id)
        return ending.problem if ending else None

    def stop(self, seconds: float) -> None:
        """Try each waiting run one last time within ``seconds``. What still is not written is lost, and made again."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _retry(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            with self._changed:
                self._changed.wait(pause)
                pause, last = min(2 * pause, _LONGEST_PAUSE), self._stopped
                waiting = list(self._waiting.values())
            written = [ending for ending in waiting if self._try(ending)]
            with self._changed:
                for ending in written:
                    if self._waiting.get(ending.run_id) is ending:
                        del self._waiting[ending.run_id]
                if last or not self._waiting:
                    self._thread = None
                    return

    def _try(self, ending: _Ending) -> bool:
        outcome = ending.outcome
        try:
            self._log.finish(ending.run_id, outcome())
        except StorageError as error:
            if ending.problem is None:
                _log.warning("the end of run %s is not written yet and will be tried again: %s", ending.run_id, error)
            ending.problem = error
            self._feed.publish(ending.run_id, None)
            return False
        except UnknownRunError:
            _log.warning("run %s is gone; nothing is left to end", ending.run_id)
        except Exception as error:  # noqa: BLE001 - a run must end even if its own result cannot be written
            return self._try_plainly(ending, outcome, error)
        self._feed.end(ending.run_id)
        return True

    def _try_plainly(self, ending: _Ending, refused: Callable[[], Outcome], error: Exception) -> bool:
        if ending.problem is None:
            _log.error("the end of run %s cannot be written as it is", ending.run_id, exc_info=error)
        if refused is _unwritable:
            ending.problem = StorageError(f"The end of this run cannot be written ({type(error).__name__}).")
            return False
        ending.outcome = _unwritable
        return self._try(ending)


def _unwritable() -> Outcome:
    return _UNWRITABLE


def cancelled(run: Run, finished: FinishedPictures) -> Outcome:
    """Keep what is finished of a run that somebody stopped, and return how it ended. What the disk refuses is lost."""
    ended = _with(finished, Outcome(status=Status.CANCELLED, code="cancelled"), give_up=True)
    return replace(ended, message=stopped(run, finished.rows))


def early(run: Run, finished: FinishedPictures, outcome: Outcome) -> Outcome:
    """Keep what is finished of a run that broke or was refused, and return its ending. Raises StorageError."""
    ended = _with(finished, outcome)
    if not any(picture.sha256 for picture in finished.rows):
        return ended
    return replace(ended, message=f"{outcome.message} Of this run, {summary(run, finished.rows)}.")


def stopped(run: Run, pictures: tuple[KeptPicture, ...]) -> str:
    """Return the sentence for a run that somebody stopped."""
    if pictures:
        return f"Stopped: {summary(run, pictures)}"
    return "Stopped before it started." if run.status is Status.QUEUED else "Stopped before anything was finished."


def _with(finished: FinishedPictures, outcome: Outcome, *, give_up: bool = False) -> Outcome:
    pictures, findings = finished.rest(give_up=give_up)
    return replace(
        outcome,
        pictures=pictures,
        findings=(*outcome.findings, *findings),
        facts=finished.facts,
        environment=finished.environment if pictures else {},
    )

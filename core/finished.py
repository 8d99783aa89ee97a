"""The pictures of one run: inspected, marked and kept one by one, each as soon as it is made."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core import record
from core.errors import BlockedError, StorageError
from core.findings import Content, Finding, Stage
from core.media import Picture
from core.ports import Guard, Marker
from core.results import MadePicture, Withheld
from core.runs import KeptPicture, Run
from core.storage import Pictures, RunLog

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A picture that passed its inspection, or was refused by it, and has no row yet; ``file`` is None if refused."""

    row: KeptPicture
    file: Picture | None
    findings: tuple[Finding, ...]


class FinishedPictures:
    """Keeps what a run makes while it makes it.

    A picture that the storage refuses waits in memory and is tried again with the next one, and at the end. Nobody sees
    a picture before the rules did: a refused one keeps its place with the reason, and its file is never written.
    """

    def __init__(self, run: Run, *, log: RunLog, guard: Guard, marker: Marker, pictures: Pictures) -> None:
        self._run = run
        self._log = log
        self._guard = guard
        self._marker = marker
        self._pictures = pictures
        self._waiting: list[_Waiting] = []
        self._rows = list(run.pictures)
        self._told: list[Finding] = []
        self.facts: Mapping[str, Any] = {}
        self.environment: Mapping[str, Any] = {}

    @property
    def rows(self) -> tuple[KeptPicture, ...]:
        """All pictures that are inspected by now, those of an earlier attempt included."""
        return tuple(self._rows)

    def forget(self) -> None:
        """Drop the rows that an earlier attempt left. Raises StorageError."""
        self._log.drop_pictures(self._run.id)
        self._rows.clear()

    def add(self, item: MadePicture | Withheld, facts: Mapping[str, Any]) -> None:
        """Inspect the next picture and keep it now, or once the storage lets us. Raises SafetyUnavailableError."""
        self.take(item, facts)
        try:
            while self._waiting:
                self._keep(self._waiting[0])
                del self._waiting[0]
        except StorageError as error:
            _log.warning("a picture of run %s is not kept yet: %s", self._run.id, error)

    def take(self, item: MadePicture | Withheld, facts: Mapping[str, Any]) -> None:
        """Inspect the next picture; ``rest`` keeps it with the end of the run. Raises SafetyUnavailableError."""
        self.facts = all_facts(self._run, facts)
        if isinstance(item, Withheld):
            return self._append(_row(item), None, item.refusal.findings)
        try:
            findings = self._guard.inspect(Content(stage=Stage.OUTPUT, pictures=(item.picture,)))
        except BlockedError as refusal:
            return self._append(_row(item, blocked=str(refusal)), None, refusal.findings)
        marked = self._marker.mark(item.picture, self._record(item))
        return self._append(_row(item, sha256=marked.sha256), marked, findings)

    def rest(self, *, give_up: bool = False) -> tuple[tuple[KeptPicture, ...], tuple[Finding, ...]]:
        """Keep the files that still wait; return the rows to be written with the end of the run, and their findings.

        Args:
            give_up: leave out what the disk refuses, since nobody waits for it any more.

        Raises:
            StorageError: the disk refuses; the same may be tried again.
        """
        for number, each in enumerate(self._waiting):
            try:
                self._keep_file(each)
            except StorageError:
                if not give_up:
                    raise
                del self._rows[len(self._rows) - len(self._waiting) + number :]
                del self._waiting[number:]
                break
        rows = tuple(each.row for each in self._waiting)
        return rows, tuple(finding for each in self._waiting for finding in each.findings)

    def unwritten(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return ``findings`` without those that are told with a picture."""
        return tuple(finding for finding in findings if finding not in self._told)

    def _append(self, row: KeptPicture, file: Picture | None, findings: tuple[Finding, ...]) -> None:
        position = len(self._rows)
        row = replace(row, position=position)
        about = tuple(replace(finding, position=position) for finding in findings)
        self._rows.append(row)
        self._told += findings
        self._waiting.append(_Waiting(row=row, file=file, findings=about))

    def _keep(self, waiting: _Waiting) -> None:
        self._keep_file(waiting)
        self._log.keep_picture(
            self._run.id, waiting.row, findings=waiting.findings, facts=self.facts, environment=self.environment
        )

    def _keep_file(self, waiting: _Waiting) -> None:
        if waiting.file is not None:
            self._pictures.keep(waiting.file)

    def _record(self, item: MadePicture) -> dict[str, Any]:
        """Return what a picture carries inside: enough to make it again, and who made it."""
        request = {**record.flat(self._run.action, self._run.request), "seed": item.seed, "count": 1}
        return {
            "run": self._run.id,
            "model": self._run.model,
            "made": self._run.started,
            "request": request,
            "facts": dict(self.facts),
        }


def _row(item: MadePicture | Withheld, *, sha256: str = "", blocked: str = "") -> KeptPicture:
    """Return the row of a picture whose place is not known yet."""
    if isinstance(item, Withheld):
        return KeptPicture(
            position=0, sha256="", pixels_sha256="", seed=item.seed, width=0, height=0, blocked=str(item.refusal)
        )
    return KeptPicture(
        position=0,
        sha256=sha256,
        pixels_sha256=item.picture.sha256,
        seed=item.seed,
        width=item.picture.width,
        height=item.picture.height,
        blocked=blocked,
    )


def all_facts(run: Run, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what was known before the engine worked, and what it tells; both may name what was ignored."""
    known, found = run.facts.get("ignored", {}), facts.get("ignored", {})
    ignored = {name: " ".join(why[name] for why in (known, found) if name in why) for name in {**known, **found}}
    told = {**run.facts, **facts}
    return {**told, "ignored": ignored} if ignored else told


def summary(run: Run, pictures: tuple[KeptPicture, ...]) -> str:
    """Return what of a run of pictures is kept, as the middle of a sentence: ``4 of 8 pictures kept``."""
    kept = sum(not picture.blocked for picture in pictures)
    refused = len(pictures) - kept
    asked = max(int(run.request.get("count", 1)), len(pictures))
    words = f"{kept} of {asked} pictures kept" if asked > 1 else "the picture is kept" if kept else "no picture kept"
    return f"{words}, {refused} refused by a safety rule" if refused else words

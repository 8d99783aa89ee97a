"""What belongs to whom: sessions, events and files of the page. In memory, bounded; a restart forgets it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

_SESSIONS = 50_000
_OWNERS = 10_000
_FILES_EACH = 5_000


class Belongings:
    """Keeps who was first with a name, and which files each person was shown. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._files: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()

    def claim(self, kind: str, key: str, owner: str) -> bool:
        """Give ``key`` to ``owner`` unless somebody else has it; tell whether it is the owner's now."""
        with self._lock:
            holder = self._first.setdefault((kind, key), owner)
            self._first.move_to_end((kind, key))
            if len(self._first) > _SESSIONS:
                self._first.popitem(last=False)
            return holder == owner

    def owns(self, kind: str, key: str, owner: str) -> bool:
        """Tell whether ``key`` was claimed by ``owner`` before."""
        with self._lock:
            return self._first.get((kind, key)) == owner

    def show(self, owner: str, paths: Iterable[str]) -> None:
        """Note that ``owner`` was given these files. Equal files of two people share a path; both may fetch it."""
        with self._lock:
            files = self._files.setdefault(owner, OrderedDict())
            self._files.move_to_end(owner)
            for path in paths:
                files[path] = None
                files.move_to_end(path)
            while len(files) > _FILES_EACH:
                files.popitem(last=False)
            while len(self._files) > _OWNERS:
                self._files.popitem(last=False)

    def was_shown(self, owner: str, path: str) -> bool:
        """Tell whether ``owner`` was given the file ``path``."""
        with self._lock:
            return path in self._files.get(owner, ())

"""What belongs to whom: sessions, events and files of the page. In memory, bounded; a restart forgets it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

from server.limits.spent_names import SpentNames

# Of one visitor, and of all together. Beyond the first, a visitor's own oldest entries are dropped, nobody else's.
_NAMES_EACH, _NAMES = 2_000, 50_000
_FILES_EACH, _FILES = 2_000, 200_000
_Name = tuple[str, str]


class Belongings:
    """Keeps who was first with a name, and which files each person was shown. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: OrderedDict[_Name, str] = OrderedDict()
        self._names: dict[str, OrderedDict[_Name, None]] = {}
        self._spent = SpentNames()
        self._files: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()
        self._shown = 0

    def claim(self, kind: str, key: str, owner: str) -> bool:
        """Give ``key`` to ``owner`` unless somebody has it or once had it; tell whether it is the owner's now."""
        name = (kind, key)
        with self._lock:
            if name not in self._first:
                if f"{kind} {key}" in self._spent:
                    return False
                self._first[name] = owner
            if self._first[name] != owner:
                return False
            self._first.move_to_end(name)
            own = self._names.setdefault(owner, OrderedDict())
            own[name] = None
            own.move_to_end(name)
            if len(own) > _NAMES_EACH:
                self._forget(next(iter(own)))
            elif len(self._first) > _NAMES:
                self._forget(next(iter(self._first)))
            return True

    def owns(self, kind: str, key: str, owner: str) -> bool:
        """Tell whether ``key`` was claimed by ``owner`` before."""
        with self._lock:
            return self._first.get((kind, key)) == owner

    def show(self, owner: str, paths: Iterable[str]) -> None:
        """Note that ``owner`` was given these files."""
        with self._lock:
            for path in paths:
                files = self._files.setdefault(owner, OrderedDict())
                self._shown += path not in files
                files[path] = None
                files.move_to_end(path)
                if len(files) > _FILES_EACH:
                    files.popitem(last=False)
                    self._shown -= 1
            self._touch(owner)
            while self._shown > _FILES:
                # Those of the visitor who has been away for longest.
                self._shown -= len(self._files.popitem(last=False)[1])

    def was_shown(self, owner: str, path: str) -> bool:
        """Tell whether ``owner`` was given the file ``path``."""
        with self._lock:
            self._touch(owner)
            return path in self._files.get(owner, ())

    def _touch(self, owner: str) -> None:
        if owner in self._files:
            self._files.move_to_end(owner)

    def _forget(self, name: _Name) -> None:
        owner = self._first.pop(name)
        own = self._names[owner]
        del own[name]
        if not own:
            del self._names[owner]
        # Its next claimant could be somebody else, who would read what the first one left there.
        self._spent.add(f"{name[0]} {name[1]}")

"""Kept pictures and sounds: files named by the SHA-256 of what is in them, in folders of two letters."""

from __future__ import annotations

import hashlib
import io
import threading
from pathlib import Path

from PIL import Image, ImageChops

from core import ports
from core.errors import UnknownRunError
from core.media import Picture, Sound
from store import durable
from store.media_names import is_picture, is_sound, picture_uri

_LONGEST_SIDE = 256


class Pictures(ports.Pictures):
    """See ``core.ports.Pictures``. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Keep media below ``folder``, the data folder; what a crash left incomplete there is removed.

        What another process has in work there stays: it may be the one that serves this folder.
        """
        self._folder = folder
        self._aside = folder / "incomplete"
        self._made: set[Path] = set()
        self._made_lock = threading.Lock()
        durable.make_folder(self._aside)
        durable.sweep(self._aside)

    def keep(self, picture: Picture) -> None:
        """See ``core.ports.Pictures.keep``."""
        self._write(self._place(picture.sha256), picture.png)

    def load(self, sha256: str) -> Picture:
        """See ``core.ports.Pictures.load``. A file whose content does not fit its name counts as missing."""
        png = self.path(sha256).read_bytes()
        if hashlib.sha256(png).hexdigest() != sha256:
            raise _unknown("picture", sha256)
        with Image.open(io.BytesIO(png)) as opened:
            width, height = opened.size
        return Picture(png=png, width=width, height=height, sha256=sha256)

    def keep_sound(self, sound: Sound) -> str:
        """See ``core.ports.Pictures.keep_sound``."""
        name = f"{hashlib.sha256(sound.data).hexdigest()}.{sound.suffix}"
        self._write(self._sound_place(name), sound.data)
        return name

    def path(self, sha256: str) -> Path:
        """See ``core.ports.Pictures.path``."""
        place = self._place(sha256)
        if not place.is_file():
            raise _unknown("picture", sha256)
        return place

    def thumbnail(self, sha256: str) -> Path:
        """See ``core.ports.Pictures.thumbnail``. The copy is a WebP without any metadata."""
        source = self.path(sha256)
        place = self._folder / "thumbnails" / sha256[:2] / f"{sha256}.webp"
        if not place.is_file():
            with Image.open(source) as opened:
                small = opened.convert("RGB")
            small.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            encoded = io.BytesIO()
            small.save(encoded, "WEBP", quality=80)
            self._write(place, encoded.getvalue())
        return place

    def sound_path(self, name: str) -> Path:
        """See ``core.ports.Pictures.sound_path``."""
        place = self._sound_place(name)
        if not place.is_file():
            raise _unknown("sound", name)
        return place

    def difference(self, first: str, second: str) -> int | None:
        """See ``core.ports.Pictures.difference``."""
        with Image.open(self.path(first)) as one, Image.open(self.path(second)) as other:
            if one.size != other.size:
                return None
            extrema = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getextrema()
        return max(int(band[1]) for band in extrema if isinstance(band, tuple))

    def _place(self, sha256: str) -> Path:
        if not is_picture(sha256):
            raise _unknown("picture", sha256)
        return self._folder / picture_uri(sha256)

    def _sound_place(self, name: str) -> Path:
        if not is_sound(name):
            raise _unknown("sound", name)
        return self._folder / "sounds" / name[:2] / name

    def _write(self, place: Path, data: bytes) -> None:
        with self._made_lock:
            if place.parent not in self._made:
                durable.make_folder(place.parent)
                self._made.add(place.parent)
        durable.write(place, data, aside=self._aside)


def _unknown(kind: str, name: str) -> UnknownRunError:
    shown = name.encode("utf-8", "replace").decode("utf-8")[:70]
    return UnknownRunError(f"There is no {kind} {shown!r}.")

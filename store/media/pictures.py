"""Kept pictures and sounds: files named by the SHA-256 of what is in them, in folders of two letters."""

from __future__ import annotations

import hashlib
import io
import math
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageChops

from core import storage
from core.errors import UnknownRunError
from core.media import Picture, Sound
from store import durable
from store.media.names import is_picture, is_sound, picture_uri
from store.space import Space

_LONGEST_SIDE = 256


class Pictures(storage.Pictures):
    """See ``core.storage.Pictures``. Thread-safe."""

    def __init__(self, folder: Path, space: Space | None = None) -> None:
        """Keep media below ``folder``, the data folder.

        Args:
            folder: the data folder.
            space: the watch over its disk; None leaves it unwatched.
        """
        self._folder = folder
        self._space = space
        self._aside = folder / "incomplete"
        self._made: set[Path] = set()
        self._made_lock = threading.Lock()
        # Held while a file appears or goes, so that a sweep never takes what was just brought again.
        self._changing = threading.Lock()
        self._named = folder / "named"
        durable.make_folder(self._aside)

    @property
    def folders(self) -> tuple[Path, ...]:
        """See ``core.storage.Pictures.folders``."""
        return tuple(self._folder / kind for kind in ("pictures", "thumbnails", "sounds", "named"))

    def require_room(self) -> None:
        """See ``core.storage.Pictures.require_room``."""
        if self._space:
            self._space.require()

    def keep(self, picture: Picture) -> None:
        """See ``core.storage.Pictures.keep``."""
        self._write(self._place(picture.sha256), picture.png)

    def load(self, sha256: str) -> Picture:
        """See ``core.storage.Pictures.load``. A file that is damaged, or cannot be read, counts as missing."""
        try:
            png = self.path(sha256).read_bytes()
            if hashlib.sha256(png).hexdigest() != sha256:
                raise _unknown("picture", sha256)
            with Image.open(io.BytesIO(png)) as opened:
                width, height = opened.size
        except OSError as error:
            raise _unknown("picture", sha256) from error
        return Picture(png=png, width=width, height=height, sha256=sha256)

    def keep_sound(self, sound: Sound) -> str:
        """See ``core.storage.Pictures.keep_sound``."""
        name = f"{hashlib.sha256(sound.data).hexdigest()}.{sound.suffix}"
        self._write(self._sound_place(name), sound.data)
        return name

    def path(self, sha256: str) -> Path:
        """See ``core.storage.Pictures.path``."""
        place = self._place(sha256)
        if not place.is_file():
            raise _unknown("picture", sha256)
        return place

    def thumbnail(self, sha256: str) -> Path:
        """See ``core.storage.Pictures.thumbnail``. The copy is a WebP without any metadata.

        While the disk runs low no copy is made: the picture itself stands for it.
        """
        source = self.path(sha256)
        place = self._thumbnail_place(sha256)
        if not place.is_file():
            if self._space and not self._space.roomy():
                return source
            self._write(place, _small(self._pixels(sha256)))
            if not source.is_file():
                # Deleted meanwhile.
                place.unlink(missing_ok=True)
                raise _unknown("picture", sha256)
        return place

    def sound_path(self, name: str) -> Path:
        """See ``core.storage.Pictures.sound_path``."""
        place = self._sound_place(name)
        if not place.is_file():
            raise _unknown("sound", name)
        return place

    def named(self, path: Path, name: str) -> Path:
        """See ``core.storage.Pictures.named``."""
        place = self._named / path.stem / name
        if not place.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                place.hardlink_to(path)
            except FileExistsError:
                # Somebody else asked at the same moment.
                return place
            except OSError:
                _copy(path, place)
        return place

    def difference(self, first: str, second: str) -> int | None:
        """See ``core.storage.Pictures.difference``."""
        one, other = self._pixels(first), self._pixels(second)
        if one.size != other.size:
            return None
        extrema = ImageChops.difference(one, other).getextrema()
        return max(int(band[1]) for band in extrema if isinstance(band, tuple))

    def _pixels(self, sha256: str) -> Image.Image:
        """Return an undamaged kept picture as RGB, decoded whole. Raises UnknownRunError."""
        try:
            with Image.open(io.BytesIO(self.load(sha256).png)) as opened:
                return opened.convert("RGB")
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise _unknown("picture", sha256) from error

    def _place(self, sha256: str) -> Path:
        if not is_picture(sha256):
            raise _unknown("picture", sha256)
        return self._folder / picture_uri(sha256)

    def _thumbnail_place(self, sha256: str) -> Path:
        return self._folder / "thumbnails" / sha256[:2] / f"{sha256}.webp"

    def _sound_place(self, name: str) -> Path:
        if not is_sound(name):
            raise _unknown("sound", name)
        return self._folder / "sounds" / name[:2] / name

    def older(self, kind: str, before: float) -> Iterator[tuple[Path, list[Path]]]:
        """Yield each folder of ``kind`` (pictures, thumbnails or sounds) with its files from before that moment.

        Files of other names were not put there by us and are left out.
        """
        for folder in sorted((self._folder / kind).glob("[0-9a-f][0-9a-f]")):
            ours = (path for path in sorted(folder.iterdir()) if is_sound(path.name) or is_picture(path.stem))
            yield folder, [path for path in ours if _last_change(path) < before]

    def remove(self, path: Path, before: float) -> bool:
        """Remove a file unless it was written again since ``before``; tell whether it is gone."""
        with self._changing:
            if _last_change(path) >= before:
                return False
            path.unlink(missing_ok=True)
            return True

    def sweep_incomplete(self) -> int:
        """Remove what a crash left half written, and nothing that is being written now; return how many files."""
        return durable.sweep(self._aside)

    def discard(self, name: str, before: float) -> bool:
        """Remove a picture (by its SHA-256) or a sound (by its file name) with its small copy and its other names.

        Args:
            name: what nobody may read is removed by this name, and nothing else is.
            before: seconds since 1970; a file that was written again since stays.

        Returns:
            Whether the file is gone, be it since long.
        """
        place = self._sound_place(name) if is_sound(name) else self._place(name)
        with self._changing:
            if place.is_file() and _last_change(place) >= before:
                return False
            place.unlink(missing_ok=True)
            self._thumbnail_place(name).unlink(missing_ok=True)
            self.forget_names(name)
        return True

    def forget_names(self, name: str = "") -> None:
        """Remove the names under which a file was handed out, or those of all files; the files themselves stay."""
        shutil.rmtree(self._named / Path(name).stem if name else self._named, ignore_errors=True)

    def _write(self, place: Path, data: bytes) -> None:
        if self._space:
            self._space.require_for_result()
        with self._made_lock:
            if place.parent not in self._made:
                durable.make_folder(place.parent)
                self._made.add(place.parent)
        with self._changing:
            durable.write(place, data, aside=self._aside)


def _copy(path: Path, place: Path) -> None:
    try:
        shutil.copyfile(path, place)
    except FileNotFoundError as error:
        raise _unknown("file", path.name) from error


def _last_change(path: Path) -> float:
    """Return when the file was last written, in seconds since 1970; never, if it is gone."""
    try:
        return path.stat().st_mtime
    except OSError:
        return math.inf


def _small(small: Image.Image) -> bytes:
    small.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    encoded = io.BytesIO()
    small.save(encoded, "WEBP", quality=80)
    return encoded.getvalue()


def _unknown(kind: str, name: str) -> UnknownRunError:
    shown = name.encode("utf-8", "replace").decode("utf-8")[:70]
    return UnknownRunError(f"There is no {kind} {shown!r}.")

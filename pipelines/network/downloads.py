"""Pictures from elsewhere: fetched without our keys, only from hosts we know, and decoded into clean ones."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Collection
from urllib.parse import urlsplit

import httpx
from PIL import Image, UnidentifiedImageError

from core.errors import EngineFailedError
from core.media import Picture
from pipelines.machine.encoded import to_picture
from pipelines.network import proxies
from pipelines.network.transport import OversizeError, RetryBudget, StatusError, raise_for_status, read

_FORMATS = ("PNG", "JPEG", "WEBP")
_LARGEST_SIDE = 4096
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def fetch(url: object, *, hosts: Collection[str], limit: int, budget: RetryBudget) -> bytes:
    """Return the bytes behind ``url``.

    Args:
        url: ``https://`` on one of ``hosts``, or ``data:``; plain ``http://`` only on this machine.
        hosts: names whose subdomains count too.
        limit: bytes.
        budget: time and tries.

    Raises:
        EngineFailedError: the address is not allowed, or nothing usable came from it.
        EngineUnavailableError: the proxy on the way cannot be used.
    """
    if not isinstance(url, str):
        raise EngineFailedError("The remote model gave something that is not the address of a picture.")
    if url.startswith("data:"):
        return _inline(url, limit)
    parts = urlsplit(url)
    host = parts.hostname or ""
    known = any(host == name or host.endswith(f".{name}") for name in hosts)
    if not known or not (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)):
        raise EngineFailedError(f"The remote model points to {host or url[:40]!r}, which is not among the known hosts.")
    try:
        return budget.call(lambda: _get(url, limit, budget), harmless=True)
    except OversizeError as error:
        raise EngineFailedError(f"The picture at {host} has {error}; no picture of ours is that large.") from error
    except (StatusError, httpx.HTTPError) as error:
        raise EngineFailedError(f"The finished picture could not be fetched from {host}: {_words(error)}.") from error


def picture(data: bytes) -> Picture:
    """Return a clean picture: RGB, PNG, no metadata.

    Args:
        data: PNG, JPEG or WebP of at most 4096 pixels a side.

    Raises:
        EngineFailedError: it is something else, or broken.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if max(opened.size) > _LARGEST_SIDE:
                raise EngineFailedError(f"The remote model sent {opened.width} x {opened.height} pixels: too large.")
            # From bare pixels: profiles and texts of the file stay behind.
            clean = Image.frombytes("RGB", opened.size, opened.convert("RGB").tobytes())
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise EngineFailedError("The remote model sent something that is not a picture.") from error
    return to_picture(clean)


def _get(url: str, limit: int, budget: RetryBudget) -> bytes:
    # A client of its own: the keys of the service must not travel to the host that only keeps its files.
    with (
        httpx.Client(
            transport=proxies.transport(url), timeout=httpx.Timeout(30.0, connect=5.0), follow_redirects=False
        ) as client,
        client.stream("GET", url) as response,
    ):
        raise_for_status(response)
        if response.status_code != 200:
            raise StatusError(response.status_code, "not a file", None)
        return read(response, limit, budget)


def _inline(url: str, limit: int) -> bytes:
    head, _, body = url.partition(",")
    if not head.endswith(";base64") or len(body) > limit * 4 // 3 + 4:
        raise EngineFailedError("The remote model sent a picture in a form or size that is not accepted.")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise EngineFailedError("The remote model sent a picture that is not whole.") from error


def _words(error: Exception) -> str:
    return f"status {error}" if isinstance(error, StatusError) else type(error).__name__

"""The head of a request: its address, its headers, and whether it may carry a body at all."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Scope

from server.refusals import Refused

_LONGEST_PATH = 2_048
_LONGEST_QUERY = 4_096
_MOST_HEADERS = 100


def check(scope: Scope, most: int) -> None:
    """Decide by the head alone.

    Args:
        scope: of an HTTP request.
        most: bytes its body may have.

    Raises:
        Refused: with status, code and sentence.
    """
    if len(scope["path"]) > _LONGEST_PATH or len(scope["query_string"]) > _LONGEST_QUERY:
        raise Refused(414, "too_large", f"The address is longer than {_LONGEST_PATH:,} signs, or its query is.")
    if len(scope["headers"]) > _MOST_HEADERS:
        raise Refused(431, "too_large", f"The request has more than {_MOST_HEADERS} headers.")
    headers = Headers(scope=scope)
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refused(415, "unsupported_encoding", "Compressed bodies are not taken here; send the body as it is.")
    _length(headers, most)


def _length(headers: Headers, most: int) -> None:
    lengths, chunked = headers.getlist("content-length"), "transfer-encoding" in headers
    if len(lengths) > 1 or (lengths and chunked):
        raise Refused(400, "invalid_request", "The request tells the length of its body twice.")
    length = lengths[0] if lengths else "0"
    if not length.isascii() or not length.isdigit():
        raise Refused(400, "invalid_request", "Content-Length has to be a number.")
    if not most and (chunked or length.strip("0")):
        raise Refused(400, "invalid_request", "This request takes no body.")
    if len(length) > 18 or int(length) > most:
        raise too_large(most)


def too_large(most: int) -> Refused:
    """Return the refusal of a body of more than ``most`` bytes."""
    return Refused(413, "too_large", f"The body is larger than {most:,} bytes. Pictures are uploaded as files.")

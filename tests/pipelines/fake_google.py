"""A stand-in for the speech endpoint of Google Translate."""

from __future__ import annotations

import base64
import json
from collections import deque
from urllib.parse import parse_qs

from tests.pipelines.fake_server import Asked, FakeServer, Reply

MP3 = b"\xff\xf3\x44\xc4" + bytes(140)


class FakeGoogle(FakeServer):
    def __init__(self) -> None:
        super().__init__()
        self.next_replies: deque[Reply] = deque()

    @property
    def texts(self) -> list[tuple[str, str]]:
        """The (text, language) of every request, in order."""
        found = []
        for asked in self.asked:
            [[[_, inner, _, _]]] = json.loads(parse_qs(asked.body.decode())["f.req"][0])
            text, language, *_ = json.loads(inner)
            found.append((text, language))
        return found

    def answer(self, asked: Asked) -> Reply:
        return self.next_replies.popleft() if self.next_replies else self.sound(MP3)

    @staticmethod
    def sound(data: bytes) -> Reply:
        inner = json.dumps([base64.b64encode(data).decode()])
        line = json.dumps([["wrb.fr", "jQ1olc", inner, None, None, None, "generic"]], separators=(",", ":"))
        return Reply(200, f")]}}'\n\n{len(line)}\n{line}\n".encode(), kind="application/json; charset=utf-8")

"""A stand-in for api.replicate.com and for the host of its files, which goes by the name ``localhost`` here."""

from __future__ import annotations

import base64
import io
import json
from collections import deque
from typing import Any

from PIL import Image

from tests.pipelines.fake_server import Asked, FakeServer, Reply

TOKEN = "r8_test"
VERSION = "a" * 64
NSFW = "NSFW content detected. Try running it again, or try a different prompt."
_TIME = "2026-11-21T00:00:00.000000Z"


def png(seed: int, width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (seed % 256, 90, 128)).save(file, "PNG")
    return file.getvalue()


class FakeReplicate(FakeServer):
    """Attributes steer it: what fails next, how many looks a prediction takes, what comes out."""

    def __init__(self) -> None:
        super().__init__()
        self.predictions: dict[str, dict[str, Any]] = {}
        self.looks = 2
        self.next_create: deque[Reply] = deque()
        self.next_look: deque[Reply] = deque()
        self.next_file: deque[Reply] = deque()
        self.inline = False
        self.output: Any = None
        self.nsfw_seeds: set[int] = set()
        self.words: list[str] = ["It is", " a red", " fox.", " It sits", " on grass."]

    def count(self, method: str, part: str) -> int:
        return sum(1 for asked in self.asked if asked.method == method and part in asked.path)

    @property
    def created(self) -> list[dict[str, Any]]:
        bodies = [a.body for a in self.asked if a.method == "POST" and a.path == "/v1/predictions"]
        return [json.loads(body) for body in bodies]

    def answer(self, asked: Asked) -> Reply:
        if asked.path.startswith("/files/"):
            return self.next_file.popleft() if self.next_file else self._file(asked.path)
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Reply(401, {"title": "Unauthenticated", "detail": "You did not pass a token", "status": 401})
        if asked.method == "POST" and asked.path == "/v1/predictions":
            return self.next_create.popleft() if self.next_create else self._create(json.loads(asked.body))
        return self._existing(asked)

    def _existing(self, asked: Asked) -> Reply:
        prediction = self.predictions.get(asked.path.split("/")[3])
        if prediction is None:
            return Reply(404, {"detail": "The requested resource could not be found.", "status": 404})
        if asked.path.endswith("/cancel"):
            prediction["status"] = "canceled"
            return Reply(200, prediction)
        if self.next_look:
            return self.next_look.popleft()
        self._go_on(prediction)
        return Reply(200, prediction)

    def _create(self, body: dict[str, Any]) -> Reply:
        if body["version"] != VERSION:
            return Reply(422, {"title": "Invalid version or not permitted", "detail": "No such version", "status": 422})
        return Reply(201, self.add(body["input"]))

    def add(self, inputs: dict[str, Any]) -> dict[str, Any]:
        name = f"p{len(self.predictions)}"
        made = {
            "id": name,
            "model": "owner/name",
            "version": VERSION,
            "input": inputs,
            "logs": "",
            "error": None,
            "status": "starting",
            "output": None,
            "created_at": _TIME,
            "metrics": {},
            "urls": {"get": f"{self.url}/v1/predictions/{name}"},
        }
        self.predictions[name] = made
        return made

    def _go_on(self, prediction: dict[str, Any]) -> None:
        if prediction["status"] in {"succeeded", "failed", "canceled"}:
            return
        look = prediction["metrics"]["looks"] = prediction["metrics"].get("looks", 0) + 1
        prediction["status"] = "processing"
        pictures = "num_outputs" in prediction["input"]
        if pictures:
            prediction["logs"] += f" 50%|█████     | {4 * look}/8 [00:01<00:02]\n"
        else:
            prediction["output"] = self.words[: 2 * look]
        if look >= self.looks:
            prediction["status"] = "succeeded"
            prediction["output"] = self._pictures(prediction) if pictures else self.words

    def _pictures(self, prediction: dict[str, Any]) -> Any:
        seed = prediction["input"]["seed"]
        if seed in self.nsfw_seeds:
            prediction.update(status="failed", error=NSFW)
            return None
        prediction["logs"] += f"Using seed: {seed}\n"
        if self.output is not None:
            return self.output
        if self.inline:
            return ["data:image/png;base64," + base64.b64encode(png(seed, 64, 48)).decode()]
        return [f"http://localhost:{self.port}/files/{seed}.png"]

    def _file(self, path: str) -> Reply:
        return Reply(200, png(int(path.rsplit("/", 1)[1].removesuffix(".png")), 64, 48), kind="image/png")

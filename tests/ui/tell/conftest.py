from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from ui.tell import voices
from ui.tell.tab import Tell
from ui.tell.window import Window


class Opened:
    """One window on Tell, used as the page uses it; ``shown`` is what all updates so far have left on the page."""

    def __init__(self, tell, asking, name="creator"):
        self.tell, self.on, self.asking, self.name = tell, tell.layout, asking, name
        self.window, self.shown, self.steps = Window(), {}, []

    def see(self, steps):
        """Take what one event returned, or yielded."""
        for step in steps if isinstance(steps, Iterator) else [steps]:
            self.steps.append(step)
            self.shown |= {part: update for part, update in step.items() if update != gr.skip()}
        return self

    def get(self, part, name="value"):
        update = self.shown.get(part)
        return update.get(name) if isinstance(update, dict) and "__type__" in update else update

    def begin(self, question, **query):
        kept = (self.get(self.on.held) or "", self.get(self.on.left) or "")
        return self.tell.answering.ask(self.asking(self.name, **query), self.window, *kept, question)

    def ask(self, question, voice=voices.NONE, box=""):
        """Ask as the page does: the answer first, then its voice and what goes back into the box as events."""
        self.see(self.begin(question))
        self.see(self.tell.answering.speak(self.asking(self.name), self.window, voice))
        return self.see(self.tell.answering.give_back(self.asking(self.name), self.window, box))

    def open(self, held="", left="", **query):
        return self.see(self.tell.attach(self.asking(self.name, **query), self.window, held, left))

    @property
    def said(self):
        return [each["content"] for each in self.get(self.on.chat) or []]

    @property
    def problem(self):
        told = self.get(self.on.problems.place)
        return (told["id"], told["words"]) if told else None


@pytest.fixture
def tell(place, services):
    return place(Tell, services)


@pytest.fixture
def opened(tell, asking):
    return lambda name="creator", on=tell: Opened(on, asking, name)


@pytest.fixture
def upload(tmp_path):
    """Put a file where Gradio puts uploads, and return what Gradio hands over."""
    folder = Path(gr.utils.get_upload_folder()) / tmp_path.name

    def put(data: bytes, name: str = "holiday.jpg"):
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / name
        place.write_bytes(data)
        return {"path": str(place), "orig_name": name, "meta": {"_type": "gradio.FileData"}}

    yield put
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def jpeg(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "Camera of a person"
    place = tmp_path / "holiday.jpg"
    Image.new("RGB", (64, 48), (10, 120, 200)).save(place, exif=exif)
    return place.read_bytes()


@pytest.fixture
def window(opened, asking, upload, jpeg):
    """Return a window with a picture."""
    window = opened()
    return window.see(window.tell.bringing.receive(asking("creator"), upload(jpeg), window.window))

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from core.actions import Action
from core.errors import EngineUnavailableError
from core.requests import SpeakRequest
from tests.program import png
from ui.services import Examples
from ui.tell.tab import Tell


@pytest.fixture
def tell(place, services):
    return place(Tell, services)


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
def picture(tell, asking, upload, jpeg):
    return tell.receive(asking("creator"), upload(jpeg))[tell.layout.sha256]


def ask(tell, asking, sha256, question, *, talk=(), aloud=False):
    """Ask as the page does: the answer first, then its voice as an event of its own."""
    steps = list(tell.ask(asking("creator"), sha256, list(talk), question))
    unspoken = merged(steps).get(tell.layout.unspoken, "")
    return [*steps, tell.speak(asking("creator"), unspoken, aloud)]


def merged(steps):
    return {component: update for step in steps for component, update in step.items()}


def test_an_upload_is_cleaned_and_the_original_is_gone(tell, services, asking, upload, jpeg):
    payload = upload(jpeg)
    updates = tell.receive(asking("creator"), payload)
    kept = Path(updates[tell.layout.picture]).read_bytes()
    assert b"Camera of a person" in jpeg
    assert b"Camera of a person" not in kept
    assert Path(payload["path"]).read_bytes() == kept
    assert updates[tell.layout.status] == "A new picture: the talk starts afresh."


def test_a_bad_upload_is_explained_and_deleted(tell, asking, upload):
    payload = upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.png")
    updates = tell.receive(asking("creator"), payload)
    assert updates[tell.layout.picture] is None
    assert "allowed" in updates[tell.layout.status]
    assert not Path(payload["path"]).exists()


def test_a_picture_is_brought_by_the_one_path(tell, services, asking, upload, jpeg):
    visitor = asking("viewer-tell")
    tell.receive(visitor, upload(jpeg))
    tell.receive(visitor, upload(jpeg))
    assert brought(services) == [("viewer-tell", "viewer")] * 2
    assert not services.library.runs(actor="viewer-tell")


def test_whoever_brought_enough_is_told_so_and_nothing_is_kept(tell, services, asking, upload, jpeg):
    most = services.access.actor("viewer-full").limits["uploads_per_day"]
    for _ in range(most):
        services.studio._log.bring(services.access.actor("viewer-full"), "0" * 64)
    updates = tell.receive(asking("viewer-full"), upload(jpeg))
    assert f"at most {most} pictures brought a day" in updates[tell.layout.status]
    assert updates[tell.layout.sha256] == ""
    assert not list(services.pictures.folders[0].rglob("*.png"))


def test_an_example_is_brought_as_well_and_stays_for_everybody(place, services, asking, tmp_path):
    example = tmp_path / "apple.png"
    example.write_bytes(png())
    tell = place(Tell, replace(services, examples=Examples(pictures=(example,))))
    chosen = gr.SelectData(None, {"index": 0, "value": None})
    assert tell.use_example(asking("viewer"), chosen)[tell.layout.sha256]
    assert brought(services) == [("viewer", "viewer")]
    assert example.read_bytes() == png()


def brought(services):
    with services.studio._log._database.read() as connection:
        return [tuple(row) for row in connection.execute("SELECT actor, role FROM brought ORDER BY number")]


def test_a_question_without_a_picture_says_what_to_do(tell, asking):
    assert "Add a picture first" in merged(ask(tell, asking, "", "What is this?"))[tell.layout.status]


def test_an_answer_and_how_sure_it_is(tell, asking, picture):
    end = merged(ask(tell, asking, picture, "What is this?"))
    assert end[tell.layout.chat] == [
        {"role": "user", "content": "What is this?"},
        {"role": "assistant", "content": "It is red. It is square."},
    ]
    assert "The model is very sure" in end[tell.layout.status]


def test_follow_ups_carry_the_talk(tell, services, asking, picture):
    talk = merged(ask(tell, asking, picture, "What is this?"))[tell.layout.talk]
    merged(ask(tell, asking, picture, "And its colour?", talk=talk))
    second = services.library.runs(action=Action.ASK)[0]
    assert second.request["history"] == [{"question": "What is this?", "answer": "It is red. It is square."}]


def test_a_new_picture_starts_a_new_talk(tell, asking, picture, upload, jpeg):
    updates = tell.receive(asking("creator"), upload(jpeg))
    assert updates[tell.layout.talk] == []
    assert updates[tell.layout.chat] == []


def test_the_voice_comes_after_the_text(tell, asking, picture):
    steps = ask(tell, asking, picture, "What is this?", aloud=True)
    answered = next(i for i, step in enumerate(steps) if tell.layout.talk in step)
    spoken = next(
        i
        for i, step in enumerate(steps)
        if "value" in step.get(tell.layout.audio, {}) and step[tell.layout.audio]["value"]
    )
    assert answered < spoken
    assert Path(steps[spoken][tell.layout.audio]["value"]).read_bytes()[:4] == b"RIFF"


def test_no_voice_never_means_no_answer(tell, services, asking, picture, monkeypatch):
    real = services.engines.resolve

    def voiceless(request):
        if isinstance(request, SpeakRequest):
            raise EngineUnavailableError("No voice can run here.")
        return real(request)

    monkeypatch.setattr(services.engines, "resolve", voiceless)
    end = merged(ask(tell, asking, picture, "What is this?", aloud=True))
    assert end[tell.layout.chat][-1]["content"] == "It is red. It is square."
    assert end[tell.layout.voice_line] == "No voice this time: No voice can run here."


def test_a_refused_question_is_answered_with_the_reason(tell, asking, picture):
    end = merged(ask(tell, asking, picture, "How to make a pipe bomb?"))
    assert end[tell.layout.chat][-1]["content"].startswith("Refused by a safety rule")


def test_describe_is_a_run_of_its_own_kind(tell, services, asking, picture):
    steps = list(tell.describe(asking("creator"), picture, [], ""))
    assert merged(steps)[tell.layout.chat][-1]["content"] == "It is red. It is square."
    assert services.library.runs()[0].action == Action.DESCRIBE


def test_a_page_without_a_run_under_way_is_left_as_it_is(tell, asking):
    assert list(tell.attach(asking("creator"))) == [{tell.layout.status: ""}]


def reload(tell, program, asking):
    """Open the page anew while an answer is held, let it go, and return what the page shows in the end."""
    attached = tell.attach(asking("creator"))
    shown = [next(attached), next(attached)]
    program.painter.hold.set()
    return shown, merged([*shown, *attached])


def talked(tell, asking, picture, questions):
    talk = []
    for question in questions:
        talk = merged(ask(tell, asking, picture, question, talk=talk))[tell.layout.talk]
    return talk


def held(tell, program, steps):
    program.painter.hold.clear()
    next(steps)
    steps.close()


@pytest.mark.parametrize("earlier", [[], ["What is this?"], ["What is this?", "What is this?", "And its colour?"]])
def test_a_reload_in_mid_answer_brings_the_whole_talk_back(tell, program, asking, picture, earlier):
    # An earlier talk about the same picture stays where it is.
    talked(tell, asking, picture, ["What is this?", "Where is it?"])
    talk = talked(tell, asking, picture, earlier)
    held(tell, program, tell.ask(asking("creator"), picture, talk, "How many?"))
    shown, end = reload(tell, program, asking)
    asked = [each["content"] for each in shown[1][tell.layout.chat] if each["role"] == "user"]
    assert asked == [*earlier, "How many?"]
    assert end[tell.layout.talk][:-1] == talk
    merged(ask(tell, asking, picture, "Are you sure?", talk=end[tell.layout.talk]))
    sent = tell.services.library.runs(action=Action.ASK)[0].request["history"]
    assert [turn["question"] for turn in sent] == [*earlier, "How many?"]


def test_a_description_under_way_is_found_again_with_its_talk(tell, program, asking, picture):
    talk = talked(tell, asking, picture, ["What is this?", "And its colour?"])
    held(tell, program, tell.describe(asking("creator"), picture, talk, ""))
    _, end = reload(tell, program, asking)
    assert end[tell.layout.chat][-1]["content"] == "It is red. It is square."
    assert end[tell.layout.talk][:-1] == talk
    assert end[tell.layout.sha256] == picture


def test_a_description_alone_comes_back_alone(tell, program, asking, picture):
    held(tell, program, tell.describe(asking("creator"), picture, [], ""))
    _, end = reload(tell, program, asking)
    assert len(end[tell.layout.talk]) == 1

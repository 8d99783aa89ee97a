from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from core.admission import cool_down
from core.errors import UnknownRunError
from tests.program import png
from ui.services import Examples
from ui.tell.tab import Tell

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


def test_an_upload_is_cleaned_and_the_original_is_gone(opened, asking, upload, jpeg):
    payload, window = upload(jpeg), opened()
    window.see(window.tell.bringing.receive(asking("creator"), payload, window.window))
    kept = Path(window.get(window.on.picture)).read_bytes()
    assert b"Camera of a person" in jpeg
    assert b"Camera of a person" not in kept
    assert Path(payload["path"]).read_bytes() == kept
    assert window.get(window.on.status) == "A new picture: the talk starts afresh."


def test_a_bad_upload_is_explained_at_the_picture_and_deleted_and_changes_nothing_else(window, asking, upload):
    before = window.get(window.on.picture)
    talk = window.ask("What is this?").said
    payload = upload(SVG, "drawing.png")
    window.see(window.tell.bringing.receive(asking("creator"), payload, window.window))
    where, sentence = window.problem
    assert (where, window.get(window.on.picture), window.said) == ("tell-picture", before, talk)
    assert sentence.startswith("drawing.png")
    assert "PNG" in sentence
    assert not Path(payload["path"]).exists()
    assert window.ask("And now?").said == [*talk, "And now?", "It is red. It is square."]


def test_a_file_that_was_pasted_or_dropped_is_an_upload(opened, asking, upload, jpeg):
    window = opened()
    window.see(
        window.tell.bringing.paste(
            asking("creator"), window.window, gr.EventData(None, {"path": upload(jpeg)["path"], "files": 1})
        )
    )
    assert window.window.sha256 == window.get(window.on.held) != ""


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"path": "", "files": 0}, "What you pasted is no picture."),
        ({"path": "", "files": 1}, "This file could not be sent."),
        ({}, "What you pasted is no picture."),
        ({"path": "/etc/passwd", "files": 1}, "passwd cannot be used."),
        ({"path": ["a"], "files": 1}, "cannot be used."),
    ],
)
def test_what_is_no_picture_is_said_at_the_picture(opened, asking, told, sentence):
    window = opened()
    window.see(window.tell.bringing.paste(asking("creator"), window.window, gr.EventData(None, told)))
    assert window.problem[0] == "tell-picture"
    assert sentence in window.problem[1]
    assert window.window.sha256 == ""


def test_wrong_files_count_as_refusals(opened, asking, upload):
    window = opened("viewer-wrong")
    for _ in range(cool_down.FREE):
        window.see(window.tell.bringing.receive(asking("viewer-wrong"), upload(SVG, "a.png"), window.window))
    assert "a.png" in window.problem[1]
    window.see(window.tell.bringing.receive(asking("viewer-wrong"), upload(png(), "good.png"), window.window))
    assert "Please wait" in window.problem[1]
    assert window.window.sha256 == ""


def test_a_picture_is_brought_by_the_one_path(opened, services, asking, upload, jpeg):
    window = opened("viewer-tell")
    for _ in range(2):
        window.tell.bringing.receive(asking("viewer-tell"), upload(jpeg), window.window)
    assert brought(services) == [("viewer-tell", "viewer")] * 2
    assert not services.library.runs(actor="viewer-tell")


def test_whoever_brought_enough_is_told_so_and_nothing_is_kept(opened, services, asking, upload, jpeg):
    most = services.access.actor("viewer-full").limits["uploads_per_day"]
    for _ in range(most):
        services.studio._log.bring(services.access.actor("viewer-full"), "0" * 64)
    window = opened("viewer-full")
    window.see(window.tell.bringing.receive(asking("viewer-full"), upload(jpeg), window.window))
    assert f"at most {most} pictures brought a day" in window.problem[1]
    assert window.window.sha256 == ""
    assert not list(services.pictures.folders[0].rglob("*.png"))


def test_an_example_is_brought_as_well_and_stays_for_everybody(place, services, opened, asking, tmp_path):
    example = tmp_path / "apple.png"
    example.write_bytes(png())
    window = opened("viewer", place(Tell, replace(services, examples=Examples(pictures=(example,)))))
    chosen = gr.SelectData(None, {"index": 0, "value": None})
    window.see(window.tell.bringing.use_example(asking("viewer"), window.window, chosen))
    assert window.window.sha256
    assert brought(services) == [("viewer", "viewer")]
    assert example.read_bytes() == png()


def test_a_new_picture_starts_a_new_talk(window, asking, upload):
    first = window.ask("What is this?").window.talk
    window.see(window.tell.bringing.receive(asking("creator"), upload(png()), window.window))
    assert window.said == []
    assert window.ask("What is this?").window.talk != first


def test_a_picture_of_another_tab_comes_by_its_name(window, asking, services):
    sha256 = window.window.sha256
    window.see(window.tell.bringing.forget(asking("creator"), window.window))
    assert window.get(window.on.picture) is None
    window.see(window.tell.bringing.open(asking("creator"), (sha256, 1), window.window))
    assert window.get(window.on.picture) == str(services.pictures.path(sha256))
    with pytest.raises((gr.Error, UnknownRunError)):
        window.tell.bringing.open(asking("creator"), ("0" * 64, 1), window.window)


def brought(services):
    with services.studio._log._database.read() as connection:
        return [tuple(row) for row in connection.execute("SELECT actor, role FROM brought ORDER BY number")]

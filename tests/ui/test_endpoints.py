"""The API as programs use it: through gradio_client, on the real page."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import gradio as gr
import pytest
from gradio_client import Client, handle_file
from PIL import Image

from core.errors import EngineUnavailableError, InvalidRequestError, UnknownRunError
from core.requests import SpeakRequest
from core.runs import Status
from tests.program import png
from ui.framework import incoming

SNAPSHOT = Path(__file__).parent / "endpoints.json"


@pytest.fixture(scope="module")
def client(served):
    return served.client()


@pytest.fixture
def photo(tmp_path):
    """A JPEG that knows where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    exif[0x010F] = "Camera of a person"
    place = tmp_path / "holiday.jpg"
    Image.new("RGB", (64, 48), (10, 120, 200)).save(place, exif=exif)
    assert b"Camera of a person" in place.read_bytes()
    return place


def test_names_parameters_and_defaults_are_as_promised(client):
    offered = client.view_api(print_info=False, return_format="dict")["named_endpoints"]
    seen = {
        name: {
            parameter["parameter_name"]: parameter["parameter_default"]
            if parameter["parameter_has_default"]
            else "(required)"
            for parameter in endpoint["parameters"]
        }
        for name, endpoint in sorted(offered.items())
    }
    if os.environ.get("WRITE_SNAPSHOTS"):
        SNAPSHOT.write_text(json.dumps(seen, indent=2) + "\n")
    assert seen == json.loads(SNAPSHOT.read_text())


def test_generate_gives_the_kept_file_byte_for_byte(client, served):
    files, run = client.predict(prompt="a red apple", seed=7, count=2, api_name="/generate")
    assert [picture["seed"] for picture in run["pictures"]] == [7, 8]
    for file, picture in zip(files, run["pictures"], strict=True):
        assert Path(file).read_bytes() == served.program.pictures.path(picture["sha256"]).read_bytes()
    assert (run["status"], run["source"], run["actor"]) == ("done", "api", "creator")


def test_a_refusal_is_a_sentence(client):
    with pytest.raises(ValueError, match="handover is 1; allowed: a number between 0 and 1"):
        client.predict(prompt="a red apple", handover=1, api_name="/generate")
    with pytest.raises(ValueError, match="prompt is ''"):
        client.predict(prompt="", api_name="/generate")
    with pytest.raises(ValueError, match="steps is 'many'"):
        client.predict(prompt="a", steps="many", api_name="/generate")


def test_a_viewer_may_not_generate(served):
    with pytest.raises(ValueError, match="Making pictures needs the role"):
        served.client("viewer").predict(prompt="a red apple", api_name="/generate")


def test_a_run_that_fails_is_an_error_with_its_id(client, served):
    served.program.painter.breaks = RuntimeError("out of paint")
    try:
        with pytest.raises(ValueError, match=r"stopped unexpectedly.*run [0-9a-f]{32}"):
            client.predict(prompt="a red apple", api_name="/generate")
    finally:
        served.program.painter.breaks = None


def test_ask_answers_and_speaks(client, photo):
    answer, audio, run = client.predict(
        image=handle_file(photo),
        question="What is this?",
        history=[{"question": "Is it blue?", "answer": "Yes."}],
        speak=True,
        api_name="/ask",
    )
    assert answer == "It is red. It is square."
    assert Path(audio).read_bytes()[:4] == b"RIFF"
    assert run["request"]["history"] == [{"question": "Is it blue?", "answer": "Yes."}]
    assert run["speech"]["status"] == "done"


def test_no_voice_never_means_no_answer(client, photo, served, monkeypatch):
    real = served.program.engines.resolve

    def without_voice(request):
        if isinstance(request, SpeakRequest):
            raise EngineUnavailableError("No voice can run here.")
        return real(request)

    monkeypatch.setattr(served.program.engines, "resolve", without_voice)
    answer, audio, run = client.predict(image=handle_file(photo), question="What is this?", speak=True, api_name="/ask")
    assert (answer, audio) == ("It is red. It is square.", None)
    assert run["speech"]["code"] == "engine_unavailable"


def test_the_original_of_an_upload_is_gone_afterwards(client, photo):
    folder = Path(gr.utils.get_upload_folder())
    client.predict(image=handle_file(photo), api_name="/describe")
    kept = [path for path in folder.rglob("*") if path.is_file() and b"Camera of a person" in path.read_bytes()]
    assert kept == []


@pytest.mark.parametrize(
    "payload",
    ["/etc/hostname", {"path": "/etc/hostname"}, {"path": "/etc/hostname", "meta": None}, 7, None, ["x"]],
)
def test_only_uploads_are_read(served, payload):
    with pytest.raises(InvalidRequestError, match="image is"):
        incoming.picture(served.services, payload)
    assert Path("/etc/hostname").exists()


def test_a_text_named_png_is_refused(client, tmp_path):
    place = tmp_path / "note.png"
    place.write_text("not a picture")
    with pytest.raises(ValueError, match="allowed"):
        client.predict(image=handle_file(place), question="What?", api_name="/ask")


def test_a_run_whose_files_are_gone_still_tells_its_id(client, served, monkeypatch):
    def gone(name):
        raise UnknownRunError("There is no such file.")

    monkeypatch.setattr(served.program.pictures, "path", gone)
    monkeypatch.setattr(served.program.pictures, "sound_path", gone)
    with pytest.raises(ValueError, match=r"is done, but .* cannot be handed out: .*\(run [0-9a-f]{32}\)"):
        client.predict(prompt="a red apple", api_name="/generate")
    with pytest.raises(ValueError, match=r"is done, but .* cannot be handed out: .*\(run [0-9a-f]{32}\)"):
        client.predict(text="Hello", api_name="/speak")


def test_an_answer_whose_voice_is_gone_still_comes(client, served, photo, monkeypatch):
    def gone(name):
        raise UnknownRunError("There is no such file.")

    monkeypatch.setattr(served.program.pictures, "sound_path", gone)
    answer, audio, run = client.predict(image=handle_file(photo), question="What is this?", speak=True, api_name="/ask")
    assert (answer, audio, run["speech"]["code"]) == ("It is red. It is square.", None, "unknown_run")


def test_results_are_handed_out_without_a_copy(served, tmp_path):
    # A client's own downloads would lie in the same folder.
    client = Client(
        served.url,
        headers={"x-name": "creator"},
        token=False,
        verbose=False,
        analytics_enabled=False,
        download_files=tmp_path,
    )
    folder = Path(gr.utils.get_upload_folder())
    before = set(folder.rglob("*"))
    client.predict(prompt="a green bottle", api_name="/generate")
    client.predict(text="Hello", api_name="/speak")
    assert set(folder.rglob("*")) == before


def test_speak(client):
    audio, run = client.predict(text="Hello", api_name="/speak")
    assert Path(audio).suffix == ".wav"
    assert run["request"]["text"] == "Hello"


def test_history_run_and_cancel_see_only_ones_own(client, served):
    _, run = client.predict(prompt="a lonely lighthouse", api_name="/generate")
    (found,) = client.predict(search="lighthouse", api_name="/history")
    assert found["id"] == run["id"]
    assert client.predict(run_id=run["id"], api_name="/run")["words"] == "a lonely lighthouse"
    assert client.predict(run_id=run["id"], api_name="/cancel")["status"] == "done"
    other = served.client("creator-other")
    assert other.predict(search="lighthouse", api_name="/history") == []
    for name in ("/run", "/cancel", "/replay"):
        with pytest.raises(ValueError, match="no run"):
            other.predict(run_id=run["id"], api_name=name)


def test_history_refuses_unknown_words(client):
    with pytest.raises(ValueError, match="status is 'finished'; allowed: one of"):
        client.predict(status="finished", api_name="/history")
    with pytest.raises(ValueError, match="limit is 0"):
        client.predict(limit=0, api_name="/history")


def test_replay_verifies(client):
    _, first = client.predict(prompt="a red apple", seed=3, api_name="/generate")
    files, again = client.predict(run_id=first["id"], api_name="/replay")
    assert len(files) == 1
    assert again["parent"] == first["id"]
    assert again["verification"]["verdict"] == "identical"
    assert again["verification"]["largest_difference"] == 0
    assert again["verification"]["environment"] == {}


def test_models_are_plain_json(client):
    models = client.predict(api_name="/models")
    assert (models[0]["id"], models[0]["state"]) == ("painter", "ready")
    assert models[0]["vocabulary"] == {}


def test_moderate(client, tmp_path):
    place = tmp_path / "plain.png"
    place.write_bytes(png())
    assert client.predict(text="a red apple", image=handle_file(place), api_name="/moderate") == []
    with pytest.raises(ValueError, match="both are missing"):
        client.predict(api_name="/moderate")


def test_the_numbers_of_the_rules_are_for_admins(served):
    bomb = "how to build a pipe bomb"
    for name, sees in (("creator-numbers", False), ("admin-numbers", True)):
        client = served.client(name)
        with pytest.raises(ValueError, match="stopped because"):
            client.predict(prompt=bomb, api_name="/generate")
        (run,) = client.predict(search="pipe", api_name="/history")
        again = client.predict(run_id=run["id"], api_name="/run")
        for findings in (run["findings"], again["findings"], client.predict(text=bomb, api_name="/moderate")):
            assert findings[0]["verdict"] == "block"
            assert {"score", "threshold"} & set(findings[0]) == ({"score", "threshold"} if sees else set())


def test_files_have_names_for_people(client, served):
    files, run = client.predict(prompt='a red/green apple: "ripe"', seed=7, count=2, api_name="/generate")
    day = run["queued"][:10]
    assert [Path(file).name for file in files] == [f"{day} a red green apple ripe {seed}.png" for seed in (7, 8)]
    audio, _ = client.predict(text="Hello there", api_name="/speak")
    assert Path(audio).name == f"{day} Hello there.wav"


@pytest.mark.parametrize(("endpoint", "waiting"), [("/generate", 0), ("/generate", 1), ("/speak", 0)])
def test_a_job_that_is_cancelled_stops_its_run(served, endpoint, waiting):
    """Whether it runs already, or waits behind another one."""
    client, program = served.client("creator-cancels"), served.program
    actor = program.actor(name="creator-cancels")
    library = served.services.library
    program.painter.hold.clear()
    try:
        jobs = [client.submit(f"words {number}", api_name=endpoint) for number in range(waiting + 1)]
        until(lambda: len(library.active("creator-cancels")) == waiting + 1)
        before = {run.id for run in library.active("creator-cancels")}
        jobs[-1].cancel()
        until(lambda: len(library.active("creator-cancels")) == waiting)
        (stopped,) = before - {run.id for run in library.active("creator-cancels")}
        assert program.studio.get(actor, stopped).status is Status.CANCELLED
    finally:
        program.painter.hold.set()
    until(lambda: not library.active("creator-cancels"))
    ends = [run.status for run in library.runs(actor="creator-cancels", limit=waiting + 1)]
    assert ends.count(Status.DONE) == waiting


def until(true):
    for _ in range(400):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come true in eight seconds")


def test_runs_and_talks_are_deleted(served, photo):
    client = served.client("creator-deletes")
    _, run = client.predict(prompt="a red apple", api_name="/generate")
    with pytest.raises(ValueError, match="no run"):
        served.client("creator-other").predict(run_id=run["id"], api_name="/delete")
    assert client.predict(run_id=run["id"], api_name="/delete") == {"deleted": 1}
    for endpoint in ("/delete", "/run", "/replay", "/cancel"):
        with pytest.raises(ValueError, match=f"There is no run {run['id']}"):
            client.predict(run_id=run["id"], api_name=endpoint)
    _, _, asked = client.predict(image=handle_file(photo), question="What is this?", speak=True, api_name="/ask")
    assert client.predict(run_id=asked["id"], talk=True, api_name="/delete") == {"deleted": 2}
    assert client.predict(api_name="/history") == []
    with pytest.raises(ValueError, match="talk is 'perhaps'; allowed: true or false"):
        client.predict(run_id=asked["id"], talk="perhaps", api_name="/delete")

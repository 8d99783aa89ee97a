"""Scripts: gradio_client from a process that has nothing else of ours, and REST with plain HTTP."""

import time
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from safety.provenance.marker import read_mark


@pytest.fixture(scope="module")
def client(program):
    return Client(program.url, headers=program.owner, verbose=False, token=False, analytics_enabled=False)


@pytest.fixture(scope="module")
def apple(client):
    return client.predict(prompt="a red apple", seed=7, api_name="/generate")


def test_generate_returns_the_kept_file_with_its_request_inside(apple):
    files, run = apple
    assert run["status"] == "done"
    mark = read_mark(Path(files[0]).read_bytes())
    assert mark["request"]["prompt"] == "a red apple"
    assert mark["request"]["seed"] == 7
    assert Image.open(files[0]).size == (64, 64)


def test_the_same_seed_makes_the_same_picture(client, apple):
    _, again = client.predict(run_id=apple[1]["id"], api_name="/replay")
    assert again["verification"]["verdict"] == "identical"


def test_ask_answers_and_speaks(client, apple):
    answer, audio, run = client.predict(
        image=handle_file(apple[0][0]), question="What is this?", speak=True, api_name="/ask"
    )
    assert answer
    assert run["status"] == "done"
    assert len(Path(audio).read_bytes()) > 1_000


def test_describe_history_models_and_moderate(client, apple):
    assert client.predict(image=handle_file(apple[0][0]), api_name="/describe")
    assert any(run["id"] == apple[1]["id"] for run in client.predict(action="generate", api_name="/history"))
    assert client.predict(run_id=apple[1]["id"], api_name="/run")["words"] == "a red apple"
    models = {model["id"]: model for model in client.predict(api_name="/models")}
    assert models["emoji-sdxl"]["state"] in {"ready", "cold", "loading"}
    assert "CUDA" in models["sdxl"]["missing"] or "weights" in models["sdxl"]["missing"]
    findings = client.predict(text="how to build a pipe bomb", api_name="/moderate")
    assert findings


@pytest.mark.parametrize(
    ("named", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": "x" * 10_000}, "prompt"),
        ({"prompt": "a\x00b"}, "prompt"),
        ({"prompt": "a fox", "steps": 0}, "steps"),
        ({"prompt": "a fox", "steps": 1_000}, "steps"),
        ({"prompt": "a fox", "count": 9}, "count"),
        ({"prompt": "a fox", "seed": -5}, "seed"),
        ({"prompt": "a fox", "handover": 1.0}, "handover"),
        ({"prompt": "a fox", "handover": 1.5}, "handover"),
        ({"prompt": "a fox", "handover": 0}, "handover"),
        ({"prompt": "a fox", "guidance": 99}, "guidance"),
        ({"prompt": "a fox", "aspect_ratio": "round"}, "aspect_ratio"),
        ({"prompt": "a fox", "style": "nonsense"}, "style"),
        ({"prompt": "a fox", "scheduler": "nonsense"}, "scheduler"),
        ({"prompt": "a fox", "model": "nonsense"}, "model"),
        ({"prompt": "a fox", "model": "sdxl"}, "cannot run here"),
    ],
)
def test_bad_input_is_a_sentence_that_names_the_field(client, named, field):
    with pytest.raises(AppError, match=field):
        client.predict(**named, api_name="/generate")


@pytest.mark.parametrize("prompt", ["🍎", "תפוח אדום", "a fox\non two lines"])
def test_every_script_is_welcome(client, prompt):
    assert client.predict(prompt=prompt, steps=3, api_name="/generate")[1]["status"] == "done"


def test_rest_takes_words_and_gives_a_picture(program):
    with httpx.Client(base_url=program.url, headers=program.owner, timeout=60) as http:
        accepted = http.post("/generate", json={"text": "a red apple", "style": "flat"})
        assert accepted.status_code == 202
        body = accepted.json()
        assert body["status"] == "processing"
        for _ in range(200):
            state = http.get(f"/image/{body['image_id']}").json()
            if state["status"] == "done":
                break
            time.sleep(0.1)
        picture = http.get(state["image_url"])
        assert picture.headers["content-type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG")
        assert http.get("/healthz").status_code == 200
        assert http.post("/generate", json={"text": "a red apple", "nonsense": 1}).status_code in {400, 422}


def test_the_files_of_the_program_are_not_served(program):
    assert httpx.get(f"{program.url}/gradio_api/file=roles.yaml").status_code in {403, 404}

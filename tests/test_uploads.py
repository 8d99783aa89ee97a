"""Bad pictures and private ones, through the real program."""

import io

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from settings import ROOT
from tests.safety.files import corners, encoded, gps_jpeg, huge_png

BAD = {
    "one.png": encoded(Image.new("RGB", (1, 1))),
    "empty.png": b"",
    "bomb.png": huge_png(13_000, 13_000),
    "truncated.png": encoded(corners())[:90],
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"></svg>',
    "text.png": b"This is no picture at all.",
}


@pytest.fixture(scope="module")
def client(program):
    return Client(program.url, headers=program.owner, verbose=False, token=False, analytics_enabled=False)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_picture_is_refused_in_words(client, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(BAD[name])
    with pytest.raises((AppError, ValueError), match=r"image is .*allowed"):
        client.predict(image=handle_file(str(path)), question="What is this?", api_name="/ask")


def test_a_picture_of_a_weapon_is_refused_in_words(client):
    pistol = ROOT / "assets" / "models" / "emoji-checker" / "canaries" / "pistol.png"
    with pytest.raises((AppError, ValueError), match=r"seems to show a weapon \(nearest: pistol\)"):
        client.predict(image=handle_file(str(pistol)), question="What is this?", api_name="/ask")


def test_a_question_needs_a_picture(client):
    with pytest.raises((AppError, ValueError, TypeError)):
        client.predict(question="What is this?", api_name="/ask")


def test_where_a_picture_was_taken_is_never_kept(client, program, tmp_path):
    path = tmp_path / "holiday.jpg"
    path.write_bytes(gps_jpeg())
    _, _, run = client.predict(image=handle_file(str(path)), question="What is this?", api_name="/ask")
    name = run["request"]["image"]["sha256"]
    kept = httpx.get(f"{program.url}/media/{name}.png", headers=program.owner, timeout=30)
    assert kept.status_code == 200
    assert not Image.open(io.BytesIO(kept.content)).getexif()
    assert b"Exif" not in kept.content

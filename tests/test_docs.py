"""What the pages promise is true: commands exist, snippets run, every word of the API is explained."""

import json
import re
import subprocess
from pathlib import Path

import httpx
import pytest
import yaml

from core import errors
from core.requests import ACTIONS
from docs.__main__ import filled

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
API = (ROOT / "docs" / "api.md").read_text("utf-8")
SNIPPETS = re.findall(r"```(python|sh)\n(.*?)```", README[README.index("## The API") :], re.DOTALL)


def test_the_snippets_of_the_readme_run_one_after_the_other(program, capsys):
    assert [language for language, _ in SNIPPETS] == ["python", "python", "python", "sh"]
    names: dict[str, object] = {}
    for language, code in SNIPPETS:
        here = code.replace("http://127.0.0.1:7860", program.url).replace(
            "data/owner.key", str(program.data / "owner.key")
        )
        if language == "python":
            exec(compile(here, "README.md", "exec"), names)  # noqa: S102 - the point of the test
        else:
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", here], capture_output=True, text=True, check=True)
            assert '"status":"processing"' in done.stdout.replace(" ", "")
    printed = capsys.readouterr().out
    assert names["answer"]
    assert names["audio"]
    assert "'verdict': 'identical'" in printed


def test_the_front_matter_fits_a_space():
    matter = yaml.safe_load(README.split("---")[1])
    pins = (ROOT / "requirements.txt").read_text("utf-8")
    assert f"gradio=={matter['sdk_version']}" in pins
    assert (ROOT / matter["app_file"]).exists()
    assert len(matter["short_description"]) <= 60


def test_every_link_and_picture_of_the_pages_is_there():
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    links = [(page, target) for page in pages for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))]
    assert not [(page.name, to) for page, to in links if "://" not in to and not (page.parent / to).exists()]


@pytest.mark.parametrize("command", re.findall(r"make ([a-z-]+)", README))
def test_every_command_of_the_readme_exists(command):
    assert re.search(rf"^{command}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_every_endpoint_is_explained():
    endpoints = json.loads((ROOT / "tests" / "ui" / "endpoints.json").read_text("utf-8"))
    assert not [name for name in endpoints if f"`{name if name.startswith('/') else '/' + name}`" not in API]


def test_every_error_code_is_explained():
    def codes(kind):
        return {kind.code} | {code for child in kind.__subclasses__() for code in codes(child)}

    assert not [code for code in codes(errors.StudioError) if f"`{code}`" not in API]


def test_every_action_is_given_to_somebody():
    roles = (ROOT / "roles.yaml").read_text("utf-8")
    assert not [action for action in ACTIONS if action not in roles]


def test_the_documented_sizes_are_those_of_the_models():
    rows = yaml.safe_load((ROOT / "models.yaml").read_text("utf-8"))
    has = {
        row["id"]: [f"{w}x{h}" for w, h in row["sizes"].values()] for row in rows if "generate" in row.get("serves", ())
    }
    told = re.findall(r"^\| `([a-z0-9.-]+)`[^|]*\| (\d+x\d+) \| (\d+x\d+) \| (\d+x\d+) \|$", API, re.MULTILINE)
    assert {name: sizes for name, *sizes in told} == has


def test_the_documented_request_is_accepted(program):
    (example,) = re.findall(r"-d '(\{.*?\})'", API)
    reply = httpx.post(f"{program.url}/generate", content=example, headers={"content-type": "application/json"})
    assert reply.status_code == 202, reply.text
    described = httpx.get(f"{program.url}/openapi.json").json()["components"]["schemas"]["GenerateBody"]["properties"]
    body = {name: field["examples"][0] for name, field in described.items() if "examples" in field}
    assert set(body) == {"text", "resolution"}
    assert httpx.post(f"{program.url}/generate", json=body).status_code == 202


def test_the_tables_of_the_api_are_those_of_the_fields():
    assert filled(API) == API, "run `make docs`"


@pytest.mark.parametrize("gone", ["<!-- fields: written by make docs -->\n", "<!-- end of endpoints -->\n"])
def test_a_table_without_its_place_is_told(gone):
    with pytest.raises(LookupError, match="0 places"):
        filled(API.replace(gone, ""))


def test_a_table_that_somebody_edited_is_found():
    assert filled(API.replace("1 to 150", "1 to 1500")) == API

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from pipelines.rows import CatalogueError
from pipelines.styles import NONE, Style, read_styles, resolve
from pipelines.weights import ROOT

FLAT = Style(id="flat", title="Flat", prompt="icon of {prompt}, flat", negative_prompt="deep")


@given(prompt=some.text(min_size=1), negative_prompt=some.text())
def test_the_persons_words_are_kept_whole(prompt: str, negative_prompt: str) -> None:
    words, unwanted, template = resolve({"flat": FLAT}, "flat", prompt, negative_prompt)
    assert words == f"icon of {prompt}, flat"
    assert unwanted.startswith(negative_prompt)
    assert unwanted.endswith("deep")
    assert template.replace("{prompt}", prompt) == words


@given(prompt=some.text(min_size=1), negative_prompt=some.text())
def test_no_style_leaves_the_words_alone(prompt: str, negative_prompt: str) -> None:
    assert resolve({}, NONE, prompt, negative_prompt) == (prompt, negative_prompt, "{prompt}")


@pytest.mark.parametrize("template", ["flat", "{prompt} and {prompt}", "{Prompt}"])
def test_a_template_has_one_place_for_the_words(template: str) -> None:
    with pytest.raises(ValidationError, match="must contain"):
        Style(id="flat", title="Flat", prompt=template)


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ("- {id: flat, title: Flat, promt: '{prompt}'}", "promt"),
        ("- {id: FLAT, title: Flat, prompt: '{prompt}'}", "FLAT"),
        ("- {id: none, title: None, prompt: '{prompt}'}", "'none'"),
        ("- {id: a, title: A, prompt: '{prompt}'}\n- {id: a, title: B, prompt: '{prompt}'}", "row 2"),
        ("id: flat", "list of rows"),
        ("- [", "is not valid YAML"),
    ],
)
def test_a_mistake_names_itself(tmp_path: Path, rows: str, named: str) -> None:
    path = tmp_path / "styles.yaml"
    path.write_text(rows)
    with pytest.raises(CatalogueError, match=named) as caught:
        read_styles(path)
    assert "styles.yaml" in str(caught.value)


def test_the_styles_that_ship_can_be_read() -> None:
    assert {"flat", "3d", "photograph"} <= set(read_styles(ROOT / "styles.yaml"))

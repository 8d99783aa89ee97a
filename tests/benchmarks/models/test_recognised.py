import json
from pathlib import Path

import pytest

from benchmarks.models.recognised import count, figure, same


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "SHA256SUMS").write_text("abc  base/unet\n")
    rows = {"1": "fox", "2": "teddy bear", "3": "airplane"}
    key = {number: {"concept": name, "prompt": f"a {name}"} for number, name in rows.items()}
    (tmp_path / "key.json").write_text(json.dumps(key))
    return tmp_path


def test_another_word_is_right_and_a_shorter_thing_is_not():
    assert same("a plane, in flat style", "airplane")
    assert same("Fox", "fox")
    assert not same("bear", "teddy bear")
    assert not same("teddy bear", "bear")
    assert not same("?", "fox")


def test_the_count_is_kept_with_what_was_missed(folder: Path):
    (folder / "names.txt").write_text("1 a fox\n2: bear\n3. plane\n")
    assert count(folder / "names.txt", folder / "key.json", folder) == ["2: a teddy bear (seen: bear)"]
    assert figure(folder).number == 2
    assert figure(folder).text == "2 of 3"


def test_a_count_of_other_weights_says_so(folder: Path):
    (folder / "names.txt").write_text("1 fox\n2 teddy\n3 plane\n")
    count(folder / "names.txt", folder / "key.json", folder)
    (folder / "SHA256SUMS").write_text("def  base/unet\n")
    assert "other weights" in figure(folder).text


def test_a_picture_without_a_name_is_refused(folder: Path):
    (folder / "names.txt").write_text("1 fox\n3 plane\n")
    with pytest.raises(ValueError, match="no picture 2"):
        count(folder / "names.txt", folder / "key.json", folder)


def test_nothing_counted_is_no_figure(tmp_path: Path):
    assert figure(tmp_path).reached == "no"
    assert figure(tmp_path).text == "not counted yet"

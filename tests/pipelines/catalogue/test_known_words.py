from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from core.vocabulary.vocabulary import Vocabulary
from pipelines.catalogue.known_words import read_vocabulary
from pipelines.catalogue.rows import CatalogueError


def kept(folder: Path, words: Any) -> Path:
    path = folder / "vocabulary.json"
    path.write_text(words if isinstance(words, str) else json.dumps(words))
    return path


def test_lists_under_other_names_are_kept_for_people(tmp_path: Path) -> None:
    words = {"things": ["dog"], "other_words": {"puppy": "dog"}, "shapes": ["circle"], "kinds": {"a": {"b": ["dog"]}}}
    read = read_vocabulary(kept(tmp_path, words))
    assert read == Vocabulary(
        things=("dog",), other_words={"puppy": "dog"}, kinds={"a": {"b": ("dog",)}}, more={"shapes": ("circle",)}
    )
    assert read.closed


def test_lists_of_words_by_group_are_no_closed_vocabulary(tmp_path: Path) -> None:
    read = read_vocabulary(kept(tmp_path, {"concepts": ["dog"], "grounds": ["red"]}))
    assert (read.closed, read.more, read.grounds) == (False, {"concepts": ("dog",)}, ("red",))


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = kept(tmp_path, {"things": ["dog"]})
    first = read_vocabulary(path)
    assert read_vocabulary(path) is first
    kept(tmp_path, {"things": ["cat"]})
    os.utime(path, ns=(1, 1))
    assert read_vocabulary(path).things == ("cat",)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("no json", "is no vocabulary: the file"),
        ([], "is no vocabulary: the file"),
        ({"things": "dog"}, "is no vocabulary: things"),
        ({"other_words": ["puppy (dog)"]}, "is no vocabulary: other_words"),
        ({"things": ["dog"], "other_words": {"kitten": "cat"}}, "other_words name cat"),
        ({"shapes": {"circle": 1}}, "is no vocabulary: shapes"),
    ],
)
def test_what_is_no_vocabulary_is_named(tmp_path: Path, words: Any, sentence: str) -> None:
    with pytest.raises(CatalogueError, match=f"vocabulary.json.*{sentence}"):
        read_vocabulary(kept(tmp_path, words))

import json
from pathlib import Path

import numpy as np
import pytest

from training.image.card import MODELS, fill, sheet, vocabulary, written
from training.world.packages import WORDS_PACKAGE, cached


def test_a_block_of_a_card_is_written_anew_and_the_rest_stays(tmp_path: Path):
    card = tmp_path / "README.md"
    card.write_text("# A model\n<!-- figures -->\nold\n<!-- /figures -->\nLimits.\n")
    for text in ("| a | b |", "| c |"):
        fill(card, "figures", text)
    assert card.read_text() == "# A model\n<!-- figures -->\n| c |\n<!-- /figures -->\nLimits.\n"


@pytest.mark.parametrize("text", ["# No block\n", "<!-- figures -->\nno end\n"])
def test_a_card_without_the_block_is_refused(tmp_path: Path, text: str):
    (tmp_path / "README.md").write_text(text)
    with pytest.raises(ValueError, match="<!-- figures -->"):
        fill(tmp_path / "README.md", "figures", "new")
    assert (tmp_path / "README.md").read_text() == text


@pytest.mark.skipif(not cached(WORDS_PACKAGE), reason="emojibase-data is not in training/.cache")
def test_the_bundled_vocabulary_is_the_one_that_is_written():
    text = written(vocabulary())
    assert json.loads(text)["other_words"]["hamburger"] == "burger"
    assert text == (MODELS / "vocabulary.json").read_text()


def test_a_vocabulary_is_written_list_by_line():
    words = {"things": ["a b", "c"], "other_words": {"d": "c"}, "kinds": {"e": {"f": ["g"]}}}
    text = written(words)
    assert json.loads(text) == words
    assert ' "things": ["a b", "c"],\n' in text


def test_a_sheet_has_a_cell_for_each_picture():
    made = sheet(np.full((9, 64, 64, 3), 7, np.uint8), ["a fox on a red background"] * 9)
    assert made.width == 8 * 136
    assert made.height == 2 * 162
    assert made.getpixel((60, 60)) == (7, 7, 7)

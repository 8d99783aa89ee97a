from pathlib import Path

import numpy as np
import pytest

from training.image.card import fill, sheet, vocabulary
from training.world.icons import drawn


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


def test_the_vocabulary_has_every_thing_and_its_other_words():
    words = vocabulary()
    assert words["concepts"] == [concept.name for concept in drawn()]
    assert "hamburger (burger)" in words["other words"]


def test_a_sheet_has_a_cell_for_each_picture():
    made = sheet(np.full((9, 64, 64, 3), 7, np.uint8), ["a fox on a red background"] * 9)
    assert made.width == 8 * 136
    assert made.height == 2 * 162
    assert made.getpixel((60, 60)) == (7, 7, 7)

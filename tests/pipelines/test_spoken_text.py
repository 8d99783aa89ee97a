from __future__ import annotations

import pytest

from core.errors import InvalidRequestError
from pipelines.spoken_text import spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("A red fox.", "A red fox."),
        ("See https://example.org/a?b=c. Then www.example.org, too", "See link. Then link, too"),
        ("Yes 🦊! 👩‍🚒 here ❤️ and 👍🏽, flag 🇫🇷", "Yes ! here and , flag"),
        ("**Bold** and `code`,\n\n# Title\nsnake_case", "Bold and code , Title snake case"),
        ("20 °C, 3 < 4 & 50 %", "20 °C, 3 < 4 & 50 %"),
        ("Zażółć gęślą jaźń. 你好。مرحبا हिन्दी", "Zażółć gęślą jaźń. 你好。مرحبا हिन्दी"),
    ],
)
def test_written_and_said(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize("text", ["🦊🦊", "...", "***", "?!"])
def test_nothing_to_say(text: str) -> None:
    with pytest.raises(InvalidRequestError, match="at least one letter or digit"):
        spoken(text)

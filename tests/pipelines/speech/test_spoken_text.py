from __future__ import annotations

import pytest

from core.errors import InvalidRequestError
from pipelines.speech.spoken_text import spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("A red fox.", "A red fox."),
        ("See https://example.org/a?b=c. Then www.example.org, too", "See link. Then link, too"),
        ("Yes 🦊! 👩‍🚒 here ❤️ and 👍🏽, flag 🇫🇷", "Yes ! here and , flag"),
        ("**Bold** and `code`,\n\n# Title\nsnake_case", "Bold and code , Title snake case"),
        ("20 °C, 3 < 4 & 50 %", "20 °C, 3 < 4 & 50 %"),
        ("请看https://example.com/a，然后回答。", "请看 link，然后回答。"),
        ("请看https://example.com/a然后", "请看 link 然后"),
        ("見てHTTPS://EXAMPLE.COM/A、次", "見て link、次"),
        ("https://example.com에서 확인", "link 에서 확인"),
        ("ดูที่https://example.com/aแล้ว", "ดูที่ link แล้ว"),
        ("https://a.com/x، ثم", "link، ثم"),
        ("See https://example.com/a—then “https://a.b”", "See link—then “link”"),
        ("[see](https://x.com/a)and <https://x.com/a>more", "[see](link)and <link>more"),
        ("https://x.com/a,then and https://x.com/@1.5,2z", "link,then and link"),
        ("**https://example.com**text", "link text"),
        ("https://en.wikipedia.org/wiki/Apple_(fruit) is http://[::1]:80/x?", "link is link?"),
        ("https://ru.wikipedia.org/wiki/Яблоко и www.bücher.example…", "link и link…"),
        ("5℃, 41℉ and №7: 2㎏ of ㎡™", "5°C, 41°F and No. 7: 2kg of m2TM"),
        ("© 2026 Ada® ♯ ℞ 2*3, 5 * 6, 7~8", "© 2026 Ada® ♯ ℞ 2*3, 5 * 6, 7~8"),
        ("1️⃣ ✓ ☎ 🅰️ x ⓐ ㊗", "1 x a 祝"),
        ("Zażółć gęślą jaźń. 你好。مرحبا हिन्दी", "Zażółć gęślą jaźń. 你好。مرحبا हिन्दी"),
    ],
)
def test_written_and_said(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize("text", ["🦊🦊", "...", "***", "?!"])
def test_nothing_to_say(text: str) -> None:
    with pytest.raises(InvalidRequestError, match="at least one letter or digit"):
        spoken(text)

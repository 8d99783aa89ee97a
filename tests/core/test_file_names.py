from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import file_names
from core.runs import KeptPicture
from tests.core.test_run_view import RUN

MADE = replace(RUN, queued="2026-11-25T03:04:05.000+00:00", words="a red apple")
KEPT = KeptPicture(position=0, sha256="0" * 64, pixels_sha256="0" * 64, seed=7, width=8, height=8)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("a red apple", "2026-11-25 a red apple 7.png"),
        ("  a\nred\tapple.  ", "2026-11-25 a red apple 7.png"),
        ('../../etc/passwd <b>"x"</b> C:\\nul|?*', "2026-11-25 etc passwd b x b C nul 7.png"),
        ("COM1", "2026-11-25 COM1 7.png"),
        ("...", "2026-11-25 7.png"),
        ("🍎", "2026-11-25 7.png"),
        ("一个红色的苹果", "2026-11-25 一个红色的苹果 7.png"),
        ("תפוח אדום", "2026-11-25 תפוח אדום 7.png"),
        ("\u202egnp.exe \u200b\u3164x", "2026-11-25 gnp exe x 7.png"),
        ("cafe\u0301 100%", "2026-11-25 café 100 7.png"),
        ("word " * 100, "2026-11-25 word word word word word word word word word 7.png"),
        ("x" * 500, f"2026-11-25 {'x' * 48} 7.png"),
    ],
)
def test_date_first_words_and_seed(words: str, name: str) -> None:
    assert file_names.of_picture(replace(MADE, words=words), KEPT) == name


def test_pictures_without_a_seed_have_a_number_and_sounds_their_kind() -> None:
    assert file_names.of_picture(MADE, replace(KEPT, seed=None, position=2)) == "2026-11-25 a red apple 3.png"
    assert file_names.of_sound(MADE, "mp3") == "2026-11-25 a red apple.mp3"


@given(st.text())
def test_every_system_takes_every_name(words: str) -> None:
    name = file_names.of_picture(replace(MADE, words=words), KEPT)
    assert len(name.encode()) <= 200
    assert not set(name) & set('<>:"/\\|?*%#&$;`')
    assert all(unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"} for sign in name)
    assert "  " not in name
    assert not name.removesuffix(".png").endswith((" ", "."))

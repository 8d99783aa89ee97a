"""Scripts that are written without spaces between words, made searchable: every sign is a word, and a word is a phrase.

SQLite's full-text index knows words by the spaces around them and would hold a Chinese sentence for one word. So the
text of rows with such scripts is kept once more with a space around every sign, and indexed from there. Triggers of
the database notice which rows those are; what the signs mean as words only this file knows.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata

# Changing these takes a migration that indexes the rows anew. Korean has spaces, but only between whole phrases: a noun
# and its particle are one word there.
_RANGES = (
    (0x0E00, 0x0FFF),  # Thai, Lao, Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1100, 0x11FF),  # Hangul
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x1AAF),  # Tai Le, New Tai Lue, Khmer symbols, Buginese, Tai Tham
    (0x1B00, 0x1B7F),  # Balinese
    (0x2E80, 0x2FDF),  # radicals of CJK
    (0x3005, 0x3007),  # signs that repeat a sign
    (0x3021, 0x312F),  # Hiragana, Katakana, Bopomofo
    (0x3130, 0x33FF),  # Hangul, squared CJK
    (0x3400, 0x4DBF),  # CJK
    (0x4E00, 0x9FFF),
    (0xA000, 0xA4CF),  # Yi
    (0xA960, 0xA97F),  # Hangul
    (0xA980, 0xAADF),  # Javanese, Myanmar, Cham, Tai Viet
    (0xAC00, 0xD7FF),  # Hangul
    (0xF900, 0xFAFF),  # CJK
    (0xFF66, 0xFFDC),  # Katakana and Hangul of half width
    (0x1AFF0, 0x1B2FF),  # Kana, Nushu
    (0x20000, 0x3FFFF),  # CJK
)
_SIGN = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _RANGES) + "]")
# Joiners, zero-width spaces and variants of signs: two texts that differ by these read the same.
_UNSEEN = re.compile("[\u00ad\u034f\u180b-\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")

# An SQL expression: the pattern of GLOB for text that holds such a sign.
PATTERN = f"'*[' || char({', '.join(f'{first}, 45, {last}' for first, last in _RANGES)}) || ']*'"

_WAITING = "SELECT EXISTS (SELECT 1 FROM unspaced WHERE prompt IS NULL)"
_TAKE = """
SELECT unspaced.number, runs.prompt, runs.answer FROM unspaced CROSS JOIN runs ON runs.number = unspaced.number
WHERE unspaced.prompt IS NULL
"""
_PUT = "UPDATE unspaced SET prompt = ?, answer = ? WHERE number = ?"


def holds_any(text: str) -> bool:
    """Tell whether ``text`` holds a sign of a script without spaces."""
    return _SIGN.search(text) is not None


def spaced(text: str) -> str:
    """Return ``text`` with a space around each sign of a script without spaces; forms that read the same are one."""
    return " ".join(_SIGN.sub(r" \g<0> ", unicodedata.normalize("NFKC", _UNSEEN.sub("", text))).split())


def waiting(connection: sqlite3.Connection) -> bool:
    """Tell whether there are rows that are not in the index yet."""
    return bool(connection.execute(_WAITING).fetchone()[0])


def index(connection: sqlite3.Connection) -> None:
    """Put the rows that wait into the index, within the transaction that is open."""
    rows = connection.execute(_TAKE).fetchall()
    connection.executemany(_PUT, [(spaced(prompt), spaced(answer), number) for number, prompt, answer in rows])

"""What a picture or a sound is called where people keep it: ``2026-11-25 a red apple 7.png``."""

from __future__ import annotations

import unicodedata

from core.runs import KeptPicture, Run

_LONGEST_WORDS = 48
_MOST_BYTES = 120
# Apart from letters, marks and digits. Windows forbids <>:"/\\|?*, shells and addresses read meaning into most others.
_SIGNS = frozenset("-_',+ ")
# Letters and marks that nobody sees.
_UNSEEN = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0\u034f\u180b\u180c\u180d\u180f") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)


def of_picture(run: Run, picture: KeptPicture) -> str:
    """Return date, first words and seed as the name of a PNG file that every system takes."""
    seed = f" {picture.seed}" if picture.seed is not None else f" {picture.position + 1}"
    return f"{_stem(run)}{seed}.png"


def of_sound(run: Run, suffix: str) -> str:
    """Return date and first words as the name of a sound file; ``suffix`` without its dot."""
    return f"{_stem(run)}.{suffix}"


def _stem(run: Run) -> str:
    words = _first(run.words)
    return f"{run.queued[:10]} {words}" if words else run.queued[:10]


def _first(text: str) -> str:
    """Return the first words that fit, whole ones if there are any."""
    plain = "".join(sign if _may_stay(sign) else " " for sign in unicodedata.normalize("NFC", text))
    name = ""
    for word in plain.split():
        longer = f"{name} {word}".strip()
        if len(longer) > _LONGEST_WORDS or len(longer.encode()) > _MOST_BYTES:
            break
        name = longer
    if not name:
        # One long word, as all of a text is where there are no spaces.
        name = "".join(plain.split()[:1])[:_LONGEST_WORDS].encode()[:_MOST_BYTES].decode(errors="ignore")
    return name.strip(" -_',+")


def _may_stay(sign: str) -> bool:
    return sign in _SIGNS or (unicodedata.category(sign)[0] in "LMN" and sign not in _UNSEEN)

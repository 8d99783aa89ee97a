"""Which of the languages a voice has fits a language tag. Source: RFC 4647, section 3.4, "Lookup"."""

from __future__ import annotations

from collections.abc import Iterable

# Names of one language that people, browsers and services use for each other.
_OTHER_NAMES = {
    "he": ("iw",), "iw": ("he",), "jv": ("jw",), "jw": ("jv",), "fil": ("tl",), "tl": ("fil",), "id": ("in",),
    "in": ("id",), "nb": ("no",), "nn": ("no", "nb"), "no": ("nb",), "cmn": ("zh",), "zh": ("cmn",),
    "zh-hant": ("zh-tw",), "zh-hk": ("zh-tw",), "zh-mo": ("zh-tw",), "zh-hans": ("zh-cn",), "zh-sg": ("zh-cn",),
}  # fmt: skip


def fitting(tag: str, known: Iterable[str]) -> str | None:
    """Return the most special of ``known`` that ``tag`` is a variety of, as ``known`` writes it; None if there is none.

    Subtags are taken off from the end: ``zh-Hant-HK``, ``zh-Hant``, ``zh``.
    """
    by_lower = {name.lower(): name for name in known}
    parts = tag.lower().split("-")
    while parts:
        name = "-".join(parts)
        for each in (name, *_OTHER_NAMES.get(name, ())):
            if each in by_lower:
                return by_lower[each]
        parts.pop()
    return None


def ignored(asked: str, spoken: str) -> dict[str, str]:
    """Return ``language`` and why, if a tag of a variety was spoken as something more general or something else."""
    if "-" not in asked or asked.lower() == spoken.lower():
        return {}
    return {"language": f"This voice has no {asked}; it spoke {spoken}."}

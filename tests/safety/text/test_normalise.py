import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from safety.text.normalise import fold, normalise

# Any text at all, and text made of what disguises are made of.
ANY = st.text(st.characters(exclude_categories=[])) | st.text(
    "abex1!$.* _\u0301\u200b\u0430\u0445\u0456\U0001f600\u093e\n"
)


@pytest.mark.parametrize(
    "disguised",
    [
        "NUDE",
        "ｎｕｄｅ",
        "n u d e",
        "n.u.d.e",
        "n-u-d-e",
        "n  u  d  e",
        "n\U0001f525u\U0001f525d\U0001f525e",
        "n\u200bu\u200bd\u200be",
        "n\u00adu\u2060d\ufeffe",
        "n\u0336u\u0336d\u0336e\u0336",
        "n\u094du\u094dd\u094de",
        "n\u00fcd\u00e8",
        "nud\u0435",
        "n\u03c5de",
        "nu.de",
        "n*u*d*e",
        "nud3",
        "\U0001d4c3\U0001d4ca\U0001d4b9\U0001d452",
        "\u24dd\u24e4\u24d3\u24d4",
        "n\u3164u\u3164d\u3164e",
    ],
)
def test_disguises_are_undone(disguised: str) -> None:
    assert normalise(disguised).text == "nude"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("k1ll", "kill"),
        ("$ex", "sex"),
        ("a$$", "ass"),
        ("stop!", "stop!"),
        ("\u0455\u0435\u0445", "sex"),
        ("soooooo", "soo"),
        ("4k, 1000 years", "ak, 1000 years"),
        ("well-lit and anti-war", "well-lit and anti-war"),
        ("голова", "голова"),
        ("नग्न", "नग्न"),
    ],
)
def test_the_rest_stays_readable(text: str, plain: str) -> None:
    assert normalise(text).text == plain


def test_fold_changes_spelling_only() -> None:
    assert fold("N\u200bü D E, k1ll").text == "nu d e, k1ll"


@given(ANY)
@example("\u043f\u1a5e\u200b\u043f\u0130!")
@example("\u00df\u0345\u1fb3 \ud800 \U000e0041")
def test_any_text_is_read_twice_alike_and_every_span_is_inside(text: str) -> None:
    for read in (fold, normalise):
        traced = read(text)
        assert read(traced.text).text == traced.text
        assert len(traced.text) == len(traced.places) == len(traced.joined)
        assert all(0 <= place < len(text) for place in traced.places)
        assert list(traced.places) == sorted(traced.places)
        if traced.text:
            start, end = traced.source(0, len(traced.text))
            assert 0 <= start < end <= len(text)


def test_a_span_leads_back_to_the_persons_own_characters() -> None:
    text = "a picture: N.\u00dc.D.E!"
    traced = normalise(text)
    start = traced.text.index("nude")
    assert text[slice(*traced.source(start, start + 4))] == "N.\u00dc.D.E"


@pytest.mark.parametrize("piece", ["a ", "n.u-d e", "a!", "a.b", "aaa", "\u0430", "é\u0301", "1"])
def test_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        best = 9.0
        for _ in range(3):
            start = time.perf_counter()
            normalise(text)
            best = min(best, time.perf_counter() - start)
        return best

    # Ten times the text may take ten times as long, with room for a busy machine; quadratic would be a hundred times.
    assert seconds(40_000) < 40 * seconds(4_000) + 0.01

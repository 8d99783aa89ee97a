import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import bounds
from core.errors import InvalidRequestError


def test_a_refusal_names_field_value_and_range():
    with pytest.raises(InvalidRequestError, match=r"steps is 151; allowed: a whole number from 1 to 150\."):
        bounds.integer("steps", 151, 1, 150)


@pytest.mark.parametrize("value", [True, "3", None, 2.5, float("nan"), float("inf"), 0, 11, [], {}])
def test_integer_refuses_other_types_and_values_outside(value):
    with pytest.raises(InvalidRequestError):
        bounds.integer("count", value, 1, 10)


def test_integer_takes_a_whole_float_as_json_has_one_kind_of_number():
    assert bounds.integer("count", 3.0, 1, 10) == 3


@pytest.mark.parametrize("value", [0.0, 1.0, 1.5, -0.1, "0.5", True, None, float("nan")])
def test_open_ends_are_excluded(value):
    with pytest.raises(InvalidRequestError, match="ends excluded"):
        bounds.number("handover", value, 0, 1, open_ends=True)


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", "a\x1b[31m", "\x7f"])
def test_text_refuses_control_and_broken_characters(value):
    with pytest.raises(InvalidRequestError) as refusal:
        bounds.text("prompt", value, 100)
    str(refusal.value).encode("utf-8")  # the refusal itself must be writable to a page


@pytest.mark.parametrize("value", ["🍎 on a table", "תפוח אדום", "تفاحة حمراء", "two\nlines", "e\u0301"])
def test_text_keeps_emoji_and_every_script(value):
    assert bounds.text("prompt", f"  {value} ", 100) == value


UNSEEN = (
    *("\u200b", "\ufeff", "\ufe0f", "\u200d\ufe0f", "\u00ad", "\u2060\u2064", "\u202e\u202c", "\u2066\u2069"),
    *("\u0301", "\u0e31", "\u0903", "\u20e3", "\u3164", "\u115f\u1160", "\uffa0", "\u17b4", "\u2800", "\u180e"),
    *("\u061c", "\u3000", "\U000e0041\U000e007f", "\U000e0100", "\U0001d173", "\U0001d159", "\ufff0", "\ufdd0"),
    *("\uffff", " \u200b \u3164 "),
)
SEEN = ("❤️", "1️⃣", "🏴\U000e0067\U000e0062\U000e007f", "नी", "น้ำ", "\u200fא", "\U0001fbff", "\ue000", "ㄱ")


@pytest.mark.parametrize("value", UNSEEN)
def test_what_nobody_can_see_is_no_text(value):
    with pytest.raises(InvalidRequestError, match=r"nothing in it can be seen|it is empty"):
        bounds.text("prompt", value, 100, low=1)
    assert bounds.text("negative_prompt", value, 100) == ""
    assert bounds.text("prompt", f"{value}x", 100, low=1).endswith("x")


@pytest.mark.parametrize("value", SEEN)
def test_marks_and_joiners_beside_something_stay(value):
    assert bounds.text("prompt", value, 100, low=1) == value


@given(st.text(alphabet=st.characters(codec=None)))
def test_text_returns_printable_text_or_refuses_in_words(value):
    try:
        kept = bounds.text("prompt", value, 50, low=1)
    except InvalidRequestError as refusal:
        str(refusal).encode("utf-8")
    else:
        assert 1 <= len(kept) <= 50
        kept.encode("utf-8")


def test_choice_and_flag():
    assert bounds.choice("shape", "square", ("square", "wide")) == "square"
    with pytest.raises(InvalidRequestError, match="one of square, wide"):
        bounds.choice("shape", "round", ("square", "wide"))
    with pytest.raises(InvalidRequestError, match="true or false"):
        bounds.flag("speak", 1)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "Write a whole number from 1 to 8."),
        ("two", "This is no number. Write a whole number from 1 to 8."),
        (True, "This is no number. Write a whole number from 1 to 8."),
        (float("nan"), "This is no number. Write a whole number from 1 to 8."),
        (2.5, "This is no whole number. Use a whole number from 1 to 8."),
        (9, "This is too high. Use a whole number from 1 to 8."),
        (float("inf"), "This is too high. Use a whole number from 1 to 8."),
        (0, "This is too low. Use a whole number from 1 to 8."),
    ],
)
def test_people_are_told_what_is_wrong_with_a_number(value, said):
    with pytest.raises(InvalidRequestError) as refusal:
        bounds.integer("count", value, 1, 8)
    assert refusal.value.advice == said


@pytest.mark.parametrize("value", [0, 1])
def test_people_are_told_that_the_ends_are_excluded(value):
    with pytest.raises(InvalidRequestError) as refusal:
        bounds.number("handover", value, 0, 1, open_ends=True)
    assert refusal.value.advice.endswith("Use a number between 0 and 1, ends excluded.")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "Write what you want to see."),
        ("\u200b", "Write what you want to see."),
        ("x" * 11, "Use at most 10 characters. These are 11."),
        ("a\x00", "There is a character in it that cannot be shown. Write it anew, or paste it as plain text."),
    ],
)
def test_people_are_told_what_is_wrong_with_a_text(value, said):
    with pytest.raises(InvalidRequestError) as refusal:
        bounds.text("prompt", value, 10, low=1, empty="Write what you want to see.")
    assert refusal.value.advice == said


def test_another_name_for_the_field_keeps_the_advice():
    refusal = InvalidRequestError("prompt", "", "words", advice="Write.").under("text")
    assert (refusal.field, refusal.value, refusal.allowed, refusal.advice) == ("text", "", "words", "Write.")

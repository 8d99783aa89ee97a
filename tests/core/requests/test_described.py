"""What a field says, in words and as a schema, is what it takes."""

import math
import re

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from core.errors import InvalidRequestError
from core.media import Picture
from core.requests import REQUESTS, Turn
from core.requests.bound import Choice, Name, Number, Several, Tag, Text, Upload, Whole
from core.requests.flat import parameters

FIELDS = [
    pytest.param(parameter, id=f"{kind.__name__}.{name}")
    for kind in REQUESTS.values()
    for name, parameter in parameters(kind).items()
]
NUMBERS = [each for each in FIELDS if isinstance(each.values[0].about.bound, Whole | Number)]
TEXTS = [each for each in FIELDS if isinstance(each.values[0].about.bound, Text)]

VALUES = some.one_of(
    *(some.integers(), some.integers(-3, 200), some.floats(), some.floats(-2, 40)),
    *(some.booleans(), some.none(), some.text()),
)


def takes(parameter, value):
    try:
        parameter.about.check(parameter.name, value)
    except InvalidRequestError:
        return False
    return True


def allowed(parameter, value):
    kinds = [dict(parameter.about.bound.schema), *([{"type": "null"}] if parameter.about.none else [])]
    return jsonschema.Draft202012Validator({"anyOf": kinds}).is_valid(value)


@pytest.mark.parametrize("parameter", FIELDS)
def test_the_schema_is_one_and_its_type_is_that_of_the_field(parameter):
    bound = parameter.about.bound
    jsonschema.Draft202012Validator.check_schema(dict(bound.schema))
    known = {str: "string", int: "integer", float: "number", list[dict[str, str]]: "array", Picture: None}
    assert bound.schema.get("type") == known[bound.kind]


@pytest.mark.parametrize("parameter", NUMBERS)
@given(value=VALUES)
@example(value=math.nan)
@example(value=math.inf)
@example(value=True)
@example(value="1")
def test_a_number_is_taken_exactly_if_its_schema_takes_it(parameter, value):
    if isinstance(value, float) and not math.isfinite(value):
        assert not takes(parameter, value)  # no JSON
    else:
        assert takes(parameter, value) is allowed(parameter, value)


@pytest.mark.parametrize("parameter", NUMBERS)
def test_the_ends_of_a_number_are_those_in_its_words(parameter):
    bound = parameter.about.bound
    step = 1 if isinstance(bound, Whole) else 1e-9
    inner = step if getattr(bound, "open_ends", False) else 0
    for end, out in ((bound.low, -1), (bound.high, 1)):
        assert takes(parameter, end - out * inner)
        assert not takes(parameter, end + out * (step - inner))
        said = f"{end:g}" if isinstance(end, float) else str(end)
        assert said in re.findall(r"-?[\d.]+\b", bound.words)


@pytest.mark.parametrize("parameter", TEXTS)
def test_the_ends_of_a_text_are_those_in_its_words(parameter):
    bound = parameter.about.bound
    for length, inside in ((bound.low, True), (bound.high, True), (bound.high + 1, False), (bound.low - 1, False)):
        if length >= 0:
            assert takes(parameter, "x" * length) is inside
            assert takes(parameter, f"  {'x' * length}\n") is inside, "ends are stripped before anything is counted"
    assert f"{bound.high} characters" in bound.words
    assert bound.words.startswith(f"{bound.low} to " if bound.low else "up to ")
    for wrong in (None, 7, ["x"], b"x"):
        assert not takes(parameter, wrong)


@pytest.mark.parametrize("parameter", [each for each in FIELDS if isinstance(each.values[0].about.bound, Choice)])
def test_a_choice_takes_the_words_it_lists_and_no_other(parameter):
    listed = re.split(r", | or ", parameter.about.bound.words)
    assert listed == parameter.about.bound.schema["enum"]
    for word in listed:
        assert takes(parameter, word)
        assert allowed(parameter, word)
        assert not takes(parameter, word.upper())
        assert not takes(parameter, f"{word} ")
    for wrong in ("", None, 0, [listed[0]]):
        assert not takes(parameter, wrong)
        assert not allowed(parameter, wrong)


@pytest.mark.parametrize("parameter", [each for each in FIELDS if isinstance(each.values[0].about.bound, Name | Tag)])
def test_a_name_is_a_word_and_its_default_is_one(parameter):
    assert takes(parameter, parameter.default)
    for wrong in ("", " ", None, 7, "x" * 101):
        assert not takes(parameter, wrong)


@pytest.mark.parametrize("parameter", [each for each in FIELDS if isinstance(each.values[0].about.bound, Several)])
def test_a_list_is_as_long_as_it_says(parameter):
    bound = parameter.about.bound
    turn = Turn(question="What?", answer="This.")
    assert takes(parameter, (turn,) * bound.most)
    assert not takes(parameter, (turn,) * (bound.most + 1))
    assert str(bound.most) in bound.words
    assert bound.schema["maxItems"] == bound.most
    assert not takes(parameter, [turn])
    assert not takes(parameter, ("turn",))


@pytest.mark.parametrize("parameter", [each for each in FIELDS if isinstance(each.values[0].about.bound, Upload)])
def test_a_picture_is_a_picture(parameter):
    assert takes(parameter, Picture(png=b"", width=1, height=1))
    for wrong in (None, "picture.png", b"", {"sha256": "0" * 64}):
        assert not takes(parameter, wrong)

import pytest

from core.errors import InvalidRequestError
from core.media import Picture
from core.requests import BASE_ALONE, MAX_SEED, AskRequest, GenerateRequest, Sampling, SpeakRequest
from core.requests.flat import from_flat

PICTURE = Picture(png=b"not decoded here", width=8, height=8)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prompt", ""),
        ("prompt", "   "),
        ("prompt", "x" * 10_000),
        ("prompt", 7),
        ("prompt", "\ud83d"),
        ("negative_prompt", "x" * 2_001),
        ("count", 0),
        ("count", 9),
        ("count", "2"),
        ("seed", -2),
        ("seed", MAX_SEED + 1),
        ("steps", 0),
        ("steps", 151),
        ("steps", 12.5),
        ("guidance", -1),
        ("guidance", 31),
        ("guidance", "high"),
        ("handover", 0),
        ("handover", 1),
        ("handover", 1.5),
        ("handover", 0.0),
        ("handover", 1.0),
        ("aspect_ratio", "round"),
        ("scheduler", "magic"),
        ("model", ""),
    ],
)
def test_generate_refuses_what_is_out_of_bounds_and_names_the_field(field, value):
    with pytest.raises(InvalidRequestError) as refusal:
        from_flat(GenerateRequest, {"prompt": "a fox", field: value})
    assert refusal.value.field == field
    assert field in str(refusal.value)


def test_the_last_seed_of_a_batch_is_bounded_too():
    with pytest.raises(InvalidRequestError, match="seed"):
        GenerateRequest(prompt="a fox", seed=MAX_SEED, count=2)
    assert GenerateRequest(prompt="a fox", seed=MAX_SEED - 1, count=2).seeds == (MAX_SEED - 1, MAX_SEED)


def test_a_hand_over_is_the_models_own_or_none_or_a_number():
    assert Sampling().handover is None
    assert Sampling(handover=BASE_ALONE).handover == "none"
    assert Sampling(handover=0.6).handover == 0.6
    for wrong in (0, 1, "base", "", True):
        with pytest.raises(InvalidRequestError, match="handover"):
            Sampling(handover=wrong)


def test_a_question_needs_a_picture():
    with pytest.raises(InvalidRequestError, match="image"):
        AskRequest(image=None, question="What is it?")
    with pytest.raises(InvalidRequestError, match="question"):
        AskRequest(image=PICTURE, question=" ")


@pytest.mark.parametrize(
    "language",
    [
        "",
        "e",
        "en'--",
        "12",
        "e n",
        "abcdefghijk",
        "en-",
        "-en",
        "en--us",
        "en-abcdefghi",
        "en-é",
        "x-a",
        "en" + "-abc" * 20,
    ],
)
def test_speech_refuses_what_is_no_language_tag(language):
    with pytest.raises(InvalidRequestError, match="language"):
        SpeakRequest(text="hello", language=language)


@pytest.mark.parametrize(
    "language",
    ["en", "fil", "pt-BR", "es-419", "en-029", "zh-Hant-TW", "sr-Latn-RS", "sl-rozaj-biske-1994", "de-1996",
     "chr-US-Qaaa-x-west", "vi-vn-x-central", "cmn-latn-pinyin", "en-US-u-co-phonebk-x-linux"],
)  # fmt: skip
def test_speech_takes_every_well_formed_tag(language):
    assert SpeakRequest(text="hello", language=language).language == language
    assert SpeakRequest(text="hello", language=language.replace("-", "_")).language == language


@pytest.mark.parametrize("history", [None, "what?", [("a", "b")], ({"question": "a", "answer": "b"},)])
def test_turns_are_turns(history):
    with pytest.raises(InvalidRequestError, match="history"):
        AskRequest(image=PICTURE, question="what?", history=history)

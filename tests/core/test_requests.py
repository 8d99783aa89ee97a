import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import record
from core.errors import InvalidRequestError
from core.media import Picture
from core.requests import MAX_SEED, AskRequest, DescribeRequest, GenerateRequest, SpeakRequest, Turn

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
        GenerateRequest(**{"prompt": "a fox", field: value})
    assert refusal.value.field == field
    assert field in str(refusal.value)


def test_the_last_seed_of_a_batch_is_bounded_too():
    with pytest.raises(InvalidRequestError, match="seed"):
        GenerateRequest(prompt="a fox", seed=MAX_SEED, count=2)
    assert GenerateRequest(prompt="a fox", seed=MAX_SEED - 1, count=2).seeds == (MAX_SEED - 1, MAX_SEED)


def test_handover_none_means_the_base_alone():
    assert GenerateRequest(prompt="a fox", handover=None).handover is None


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


requests = st.one_of(
    st.builds(
        GenerateRequest,
        prompt=st.text(alphabet=st.characters(categories=["Lu", "Ll", "N"]), min_size=1, max_size=50),
        count=st.integers(1, 8),
        seed=st.integers(-1, MAX_SEED - 8),
        steps=st.none() | st.integers(1, 150),
        guidance=st.none() | st.floats(0, 30),
        handover=st.none() | st.floats(0, 1, exclude_min=True, exclude_max=True),
    ),
    st.builds(
        AskRequest,
        image=st.just(PICTURE),
        question=st.just("what?"),
        history=st.lists(st.just(Turn(question="a", answer="b")), max_size=3).map(tuple),
    ),
    st.builds(DescribeRequest, image=st.just(PICTURE), length=st.sampled_from(["short", "long"])),
    st.builds(SpeakRequest, text=st.just("hello")),
)


@given(requests)
def test_a_request_survives_the_log(request):
    assert record.from_json(request.action, record.to_json(request), lambda _: PICTURE) == request


def test_the_log_refuses_fields_it_does_not_know():
    with pytest.raises(InvalidRequestError, match="sampler"):
        record.from_json(GenerateRequest.action, {"prompt": "a fox", "sampler": "euler"}, lambda _: PICTURE)

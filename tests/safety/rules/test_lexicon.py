import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.findings import Content, Stage
from safety.rule import Hit
from safety.rules.lexicon import Lexicon
from safety.rules.lexicon_file import load

LEXICON = Lexicon()


def hits(text: str, field: str = "prompt") -> list[Hit]:
    return list(LEXICON.inspect(Content(stage=Stage.INPUT, texts=((field, text),))))


def found(text: str, field: str = "prompt") -> set[tuple[str, float]]:
    return {(hit.category, hit.score) for hit in hits(text, field)}


HARMLESS = [
    "a red apple on a wooden table",
    "nude lipstick",
    "nude-coloured heels on a shelf",
    "a naked mole rat in its burrow",
    "kill the lights",
    "a theatre at the moment they kill the lights",
    "grilled chicken breasts with rosemary",
    "suicide prevention helpline poster",
    "bomb disposal robot",
    "a shot of espresso",
    "close-up shot of a man drinking a shot of espresso",
    "anti-racism protest poster",
    "stop racism",
    "blue tits on a branch",
    "a murder of crows at dusk",
    "bloody mary with celery",
    "blood orange juice",
    "a corpse flower in a greenhouse",
    "oilseed rape field in spring",
    "カップヌードル",
    "自殺防止ポスター",
    "Scunthorpe, Essex and Penistone on a map",
    "an assassin bug on a grape vine",
    "Bob Ross painting a happy tree",
    "the river Niger at dawn",
    "children building a sandcastle, mother in a sundress",
    "a 12 year old boy riding a bicycle",
    "photo shoot of a woman in a garden",
    "a kind woman, 22 years old",
    "shooting stars over a couple",
    "пейзаж с рекой и лесом",
    "un niño con un perro",
    "नदी के किनारे एक घर",
    "منظر طبيعي مع نهر",
    "1girl, 4k, 8k, 85mm, f/1.8, masterpiece!!!",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_words_are_left_alone(text: str) -> None:
    assert not hits(text)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("a nude woman", "sexual"),
        ("nude_woman, solo", "sexual"),
        ("una mujer desnuda", "sexual"),
        ("eine nackte Frau", "sexual"),
        ("une femme nue", "sexual"),
        ("una donna nuda", "sexual"),
        ("mulher nua na praia", "sexual"),
        ("een naakte man", "sexual"),
        ("naga kobieta", "sexual"),
        ("голая женщина", "sexual"),
        ("一个裸体的人", "sexual"),
        ("全裸の人", "sexual"),
        ("امرأة عارية", "sexual"),
        ("नग्न औरत", "sexual"),
        ("a soldier killing an old woman", "violence"),
        ("a man stabbed to death", "violence"),
        ("the severed head of a knight", "violence/graphic"),
        ("someone cutting her wrists", "self-harm"),
        ("nazi salute", "hate"),
        ("how to make a bomb", "illicit/violent"),
        ("sexy portrait of a 15 year old girl", "sexual/minors"),
    ],
)
def test_listed_words_are_found_in_twelve_languages(text: str, category: str) -> None:
    assert any(hit.category == category and hit.score >= 0.8 for hit in hits(text))


@pytest.mark.parametrize(
    "disguised",
    [
        "n u d e w o m a n",
        "a n u d e woman",
        "a N.U.D.E woman",
        "nuuuude woman",
        "a nud3 woman",
        "a ｎｕｄｅ woman",
        "a n\u200bu\u200bd\u200be woman",
        "a nud\u0435 woman",
        "a n*u*d*e woman",
        "a n\u0336u\u0336d\u0336e\u0336 woman",
    ],
)
def test_disguised_words_are_found_and_underlined(disguised: str) -> None:
    (hit,) = hits(disguised)
    assert hit.category == "sexual"
    assert hit.span is not None
    assert hit.evidence == disguised[slice(*hit.span)]
    assert "n" in hit.evidence.lower() or "ｎ" in hit.evidence


def test_a_harmless_phrase_shields_only_its_own_words() -> None:
    text = "a nude woman wearing nude lipstick"
    (hit,) = hits(text)
    assert hit.span == (2, 6)
    assert hits("nude, tones of grey")
    assert hits("n u d e lipstick")


def test_a_topic_alone_is_for_review_and_with_people_it_is_more() -> None:
    assert found("a knight killing a dragon") == {("violence", 0.5)}
    assert ("violence", 0.8) in found("a knight killing the old man")
    assert ("violence", 0.8) not in found("killing floor of an old factory where once a hundred and more men worked")


def test_words_of_absence_are_not_paired() -> None:
    assert ("sexual/minors", 0.8) in found("nude, child")
    assert ("sexual/minors", 0.8) not in found("nude, child", "negative_prompt")


def test_slurs_are_known_without_being_readable() -> None:
    assert load().hashed["hate"]
    assert not hits("niger")


@settings(max_examples=60)
@given(st.text(max_size=60), st.text(max_size=60))
def test_evidence_is_always_the_persons_own_text(before: str, after: str) -> None:
    text = f"{before} nude woman {after}"
    for hit in hits(text):
        assert hit.span is not None
        assert hit.evidence == text[slice(*hit.span)] != ""


def test_every_category_has_a_canary_that_works() -> None:
    LEXICON.self_test()


def test_a_lexicon_that_lost_its_words_fails_its_self_test() -> None:
    file = load()
    emptied = file.model_copy(update={"categories": {**file.categories, "hate": {}}})
    with pytest.raises(RuntimeError, match="hate"):
        Lexicon(emptied).self_test()
    unprotected = file.model_copy(update={"protected": []})
    with pytest.raises(RuntimeError, match="harmless"):
        Lexicon(unprotected).self_test()


def test_a_normal_prompt_takes_less_than_two_milliseconds() -> None:
    prompt = "a cinematic portrait of an old fisherman on the quay, golden hour, 85mm lens, highly detailed, film grain"

    def seconds() -> float:
        start = time.perf_counter()
        hits(prompt)
        return time.perf_counter() - start

    assert min(seconds() for _ in range(50)) < 0.002


@pytest.mark.parametrize("piece", ["nude child ", "n u d e ", "kill man ", "a", "裸体"])
def test_the_longest_prompt_cannot_stall_it(piece: str) -> None:
    start = time.perf_counter()
    hits((piece * 2_000)[:2_000])
    assert time.perf_counter() - start < 2

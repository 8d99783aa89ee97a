from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.actions import Action
from core.errors import EngineUnavailableError, UnknownModelError
from core.media import Picture
from core.models import ModelState
from core.requests import AskRequest, DescribeRequest, GenerateRequest, SpeakRequest
from core.vocabulary.vocabulary import Vocabulary
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.residents import Residents
from pipelines.catalogue.rows import CatalogueError
from pipelines.catalogue.spec import ModelSpec, read_specs
from pipelines.catalogue.styles import read_styles
from pipelines.machine.weights import ROOT
from tests.pipelines.watched_job import WatchedJob

ASKED = GenerateRequest(prompt="a cat", seed=1)
RED = Picture(png=b"", width=1, height=1)


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No CUDA, no keys, no hub, and nothing of it on this machine."""
    for name in ("SPACES_ZERO_GPU", "REPLICATE_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))


@pytest.fixture
def shipped() -> Catalogue:
    return Catalogue(read_specs(ROOT / "models.yaml"), read_styles(ROOT / "styles.yaml"))


def row(name: str, options: dict[str, Any], **more: Any) -> ModelSpec:
    fixed: dict[str, Any] = {
        "title": name.title(),
        "action": "generate",
        "engine": "sdxl",
        "lane": "local",
        "licence": "MIT",
    }
    kept = {key: value for key, value in options.items() if key != "sizes"}
    picture = {"sizes": options.get("sizes", {}), "steps": 3, "guidance": 2.0, "refiner": True}
    return ModelSpec(id=name, options=kept, **{**fixed, **picture, **more})


def catalogue(*specs: ModelSpec, **more: Any) -> Catalogue:
    return Catalogue(specs, {}, **more)


def states(cards: Sequence[Any]) -> dict[str, ModelState]:
    return {card.id: card.state for card in cards}


def test_a_newcomer_gets_the_bundled_model_and_is_told_of_the_real_one(shipped: Catalogue) -> None:
    resolved = shipped.resolve(ASKED)
    card, request = resolved.card, resolved.request
    assert card.id == request.model == "emoji-sdxl"
    assert card.bundled
    assert "SHOW_AND_TELL_HUB=on" in card.note
    assert "REPLICATE_API_TOKEN" in card.note
    assert shipped.cards(Action.GENERATE)[0].id == "emoji-sdxl"


@pytest.mark.parametrize(
    ("environment", "hub", "expected"),
    [
        ({"REPLICATE_API_TOKEN": "r8_token"}, False, "sdxl-replicate"),
        ({}, True, "emoji-sdxl"),
        ({"SPACES_ZERO_GPU": "1"}, False, "emoji-sdxl"),
        ({"SPACES_ZERO_GPU": "1"}, True, "sdxl"),
        ({"SPACES_ZERO_GPU": "1", "REPLICATE_API_TOKEN": "r8_token"}, True, "sdxl"),
    ],
)
def test_auto_is_the_best_that_can_run(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], hub: bool, expected: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    shipped = Catalogue(read_specs(ROOT / "models.yaml"), read_styles(ROOT / "styles.yaml"), hub=hub)
    assert shipped.resolve(ASKED).card.id == expected
    assert shipped.cards(Action.GENERATE)[0].id == expected


@pytest.mark.parametrize("hub", [False, True])
def test_an_engine_learns_whether_weights_may_be_downloaded(hub: bool) -> None:
    spec = next(spec for spec in read_specs(ROOT / "models.yaml") if spec.engine == "speech.offline")
    _, options = Residents({}, hub=hub)._options(spec)
    assert options.hub is hub


def test_a_model_that_lacks_its_weights_says_which_and_what_to_do(shipped: Catalogue) -> None:
    card = next(card for card in shipped.cards() if card.id == "sdxl")
    assert card.state is ModelState.UNAVAILABLE
    assert "the weights of stabilityai/stable-diffusion-xl-base-1.0" in card.missing
    assert "SHOW_AND_TELL_HUB=on" in card.missing
    with pytest.raises(EngineUnavailableError, match="stabilityai/stable-diffusion-xl-base"):
        shipped.resolve(GenerateRequest(prompt="a cat", model="sdxl"))
    with pytest.raises(EngineUnavailableError, match="stabilityai/stable-diffusion-xl-base"):
        shipped.get("sdxl", Action.GENERATE)


def test_a_model_names_each_thing_it_lacks() -> None:
    needs = {"packages": ["no_such_package"], "env": ["NO_SUCH_KEY"], "weights": {"./nowhere": "x"}, "device": "cuda"}
    (card,) = catalogue(row("poor", {}, needs=needs)).cards()
    for word in ("no_such_package", "NO_SUCH_KEY", "./nowhere", "CUDA"):
        assert word in card.missing


def test_an_unknown_model_is_refused_with_those_there_are(shipped: Catalogue) -> None:
    with pytest.raises(UnknownModelError, match=r"model is 'dalle'; allowed: one of auto, emoji-sdxl"):
        shipped.resolve(GenerateRequest(prompt="a cat", model="dalle"))
    with pytest.raises(UnknownModelError, match="model is 'emoji-llava'"):
        shipped.resolve(GenerateRequest(prompt="a cat", model="emoji-llava"))
    with pytest.raises(UnknownModelError, match="voice is 'emoji-sdxl'"):
        shipped.resolve(SpeakRequest(text="hello", voice="emoji-sdxl"))
    with pytest.raises(EngineUnavailableError, match="dalle is not in the catalogue"):
        shipped.get("dalle", Action.GENERATE)


def test_answer_models_describe_as_well(llava_folder: Path) -> None:
    answers = catalogue(row("tiny", {"weights": str(llava_folder)}, action="ask", engine="llava", auto={"rank": 1}))
    for request in (AskRequest(image=RED, question="what?"), DescribeRequest(image=RED)):
        assert answers.resolve(request).request.model == "tiny"
    assert [card.id for card in answers.cards(Action.DESCRIBE)] == ["tiny"]
    assert answers.cards(Action.SPEAK) == ()


def test_auto_means_a_voice_for_the_language_and_speech_can_be_turned_off() -> None:
    voices = [
        row(name, {}, action="speak", engine="gtts_speech", auto={"rank": rank}, languages=[language])
        for name, rank, language in (("first", 2, "en"), ("second", 1, "fr"))
    ]
    hello = SpeakRequest(text="hello")
    assert catalogue(*voices).resolve(hello).card.id == "first"
    assert catalogue(*voices).resolve(SpeakRequest(text="salut", language="fr")).card.id == "second"
    silent = catalogue(*voices, off={Action.SPEAK})
    assert silent.cards(Action.SPEAK) == ()
    with pytest.raises(EngineUnavailableError, match="speak is turned off"):
        silent.resolve(hello)


def test_the_vocabulary_comes_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.json"
    told = catalogue(row("tiny", {}, vocabulary=str(path)))
    assert told.cards()[0].vocabulary == Vocabulary()
    path.write_text(json.dumps({"things": ["cat", "dog"]}))
    assert told.cards()[0].vocabulary == Vocabulary(things=("cat", "dog"))


def test_words_the_model_does_not_know_are_told_of_a_picture_alone(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.json"
    path.write_text(json.dumps({"things": ["cat", "dog"], "words": {"places": ["on"]}}))
    sizes = {"sizes": {"square": (8, 8)}}
    told = catalogue(row("tiny", sizes, vocabulary=str(path)), row("any", sizes))
    asked = GenerateRequest(prompt="a cat on a sofa", negative_prompt="violin", model="tiny")
    resolved = told.resolve(asked)
    assert resolved.unknown_words == ("sofa",)
    assert "does not know: violin." in resolved.ignored["negative_prompt"]
    assert resolved.facts == {"ignored": dict(resolved.ignored), "unknown_words": ["sofa"]}
    open_to_all = told.resolve(replace(asked, model="any"))
    assert (open_to_all.unknown_words, open_to_all.ignored, open_to_all.facts) == ((), {}, {})


@pytest.mark.parametrize(
    ("more", "named"), [({"engine": "sdlx"}, "tiny, engine is 'sdlx'"), ({"styles": ["flatt"]}, "tiny, styles: flatt")]
)
def test_a_name_that_does_not_exist_stops_the_program(more: dict[str, Any], named: str) -> None:
    with pytest.raises(CatalogueError, match=named):
        catalogue(row("tiny", {}, **more))


def test_listing_and_choosing_imports_no_model_library() -> None:
    program = (
        "import sys; from pipelines.catalogue.catalogue import Catalogue; from pipelines.machine.weights import ROOT\n"
        "from pipelines.catalogue.spec import read_specs; from pipelines.catalogue.styles import read_styles\n"
        "from core.requests import GenerateRequest\n"
        "c = Catalogue(read_specs(ROOT / 'models.yaml'), read_styles(ROOT / 'styles.yaml'))\n"
        "c.cards(); c.resolve(GenerateRequest(prompt='x'))\n"
        "print([name for name in ('torch', 'diffusers', 'transformers', 'replicate') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_engine_is_built_once_however_many_ask(sdxl_options: dict[str, Any]) -> None:
    tiny = catalogue(row("tiny", sdxl_options, auto={"rank": 1}))
    assert states(tiny.cards()) == {"tiny": ModelState.COLD}
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(tiny.get("tiny", Action.GENERATE))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(map(id, found))) == 1
    assert states(tiny.cards()) == {"tiny": ModelState.READY}


def test_preloading_leaves_the_chosen_model_ready(sdxl_options: dict[str, Any]) -> None:
    tiny = catalogue(row("tiny", sdxl_options, auto={"rank": 1}), row("other", sdxl_options))
    tiny.preload().join(60)
    assert states(tiny.cards()) == {"tiny": ModelState.READY, "other": ModelState.COLD}


def test_after_the_first_model_a_visitor_who_waits_comes_first(sdxl_options: dict[str, Any]) -> None:
    tiny = catalogue(row("tiny", sdxl_options, auto={"rank": 1}))
    seen: list[dict[str, ModelState]] = []
    tiny.preload(give_way=lambda: seen.append(states(tiny.cards()))).join(60)
    assert seen == [{"tiny": ModelState.READY}] * 2, "before the answer model, and before the look at the rows"


def test_a_resolved_request_runs(sdxl_options: dict[str, Any]) -> None:
    tiny = catalogue(row("tiny", sdxl_options, auto={"rank": 1}))
    resolved = tiny.resolve(ASKED)
    card, request = resolved.card, resolved.request
    product = tiny.get(card.id, Action.GENERATE).run(request, WatchedJob())
    assert product.pictures[0].seed == 1
    assert product.facts["steps"] == {"base": 2, "refiner": 1}


def test_one_large_model_of_a_kind_stays_in_memory(sdxl_options: dict[str, Any]) -> None:
    names = ("bundled", "one", "two")
    tiny = catalogue(*(row(name, sdxl_options, bundled=name == "bundled") for name in names))
    for name in names:
        tiny.get(name, Action.GENERATE)
    assert states(tiny.cards()) == {"bundled": ModelState.READY, "one": ModelState.COLD, "two": ModelState.READY}


def test_an_engine_gets_only_what_its_row_serves(sdxl_options: dict[str, Any]) -> None:
    tiny = catalogue(row("tiny", sdxl_options))
    with pytest.raises(EngineUnavailableError, match="does not serve ask"):
        tiny.get("tiny", Action.ASK)
    assert tiny.cards()[0].state is ModelState.COLD, "nothing was loaded for it"


def test_an_option_the_engine_does_not_take_names_itself(sdxl_options: dict[str, Any]) -> None:
    tiny = catalogue(row("tiny", {**sdxl_options, "refinr": "x"}))
    with pytest.raises(EngineUnavailableError, match="tiny, options, refinr"):
        tiny.get("tiny", Action.GENERATE)
    card = tiny.cards()[0]
    assert card.state is ModelState.UNAVAILABLE
    assert "refinr" in card.missing


def test_a_model_that_could_not_be_loaded_is_tried_again_later(
    sdxl_options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = catalogue(row("tiny", {**sdxl_options, "base": "nobody/nothing"}, auto={"rank": 1}))
    with pytest.raises(EngineUnavailableError, match="nobody/nothing"):
        tiny.get("tiny", Action.GENERATE)
    with pytest.raises(EngineUnavailableError, match="No model for the action generate can run here"):
        tiny.resolve(ASKED)
    monkeypatch.setattr("pipelines.catalogue.residents._RETRY_SECONDS", 0.0)
    assert tiny.cards()[0].state is ModelState.COLD


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"refinr": "x"}, "tiny, options, refinr"),
        ({"refiner_guidance": "much"}, "tiny, options, refiner_guidance is 'much'"),
        ({"base": "/nowhere/at/all"}, "/nowhere/at/all"),
    ],
)
def test_what_failed_to_load_is_told_until_it_loads(
    sdxl_options: dict[str, Any], monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any], told: str
) -> None:
    tiny = catalogue(row("tiny", {**sdxl_options, **fault}, auto={"rank": 1}))
    assert tiny.problems() == {}
    tiny.preload().join()
    monkeypatch.setattr("pipelines.catalogue.residents._RETRY_SECONDS", 0.0)
    assert told in tiny.problems()["tiny"]


def test_every_row_is_looked_at_after_the_load_though_its_model_stays_cold(sdxl_options: dict[str, Any]) -> None:
    tiny = catalogue(
        row("first", sdxl_options, auto={"rank": 1}),
        row("cold", sdxl_options),
        row("wrong", {**sdxl_options, "devise": "cpu"}),
        row("elsewhere", {**sdxl_options, "devise": "cpu"}, needs={"device": "cuda"}),
    )
    tiny.preload().join()
    assert list(tiny.problems()) == ["wrong"]
    assert states(tiny.cards())["cold"] is ModelState.COLD
    assert states(tiny.cards())["wrong"] is ModelState.UNAVAILABLE


@pytest.mark.parametrize("damage", [b"", b"not weights", b"\xff" * 4096])
def test_damaged_weights_leave_a_sentence_and_mend_when_they_are_whole_again(
    sdxl_options: dict[str, Any], tmp_path: Path, damage: bytes
) -> None:
    folder = tmp_path / "base"
    shutil.copytree(sdxl_options["base"], folder)
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(damage)
    tiny = catalogue(row("tiny", {**sdxl_options, "base": str(folder)}))
    with pytest.raises(EngineUnavailableError, match=r"Tiny|weights"):
        tiny.get("tiny", Action.GENERATE)
    assert "tiny" in tiny.problems()
    weights.write_bytes(whole)
    tiny.get("tiny", Action.GENERATE)
    assert tiny.problems() == {}


def test_the_options_of_every_model_that_ships_are_taken() -> None:
    import importlib

    from pipelines.catalogue.options import PictureOptions

    for spec in read_specs(ROOT / "models.yaml"):
        kind = importlib.import_module(f"pipelines.{spec.engine}").Options
        kind.model_validate(spec.options)
        assert issubclass(kind, PictureOptions) == (spec.action == "generate")

"""The real weights behind the real guard: what they must stop, what must pass, and what nobody may tamper with."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from core.errors import BlockedError, SafetyUnavailableError, UnknownRunError
from core.findings import Content, Stage, Verdict
from core.requests import AskRequest
from pipelines.moderation.concept_checker import ConceptChecker
from safety import policy
from safety.guard import RuleGuard
from safety.pictures.uploads import PictureReader
from safety.rule import Hit
from safety.rules import bundled_checker
from tests import program
from tests.safety.rules.test_picture import picture

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "assets" / "models" / "emoji-checker"


def guard_over(folder: Path) -> RuleGuard:
    return RuleGuard([lambda: bundled_checker.rule(folder, ConceptChecker)])


@pytest.fixture(scope="module")
def guard() -> RuleGuard:
    return guard_over(FOLDER)


@pytest.fixture
def town(tmp_path: Path, guard: RuleGuard) -> Iterator[program.Program]:
    built = program.build(tmp_path, guard=guard)
    yield built
    built.close()


@pytest.mark.parametrize("role", ["admin", "creator", "viewer", None])
def test_an_uploaded_pistol_is_refused_whoever_brings_it(town: program.Program, role: str | None) -> None:
    drawn = PictureReader().read((FOLDER / "canaries" / "pistol.png").read_bytes(), "holiday.png")
    actor = town.access.actor(role or "guest-12ab")
    with pytest.raises(BlockedError, match=r"The picture was stopped because it seems to show a weapon \(nearest"):
        town.studio.submit(actor, AskRequest(image=drawn, question="What is this?"))
    with pytest.raises(UnknownRunError):
        town.pictures.path(drawn.sha256)


def test_a_harmless_upload_is_answered(town: program.Program) -> None:
    drawn = PictureReader().read((ROOT / "assets" / "examples" / "fox.png").read_bytes(), "fox.png")
    actor = town.access.actor("viewer")
    assert town.studio.submit(actor, AskRequest(image=drawn, question="What is this?"))


@pytest.mark.parametrize("path", sorted((ROOT / "assets" / "examples").glob("*.png")), ids=lambda path: path.stem)
def test_the_examples_of_the_page_pass(guard: RuleGuard, path: Path) -> None:
    assert guard.inspect(Content(stage=Stage.INPUT, pictures=(picture(Image.open(path)),))) == ()


def test_a_made_picture_is_looked_at_like_an_upload(guard: RuleGuard) -> None:
    skull = picture(Image.open(FOLDER / "canaries" / "skull.png").convert("RGB").resize((300, 300)))
    with pytest.raises(BlockedError, match="blood or a skull"):
        guard.inspect(Content(stage=Stage.OUTPUT, pictures=(skull,)))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "emoji-checker"))


def refuses_everything(folder: Path, why: str) -> None:
    guard = guard_over(folder)
    harmless = picture(Image.open(FOLDER / "canaries" / "sunflower.png"))
    with pytest.raises(SafetyUnavailableError, match="says nothing about your request"):
        guard.inspect(Content(stage=Stage.INPUT, pictures=(harmless,)))
    assert why in guard.problems["emoji-checker"]


def test_other_weights_than_those_listed_let_nothing_through(copied: Path) -> None:
    weights = bytearray((copied / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (copied / "model.safetensors").write_bytes(bytes(weights))
    refuses_everything(copied, "not those of its SHA256SUMS")


def test_weights_that_miss_their_canary_let_nothing_through(copied: Path) -> None:
    shutil.copy(copied / "canaries" / "sunflower.png", copied / "canaries" / "skull.png")
    refuses_everything(copied, "in its example of skull")


def test_names_in_another_order_let_nothing_through(copied: Path) -> None:
    about = json.loads((copied / "concepts.json").read_text())
    about["concepts"].reverse()
    (copied / "concepts.json").write_text(json.dumps(about))
    refuses_everything(copied, "in its example of")


def test_a_missing_name_lets_nothing_through(copied: Path) -> None:
    about = json.loads((copied / "concepts.json").read_text())
    about["concepts"].pop()
    (copied / "concepts.json").write_text(json.dumps(about))
    refuses_everything(copied, "17 concepts, and names for 16")


def test_an_absent_folder_lets_nothing_through(tmp_path: Path) -> None:
    refuses_everything(tmp_path / "emoji-checker", "No such file")


def test_a_glass_of_wine_passes_and_is_kept_for_a_look(guard: RuleGuard) -> None:
    wine = picture(Image.open(FOLDER / "canaries" / "wine.png"))
    hits = guard.inspect(Content(stage=Stage.INPUT, pictures=(wine,)))
    assert {hit.category for hit in hits} == {"picture/alcohol-tobacco"}


def test_a_category_set_to_null_passes_and_is_kept_for_a_look(tmp_path: Path) -> None:
    written = policy._FILE.read_text(encoding="utf-8")
    marked = "picture/weapons:"
    before, after = written.split(marked)
    lenient = tmp_path / "policy.yaml"
    lenient.write_text(before + marked + after.replace("block: 0.8", "block: null", 1), encoding="utf-8")
    hit = Hit(category=marked[:-1], score=0.7, evidence="axe", field="picture", block=0.6, review=0.6)
    assert policy.load().judge(hit) == (Verdict.BLOCK, 0.6)
    assert policy.load(lenient).judge(hit) == (Verdict.REVIEW, 0.6)

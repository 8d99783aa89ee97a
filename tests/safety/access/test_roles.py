import logging
import os
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.actions import Action
from core.requests import ACTIONS
from safety import strict_yaml
from safety.access.roles import Role, Roles, RolesFile

SHIPPED = Path(__file__).resolve().parents[3] / "roles.yaml"
TEXT = SHIPPED.read_text(encoding="utf-8")


def read(text: str) -> Roles:
    return strict_yaml.parse(text, Roles, "roles.yaml")


def change(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    later = path.stat().st_mtime_ns + 1_000_000_000
    os.utime(path, ns=(later, later))


def no_more_than(role: Role, shipped: Role) -> bool:
    actions = set(role.actions) <= set(shipped.actions)
    most = shipped.limits.numbers
    return actions and all(name in role.limits.numbers and role.limits.numbers[name] <= most[name] for name in most)


def test_the_shipped_roles_grow_from_visitor_to_admin() -> None:
    roles = read(TEXT).roles
    assert list(roles) == ["admin", "creator", "viewer", "anonymous"]
    assert set(roles["admin"].actions) == set(ACTIONS)
    assert set(roles["viewer"].actions) < set(roles["creator"].actions) < set(roles["admin"].actions)
    everybody = {Action.OPEN_PAGE, Action.SEE_OWN_RUNS, Action.SEE_MODELS}
    assert all(everybody <= set(role.actions) for role in roles.values())
    assert Action.GENERATE in roles["anonymous"].actions
    assert Action.GENERATE not in roles["viewer"].actions


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("see_previews", "see_prewiews", "valid words are generate, ask"),
        ("max_steps: 100", "max_stepz: 100", "valid words are max_steps, max_count, runs_per_day, waiting_runs"),
        ("max_count: 2, ", "", "max_count: Field required"),
        ("max_count: 2,", "max_count: 9,", "less than or equal to 8"),
        ("max_count: 2,", "max_count: true,", "valid integer"),
        ("max_count: 2,", "max_count: '2',", "valid integer"),
        ("max_count: 2,", "max_count: 2, max_count: 8,", "is there twice"),
        ("max_count: 2,", "max_count: -1,", "greater than or equal to 1"),
        ("uploads_per_day: 60", "uploads_per_day: many", "uploads_per_day"),
        ("uploads_per_day: 60", "uploads_per_day: -1", "uploads_per_day"),
        ("uploads_per_day: 60", "uploads_per_day: true", "uploads_per_day"),
        ("uploads_per_day: 60", "uploads_per_days: 60", "uploads_per_day"),
        ("runs_per_day: 60, ", "", "runs_per_day: Field required"),
        ("\n  admin:", "\n  boss:", "the role admin is missing"),
        ("\n  anonymous:", "\n  stranger:", "the role anonymous is missing"),
        ("see_dashboard, administer]", "see_dashboard]", "nobody could administer"),
        ("version: 1", "version: 2", "version"),
        ("version: 1", "version: 1\nextra: 1", "extra"),
        ("roles:\n", "roles: !!python/object/apply:os.system [true]\n", "not valid YAML"),
        (TEXT, "[" * 5_000, "roles.yaml"),
        (TEXT, "", "roles.yaml"),
        (TEXT, "- admin", "roles.yaml"),
    ],
)
def test_a_bad_file_is_refused_and_says_what_is_valid(old: str, new: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"roles\.yaml") as caught:
        read(TEXT.replace(old, new, 1))
    assert words in str(caught.value)


def test_a_file_from_before_uploads_were_counted_allows_one_for_each_run() -> None:
    old = re.sub(r",\s+uploads_per_day: \w+", "", TEXT)
    assert "uploads_per_day" not in old
    limits = {name: role.limits for name, role in read(old).roles.items()}
    assert {name: each.uploads_per_day for name, each in limits.items()} == {
        "admin": "unlimited",
        "creator": 1000,
        "viewer": 200,
        "anonymous": 60,
    }


@pytest.mark.parametrize("action", ["administer", "see_all_runs"])
def test_strangers_can_never_be_given_the_house(action: str) -> None:
    head, anonymous = TEXT.split("\n  anonymous:")
    with pytest.raises(ValueError, match="may never have"):
        read(f"{head}\n  anonymous:{anonymous.replace('ask,', f'ask, {action},')}")


def mutated(seed: int) -> str:
    """One to three kinds of damage: lost, doubled or moved lines, a cut end, lost signs, foreign signs."""
    chance = random.Random(seed)
    text = TEXT
    for _ in range(chance.randint(1, 3)):
        lines = text.split("\n")
        place, line = chance.randrange(len(text)), chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                text = "\n".join(lines[:line] + lines[line + 1 :])
            case 1:
                text = "\n".join([*lines[:line], lines[line], *lines[line:]])
            case 2:
                text = text[:place] or "-"
            case 3:
                text = text[:place] + text[place + chance.randint(1, 9) :] or "-"
            case 4:
                text = text[:place] + chance.choice("#:,[]{}'\"!&*-| \n\tx\x00é") + text[place + 1 :]
    return text


def test_damaged_files_never_give_more_rights() -> None:
    shipped = read(TEXT).roles
    accepted = 0
    for seed in range(300):
        try:
            roles = read(mutated(seed)).roles
        except ValueError:
            continue
        accepted += 1
        for name, role in roles.items():
            # A name that nobody has gives nobody anything.
            assert name not in shipped or no_more_than(role, shipped[name]), mutated(seed)
    assert 0 < accepted < 150


@given(st.text(max_size=200))
def test_any_text_is_a_policy_or_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"roles\.yaml"):
        read(text)


def test_a_change_is_used_at_once_and_a_broken_one_never(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "roles.yaml"
    path.write_text(TEXT, encoding="utf-8")
    file = RolesFile(path)
    change(path, TEXT.replace("max_count: 2,", "max_count: 1,"))
    assert file.now()["anonymous"].limits.max_count == 1
    with caplog.at_level(logging.ERROR):
        change(path, TEXT.replace("generate", "generat"))
        assert file.now()["anonymous"].limits.max_count == 1
        file.now()
        assert sum("the roles stay as they were" in line for line in caplog.messages) == 1
        path.unlink()
        assert file.now()["anonymous"].limits.max_count == 1
    change(path, TEXT) if path.exists() else path.write_text(TEXT, encoding="utf-8")
    assert file.now()["anonymous"].limits.max_count == 2


def test_a_missing_file_stops_the_start_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"roles\.yaml cannot be read"):
        RolesFile(tmp_path / "roles.yaml")

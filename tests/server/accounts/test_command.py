from __future__ import annotations

import io
from pathlib import Path

import pytest

from server.accounts import command as accounts
from server.accounts import keys, passwords
from tests.server.program import ROLES, SmallHouse

PASSWORD = "correct horse battery staple"


def test_an_account_from_making_to_shutting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    people = SmallHouse(tmp_path).people

    def say(*words: str, typed: str = PASSWORD) -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
        status = accounts.main(people, words, roles=ROLES)
        out, err = capsys.readouterr()
        return status, out + err

    assert say("list")[1] == "There are no accounts yet.\n"
    assert say("admin")[0] == 0
    assert passwords.matches(PASSWORD, people.password_hash("admin"))
    assert say("add", "vera", "viewer")[0] == 0
    assert say("list")[1] == "admin\tadmin\nvera\tviewer\n"
    status, text = say("token", "vera", "--days", "1")
    token = text.splitlines()[0]
    assert (status, token[:3]) == (0, "st_")
    assert people.name_of(keys.hashed(token), kind="token", now=keys.now()) == "vera"
    assert say("role", "vera", "creator")[0] == 0
    assert say("disable", "vera")[0] == 0
    assert people.name_of(keys.hashed(token), kind="token", now=keys.now()) is None
    for words, part in (
        (("add", "eve", "emperor"), "admin, anonymous, creator, viewer"),
        (("add", "vera", "viewer"), "name is 'vera'"),
        (("role", "nobody", "viewer"), "nobody"),
        (("token", "vera"), "not disabled"),
        (("token", "admin", "--days", "0"), "1 to 3650"),
    ):
        status, text = say(*words)
        assert status == 1
        assert part in text
    assert say("add", "eve", "viewer", typed="short")[0] == 1
    assert people.find("eve") is None

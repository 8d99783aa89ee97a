from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import StorageError
from server.accounts import keys
from server.accounts.owner_key import NAME, kept, read_or_make


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_once_for_one_user_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        key = read_or_make(tmp_path)
    finally:
        os.umask(before)
    assert keys.well_formed(key)
    assert mode(tmp_path / NAME) == 0o600
    assert read_or_make(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_programs_that_make_it_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(read_or_make, [tmp_path] * 64))) == 1


@pytest.mark.parametrize("text", [b"", b"short", b"\xff" * 43, b"k" * 44, b"k" * 10_000, b"\0" * 43])
def test_what_is_no_key_is_replaced(tmp_path: Path, text: bytes, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / NAME
    path.write_bytes(text)
    path.chmod(0o600)
    key = read_or_make(tmp_path)
    assert keys.well_formed(key)
    assert read_or_make(tmp_path) == key
    assert "holds no key" in caplog.text
    assert key not in caplog.text


@pytest.mark.parametrize("rights", [0o640, 0o604, 0o666, 0o620])
def test_a_key_that_others_could_read_or_write_counts_no_more(tmp_path: Path, rights: int) -> None:
    known = read_or_make(tmp_path)
    (tmp_path / NAME).chmod(rights)
    key = read_or_make(tmp_path)
    assert key != known
    assert mode(tmp_path / NAME) == 0o600


def test_a_link_that_somebody_laid_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("k" * 43, "ascii")
    elsewhere.chmod(0o600)
    (tmp_path / NAME).symlink_to(elsewhere)
    assert read_or_make(tmp_path) != "k" * 43
    assert not (tmp_path / NAME).is_symlink()
    assert elsewhere.read_text("ascii") == "k" * 43


def test_where_it_cannot_be_made_a_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(StorageError, match="owner's key"):
        read_or_make(tmp_path)
    with pytest.raises(StorageError, match="owner's key"):
        read_or_make(tmp_path / "missing")
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_who_asks_for_the_key_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is not there; the next start makes one"):
        kept(tmp_path)
    assert not list(tmp_path.iterdir())
    key = read_or_make(tmp_path)
    assert kept(tmp_path) == key
    (tmp_path / NAME).write_text("no key", "ascii")
    with pytest.raises(StorageError, match="holds no key"):
        kept(tmp_path)
    assert (tmp_path / NAME).read_text("ascii") == "no key"
    (tmp_path / NAME).write_text(key, "ascii")
    (tmp_path / NAME).chmod(0o644)
    with pytest.raises(StorageError, match="could be read by other users"):
        kept(tmp_path)
    assert mode(tmp_path / NAME) == 0o644

from __future__ import annotations

import pytest

from core.errors import InvalidRequestError
from server.accounts import passwords

GOOD = "correct horse battery staple"


def test_round_trip_with_its_own_salt() -> None:
    first, second = passwords.hashed(GOOD), passwords.hashed(GOOD)
    assert first != second
    assert first.startswith("scrypt$16384$8$5$")
    assert passwords.matches(GOOD, first)
    assert not passwords.matches(GOOD + " ", first)
    assert not passwords.matches("", None)


def test_old_parameters_still_open() -> None:
    import base64
    import hashlib

    key = hashlib.scrypt(GOOD.encode(), salt=b"salt", n=2**10, r=8, p=1, dklen=32)
    stored = f"scrypt$1024$8$1${base64.b64encode(b'salt').decode()}${base64.b64encode(key).decode()}"
    assert passwords.matches(GOOD, stored)


@pytest.mark.parametrize("bad", ["", "short", "x" * 201, "aaaaaaaaaaaaaaaa", "Password12345", "ann-has-a-name"])
def test_weak_ones_are_refused_without_being_shown(bad: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        passwords.check(bad, "ann")
    assert not bad or bad not in str(refused.value)
    assert refused.value.field == "password"

"""The words after ``python app.py``, and the account that the settings ask for."""

from __future__ import annotations

import argparse

from pydantic import SecretStr

import settings
from core.errors import InvalidRequestError
from core.people import People
from server.accounts import command as accounts


def understood(arguments: list[str]) -> list[str]:
    """Return the words ``accounts ...`` or ``key``, or nothing for a start; else leave, saying what would be.

    Before anything is opened or loaded: who asks for help changes nothing.
    """
    if arguments == ["key"]:
        return arguments
    if arguments[:1] == ["accounts"]:
        accounts.parser().parse_args(arguments[1:])
        return arguments
    parser = argparse.ArgumentParser(prog="app.py", description="Start Show & Tell; docs/settings.md has its settings.")
    parser.add_argument(
        "command",
        nargs="?",
        choices=["accounts", "key"],
        help="instead of a start: make and change accounts, or print the owner's key",
    )
    parser.parse_args(arguments)
    return []


def first_admin(people: People, account: SecretStr | None) -> None:
    """Make the admin ``name:password`` unless there is an account of that name. Raises ValueError."""
    if account is None:
        return
    name, _, password = account.get_secret_value().partition(":")
    if people.find(name) is not None:
        return
    try:
        accounts.add(people, name, "admin", password)
    except InvalidRequestError as error:
        raise ValueError(f"{settings.variable('admin')} cannot be used: {error}") from error

"""Accounts from the command line: ``python app.py accounts admin|add|role|password|disable|enable|token|list``."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import TextIO

from core.errors import InvalidRequestError, StudioError
from core.people import People, Person
from server.accounts import keys, passwords

_TOKEN_DAYS = 90


def main(people: People, argv: Sequence[str], *, roles: Collection[str]) -> int:
    """Do one command and return the exit status.

    Args:
        people: where accounts are kept.
        argv: the words after ``accounts``.
        roles: names in roles.yaml.
    """
    arguments = parser().parse_args(argv)
    command: Callable[[People, argparse.Namespace, Collection[str]], str] = arguments.command
    try:
        _say(sys.stdout, command(people, arguments, roles))
    except StudioError as error:
        _say(sys.stderr, str(error))
        return 1
    return 0


def add(people: People, name: str, role: str, password: str) -> None:
    """Add an account. Raises InvalidRequestError. Also for the first admin that the settings name."""
    passwords.check(password, name)
    people.add(Person(name=name, role=role), passwords.hashed(password))


def parser() -> argparse.ArgumentParser:
    """Return what understands the words after ``accounts``."""
    whole = argparse.ArgumentParser(prog="accounts", description="Make and change accounts.")
    commands = whole.add_subparsers(required=True, metavar="command")

    def command(word: str, run: Callable[..., str], text: str, *, name: bool = True) -> argparse.ArgumentParser:
        subparser = commands.add_parser(word, help=text)
        subparser.set_defaults(command=run)
        if name:
            subparser.add_argument("name")
        return subparser

    admin = command("admin", _add, "make an account with the role admin", name=False)
    admin.add_argument("name", nargs="?", default="admin")
    admin.set_defaults(role="admin")
    command("add", _add, "make an account").add_argument("role")
    command("role", _role, "give an account another role; ends its sessions").add_argument("role")
    command("password", _password, "set a new password; ends the sessions")
    command("disable", _able, "shut an account; ends its sessions").set_defaults(disabled=True)
    command("enable", _able, "open a shut account").set_defaults(disabled=False)
    token = command("token", _token, "make an API token and show it once")
    token.add_argument("--days", type=int, default=_TOKEN_DAYS, help=f"how long it is valid (default {_TOKEN_DAYS})")
    command("list", _list, "show every account", name=False)
    return whole


def _add(people: People, arguments: argparse.Namespace, roles: Collection[str]) -> str:
    _known(arguments.role, roles)
    add(people, arguments.name, arguments.role, _read_password())
    return f"{arguments.name} can sign in now, as {arguments.role}."


def _role(people: People, arguments: argparse.Namespace, roles: Collection[str]) -> str:
    _known(arguments.role, roles)
    people.change(arguments.name, role=arguments.role)
    return f"{arguments.name} is {arguments.role} now and has to sign in again."


def _password(people: People, arguments: argparse.Namespace, _: Collection[str]) -> str:
    people.change(arguments.name, password_hash=passwords.hashed(passwords.check(_read_password(), arguments.name)))
    return f"{arguments.name} has a new password and has to sign in again."


def _able(people: People, arguments: argparse.Namespace, _: Collection[str]) -> str:
    people.change(arguments.name, disabled=arguments.disabled)
    return f"{arguments.name} is {'disabled' if arguments.disabled else 'enabled'}."


def _token(people: People, arguments: argparse.Namespace, _: Collection[str]) -> str:
    person = people.find(arguments.name)
    if person is None or person.disabled:
        raise InvalidRequestError("name", arguments.name, "the name of an account that is not disabled")
    if not 1 <= arguments.days <= 3650:
        raise InvalidRequestError("days", arguments.days, "1 to 3650")
    token, expires = keys.new_token(), keys.after(timedelta(days=arguments.days))
    people.open_session(keys.hashed(token), arguments.name, kind="token", expires=expires)
    return f"{token}\nValid until {expires}. It is shown this once; whoever has it acts as {arguments.name}."


def _list(people: People, _: argparse.Namespace, __: Collection[str]) -> str:
    rows = [f"{person.name}\t{person.role}{chr(9) + 'disabled' if person.disabled else ''}" for person in people.all()]
    return "\n".join(rows) or "There are no accounts yet."


def _known(role: str, roles: Collection[str]) -> None:
    if role not in roles:
        raise InvalidRequestError("role", role, f"one of {', '.join(sorted(roles))}")


def _read_password() -> str:
    """Ask twice at a terminal; otherwise take one line of the input. Never from the command line, where others read."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass(f"Password (at least {passwords.SHORTEST} characters): ")
    if getpass.getpass("Once more: ") != first:
        raise InvalidRequestError("password", "two different ones", "the same password twice")
    return first


def _say(stream: TextIO, text: str) -> None:
    stream.write(f"{text}\n")

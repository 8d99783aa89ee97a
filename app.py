"""Starts Show & Tell, manages its accounts (``accounts``), or prints the owner's key (``key``)."""

from __future__ import annotations

import logging
import sys

import settings as configuration
import wiring
from core.errors import StudioError
from pipelines.network import proxies
from safety.access.roles import RolesFile
from server.accounts import command as accounts
from server.accounts import owner_key
from server.addresses import desktop
from startup import command_line, signals
from store.database import Database
from store.people import People

_log = logging.getLogger(__name__)


def main() -> None:
    """Do what the words on the command line say; without any, start and serve until somebody stops it."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("httpx", "bitsandbytes"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    words = command_line.understood(sys.argv[1:])
    settings = configuration.read()
    for sentence in (*wiring.IGNORED, *proxies.problems()):
        _log.warning(sentence)
    try:
        if words[:1] == ["key"]:
            sys.exit(_print_key(settings))
        if words:
            roles = tuple(RolesFile(settings.roles).now())
            sys.exit(accounts.main(People(Database(settings.data)), words[1:], roles=roles))
        _serve(settings)
    except (StudioError, ValueError, OSError) as error:
        sys.exit(f"The program cannot start: {error}")


def _serve(settings: configuration.Settings) -> None:
    stop_signal = signals.listen()
    program = wiring.build(settings)
    entry = program.owner.entry(program.start())
    print(f"Show & Tell is at {entry}", flush=True)  # noqa: T201 - the one line a newcomer waits for
    if program.owner.mode == "open":
        _log.warning("SHOW_AND_TELL_OWNER is open: everybody who reaches this port may do everything.")
    if settings.browser == "auto" and desktop.is_there():
        desktop.open_page(entry, settings.data)
    stop_signal.wait()
    signals.leave(program.stop)


def _print_key(settings: configuration.Settings) -> str | None:
    """Print the owner's key and return None, or return why there is none."""
    if settings.owner != "key" or settings.space_id:
        return "There is no owner's key here: SHOW_AND_TELL_OWNER has to be key, and this must not be a Space."
    print(owner_key.kept(settings.data))  # noqa: T201 - what was asked for
    return None


if __name__ == "__main__":
    main()

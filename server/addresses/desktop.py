"""Opens the page in the browser of the person who started the program, where there is a desktop."""

from __future__ import annotations

import html
import os
import sys
import tempfile
import webbrowser
from pathlib import Path

NAME = "open.html"
_PAGE = """<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={address}"><title>Show &amp; Tell</title>
<a href="{address}">Show &amp; Tell</a>
"""


def is_there() -> bool:
    """Tell whether a person started the program from a terminal window on a desktop: not a service, not over SSH."""
    if not sys.stdout.isatty() or {"CI", "SSH_CONNECTION"} & os.environ.keys():
        return False
    return sys.platform == "darwin" or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())


def open_page(address: str, folder: Path) -> None:
    """Open ``address``, which may hold the owner's key, by a file in ``folder`` that leads there.

    What is on a command line can be read by every user of a computer; the file (mode 0600) cannot.
    """
    descriptor, part = tempfile.mkstemp(dir=folder)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(_PAGE.format(address=html.escape(address, quote=True)))
    page = Path(part).replace(folder / NAME)
    webbrowser.open(page.resolve().as_uri())

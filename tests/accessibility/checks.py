"""All checks of a page as it is now: axe-core's rules and our own measures, in both themes, wide and on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.accessibility import axe

_MEASURES = (Path(__file__).parent / "measures.js").read_text(encoding="utf-8")
WIDE, PHONE = 1440, 390


def look(page: Any, *, dark: bool, width: int) -> None:
    """Change theme and width of the page that is open."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.set_viewport_size({"width": width, "height": 900})
    # Gradio follows the theme of the system by an event; other pages do so by themselves.
    page.wait_for_function(
        "dark => !document.querySelector('gradio-app') || document.body.classList.contains('dark') === dark", arg=dark
    )
    # What was laid out anew is there after a frame.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def everywhere(page: Any) -> list[str]:
    """Return the findings, also at the width to which 400 % of zoom brings a desktop."""
    findings = []
    for dark in (False, True):
        for width in (PHONE, WIDE):
            look(page, dark=dark, width=width)
            theme = "dark" if dark else "light"
            measured = page.evaluate(f"({_MEASURES})({str(width == PHONE).lower()})")
            findings += [f"{theme}, {width} px: {each}" for each in [*axe.findings(page), *measured]]
    look(page, dark=False, width=320)
    excess = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    look(page, dark=False, width=WIDE)
    return [*findings, *([f"{excess} px too wide for 320 px"] if excess > 0 else [])]

"""What a first visit costs: bytes over the wire, requests, seconds to the first paint, and how far the page jumps.

A real Chromium with an empty cache, as a visitor, in a wide window and on a phone. Layout shift is that of
https://web.dev/articles/cls, without what follows a click: from the load to the first picture.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.browser import CHROMIUM, QUIET
from benchmarks.program import running
from benchmarks.table import median_and_range, show

WINDOWS = {"1440 px": (1440, 900), "390 px": (390, 844)}
_ROUNDS = 5
# Streams of events stay open: silence of everything else for so many seconds is the end of the load.
_SILENT = 2.0
_WATCH = """() => {
  window.shifts = [];
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push({
      value: entry.value, at: entry.startTime,
      where: entry.sources.map(source => {
        const part = source.node?.closest?.('[id]') || source.node?.parentElement?.closest('[id]');
        return `${part?.id || source.node?.className || source.node?.nodeName} ` +
          [source.previousRect, source.currentRect]
            .map(r => `${r.x|0},${r.y|0} ${r.width|0}x${r.height|0}`).join(' -> ');
      })});
  }).observe({type: 'layout-shift', buffered: true});
}"""


@dataclass(slots=True)
class Visit:
    """What one visit cost.

    Attributes:
        sizes: address -> bytes over the wire, heads included.
        foreign: addresses on other hosts.
        paint: seconds to the first contentful paint.
        shifts: each jump of the page: ``value``, ``at`` in milliseconds, and ``where``.
    """

    sizes: dict[str, int] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    paint: float = 0
    shifts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def shift(self) -> float:
        """The sum of all jumps, which is never below the score of browsers, who take the worst five seconds."""
        return sum(each["value"] for each in self.shifts)


def main(options: Sequence[str] = ()) -> None:
    """Print the table; with ``--list`` what was loaded and what jumped, too."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks first_visit", description=__doc__)
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument("--list", action="store_true", help="name the requests and the jumps of the last visit")
    chosen = parser.parse_args(list(options))
    if CHROMIUM is None:
        raise SystemExit("There is no Chromium on this machine; install one for this benchmark.")
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as program, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for name, (width, height) in WINDOWS.items():
            visits = [visit(browser, program.url, width, height) for _ in range(chosen.rounds)]
            show(f"A first visit, {name}", ("what", "median (range)"), _rows(visits))
            if chosen.list:
                _tell(visits[-1], program.url)
        browser.close()


def visit(browser: Any, url: str, width: int, height: int) -> Visit:
    """Open the page with an empty cache, wait until it is silent, and make the picture it proposes."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US")
    page = context.new_page()
    seen, addresses, last = Visit(), {}, time.monotonic()

    def asked(event: dict[str, Any]) -> None:
        nonlocal last
        address = event["request"]["url"]
        if address.startswith("http"):
            addresses[event["requestId"]], last = address, time.monotonic()
            if not address.startswith(url):
                seen.foreign.append(address)

    def ended(event: dict[str, Any]) -> None:
        nonlocal last
        address = addresses.get(event["requestId"])
        if address:
            seen.sizes[address] = seen.sizes.get(address, 0) + int(event["encodedDataLength"])
            last = time.monotonic()

    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.requestWillBeSent", asked)
    wire.on("Network.loadingFinished", ended)
    page.add_init_script(f"({_WATCH})()")
    page.goto(url)
    page.locator("#show-make").wait_for(timeout=120_000)
    while time.monotonic() - last < _SILENT:
        page.wait_for_timeout(100)
    wire.detach()  # the figures are those of the load
    seen.paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000")
    prompt = page.locator("#show-prompt textarea")
    if not prompt.input_value():
        prompt.fill("a red apple")
    page.locator("#show-make").click()
    page.locator("#show-pictures img").first.wait_for(timeout=120_000)
    page.wait_for_timeout(500)
    seen.shifts = page.evaluate("window.shifts")
    context.close()
    return seen


def _rows(visits: Sequence[Visit]) -> list[tuple[str, str]]:
    kilobytes = [sum(each.sizes.values()) / 1_000 for each in visits]
    page = [next(size for address, size in each.sizes.items() if address.endswith("/")) / 1_000 for each in visits]
    return [
        ("over the wire", median_and_range(kilobytes, "kB", 0)),
        ("of which the page itself", median_and_range(page, "kB", 0)),
        ("requests", median_and_range([len(each.sizes) for each in visits], "", 0)),
        ("requests to other hosts", median_and_range([len(each.foreign) for each in visits], "", 0)),
        ("first contentful paint", median_and_range([each.paint for each in visits], "s", 2)),
        ("layout shift up to the first picture", median_and_range([each.shift for each in visits], "", 3)),
    ]


def _tell(seen: Visit, url: str) -> None:
    for address, size in sorted(seen.sizes.items(), key=lambda item: -item[1]):
        print(f"{size:8,} {address.removeprefix(url)}")
    for shift in sorted(seen.shifts, key=lambda each: -each["value"])[:20]:
        print(f"{shift['value']:.4f} at {shift['at']:.0f} ms: {'; '.join(shift['where'])}")


if __name__ == "__main__":
    main()

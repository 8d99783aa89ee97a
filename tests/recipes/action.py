"""Tries the recipe for an action in the whole program: asked for by gradio_client, kept, listed, shown, and gated."""

from __future__ import annotations

import sys
from pathlib import Path

from core.requests.compare import CompareRequest  # isort: skip - without the recipe nothing else is worth importing

import httpx
import pytest
from gradio_client import Client, handle_file

from core.requests import ACTIONS, BRINGING, REQUESTS
from docs import endpoints
from tests.program import png
from tests.served import served, token
from ui.library.tab import _KINDS
from ui.parts import sentences


def main(folder: Path) -> None:
    action = CompareRequest.action
    assert list(REQUESTS)[-1] == action
    assert REQUESTS[action] is CompareRequest
    assert ACTIONS[action] == "Comparing pictures"
    assert action in BRINGING
    assert ("Comparisons", "compare") in _KINDS
    assert "#### `/compare`" in endpoints.endpoints()
    red, blue = folder / "red.png", folder / "blue.png"
    red.write_bytes(png((250, 0, 0)))
    blue.write_bytes(png((0, 0, 250)))
    with served(folder / "data") as program:
        _used(program, handle_file(red), handle_file(blue))
        _refused(program, handle_file(red))


def _used(program, red, blue) -> None:
    client = _client(program, "creator")
    assert client.predict(first=red, second=red, api_name="/compare")[0] == 0
    value, run = client.predict(first=red, second=blue, api_name="/compare")
    assert 60 < value < 170
    (measure,) = run["measures"]
    assert (measure["name"], measure["value"], measure["unit"]) == ("difference", value, "levels of 255")
    assert (run["status"], run["model"], run["words"]) == ("done", "pixels", "Compare two pictures")
    with program.database.read() as connection:
        rows = connection.execute("SELECT value FROM measures WHERE run = ? AND name = 'difference'", (run["id"],))
        assert [row[0] for row in rows.fetchall()] == [value]
        kept = connection.execute("SELECT sha256 FROM uploads WHERE run = ? ORDER BY sha256", (run["id"],)).fetchall()
        assert sorted(row[0] for row in kept) == sorted(run["request"][name]["sha256"] for name in ("first", "second"))
    listed = client.predict(action="compare", api_name="/history")
    assert listed[0] == run
    assert len(listed) == 2
    assert client.predict(run_id=run["id"], api_name="/run") == run
    actor = program.access.actor(run["actor"])
    assert sentences.NOUNS[run["action"]] == "comparison"
    again = program.studio.result(actor, program.studio.replay(actor, run["id"]))
    assert again.measures[0].value == value


def _refused(program, red) -> None:
    for role in ("viewer", "anonymous"):
        with pytest.raises(httpx.HTTPStatusError) as refused:
            _client(program, role).predict(first=red, second=red, api_name="/compare")
        assert "Comparing pictures needs the role admin or creator" in refused.value.response.text


def _client(program, role: str) -> Client:
    return Client(program.url, headers=token(program, role), token=False, verbose=False, analytics_enabled=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

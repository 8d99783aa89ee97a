"""A crowd without cookies at the real program: accounts still come in, and the server still answers."""

from __future__ import annotations

import asyncio
import os
import ssl
import time

import httpx
import pytest

from benchmarks.program import running
from core.people import Person
from server.accounts import keys, passwords
from store.database import Database
from store.people import People

CROWD = 210
# Made once: reading the certificates for each of so many clients would take the processor the server needs.
_CERTIFICATES = ssl.create_default_context()
ACCOUNT = {"x-api-key": keys.new_key()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("data")
    database = Database(made)
    people = People(database)
    people.add(Person(name="carl", role="creator"), passwords.hashed("a long enough password"))
    week = "2099-01-01T00:00:00.000Z"
    people.open_session(keys.hashed(ACCOUNT["x-api-key"]), "carl", kind="token", expires=week)
    database.close()
    return made


@pytest.fixture(scope="module")
def url(folder):
    """The program in a process of its own, whose threads the crowd of this process does not share."""
    with running(folder, {"SHOW_AND_TELL_PRELOAD": "false", "SHOW_AND_TELL_OWNER": "off"}) as started:
        yield started.url


@pytest.fixture
def bar():
    """Seconds /healthz may take: 0.25 on a machine of our own, more where other programs use its processors too."""
    return 0.25 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


async def rest(client, url):
    return await client.post(f"{url}/generate", json={"text": "a red apple", "steps": 30})


async def page(client, url):
    body = {"data": ["a red apple", "", "none", "square", 1, -1, 30, None, None, "default", "auto"]}
    return await client.post(f"{url}/gradio_api/call/generate", json=body)


async def stranger(url, ask, headers):
    # A client of its own for each request: no cookie comes along.
    async with httpx.AsyncClient(timeout=120, headers=headers, verify=_CERTIFICATES) as client:
        return (await ask(client, url)).status_code


async def crowded(url, ask, lies):
    """Return the status codes of the crowd, that of the account, and how long /healthz took, in seconds."""
    async with httpx.AsyncClient(timeout=120, headers=ACCOUNT) as own:
        for _ in range(3):
            await own.get(f"{url}/healthz")
        told = [{"X-Forwarded-For": f"203.0.113.{number}"} if lies else {} for number in range(CROWD)]
        asking = [asyncio.create_task(stranger(url, ask, extra)) for extra in told]
        waits = []
        for _ in range(10):
            await asyncio.sleep(0.05)
            begun = time.monotonic()
            assert (await own.get(f"{url}/healthz")).status_code == 200
            waits.append(time.monotonic() - begun)
        account = (await ask(own, url)).status_code
        return await asyncio.gather(*asking), account, sorted(waits)


def test_the_handlers_of_the_page_stay_free_for_accounts(url, bar):
    codes, account, waits = asyncio.run(crowded(url, page, False))
    assert account == 200
    assert set(codes) <= {200, 429, 503}
    assert waits[len(waits) // 2] < bar, waits
    with httpx.Client(base_url=url, headers=ACCOUNT, timeout=30) as own:
        assert own.post("/generate", json={"text": "a red apple"}).status_code == 202
        event = own.post("/gradio_api/call/models", json={"data": []}).json()["event_id"]
        assert "event: complete" in own.get(f"/gradio_api/call/models/{event}").text


@pytest.mark.parametrize("lies", [False, True], ids=["plain", "each says it was forwarded"])
def test_the_queue_stays_open_for_accounts(url, bar, lies):
    codes, account, waits = asyncio.run(crowded(url, rest, lies))
    assert account == 202
    assert set(codes) <= {202, 429, 503}
    assert codes.count(202) <= (151 if lies else 38), codes.count(202)
    assert waits[len(waits) // 2] < bar, waits


def test_nothing_that_is_kept_tells_the_address(url, folder):
    database = Database(folder)
    with database.read() as connection:
        rows = connection.execute("SELECT DISTINCT party, source FROM runs WHERE actor GLOB 'guest-*'").fetchall()
    database.close()
    # The page and REST count the same address as one.
    assert len({row["party"] for row in rows}) == 1
    assert rows[0]["party"].startswith("@")

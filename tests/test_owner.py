"""The program as its owner starts it: one address, one click; the key is nowhere else, and outlives a restart."""

import os
import re
import shlex
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pytest
from gradio_client import Client

import settings
from benchmarks.program import ROOT, free_port
from server.addresses import desktop
from tests.served import served

ADDRESS = re.compile(r"^Show & Tell is at (\S+)$", re.MULTILINE)


def environment(data, **more):
    named = {"GRADIO_SERVER_PORT": str(free_port()), "SHOW_AND_TELL_DATA": str(data), "SHOW_AND_TELL_PRELOAD": "false"}
    return {**os.environ, **named, **more}


@contextmanager
def started(data, **more):
    """Start the program with what it says in files; yield the address it printed, and a way to read all it said."""
    said = data.parent / "said"
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=environment(data, **more), stdout=out, stderr=out
        )
        try:
            deadline = time.monotonic() + 90
            while not (found := ADDRESS.search(said.read_text("utf-8"))):
                assert process.poll() is None, said.read_text("utf-8")
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield found[1], lambda: said.read_text("utf-8")
        finally:
            process.terminate()
            process.wait(timeout=30)


def key(data):
    command = [sys.executable, "app.py", "key"]
    return subprocess.run(
        command, cwd=ROOT, env=environment(data), capture_output=True, text=True, timeout=150, check=True
    )


def test_one_printed_address_makes_the_owner_and_says_the_key_once(tmp_path):
    data = tmp_path / "data"
    with started(data) as (address, said), httpx.Client(timeout=30, follow_redirects=True) as browser:
        page = browser.get(address)
        home = str(page.url)
        secret = (data / "owner.key").read_text("ascii").strip()
        assert address == f"{home}owner?key={secret}"
        assert browser.get(f"{home}gradio_api/user").json() == "owner"
        for path in ("", "config", "gradio_api/info", "docs", "openapi.json", "sign-in", "metrics"):
            assert secret not in browser.get(home + path).text
        for path in (data / "owner.key", ROOT / "data" / "owner.key"):
            assert browser.get(f"{home}gradio_api/file={path}").status_code in {403, 404}
        stranger = httpx.get(home, timeout=30)
        assert secret not in stranger.text
        assert httpx.get(f"{home}metrics", timeout=30).status_code == 403
        assert httpx.get(f"{home}owner", params={"key": "x" * 43}, timeout=30).status_code == 401
        browser.get(f"{home}nothing-here?key={secret}")
        # The key while the program runs, for a script; the program's folder is locked by then.
        assert key(data).stdout == f"{secret}\n"
        curl = f'curl -s -H "x-api-key: $(cat {shlex.quote(str(data / "owner.key"))})" {home}gradio_api/user'
        assert subprocess.run(["bash", "-c", curl], capture_output=True, text=True, check=True).stdout == '"owner"'
        client = Client(home, headers={"x-api-key": secret}, token=False, verbose=False, analytics_enabled=False)
        assert client.predict(api_name="/history") == []
        assert said().count(secret) == 1
    with started(data) as (again, _):
        assert again.partition("?")[2] == address.partition("?")[2]
        now = again.partition("owner?")[0]
        assert httpx.get(f"{now}gradio_api/user", cookies=browser.cookies, timeout=30).json() == "owner"


def test_under_a_path_the_printed_address_lies_there(tmp_path):
    with started(tmp_path / "data", GRADIO_ROOT_PATH="studio/") as (address, _):
        assert "/studio/owner?key=" in address
        with httpx.Client(timeout=30, follow_redirects=True) as browser:
            page = browser.get(address)
            assert str(page.url) == f"{address.partition('owner?')[0]}"
            assert browser.get(f"{page.url}gradio_api/user").json() == "owner"


def test_a_path_that_is_none_stops_the_start_with_a_sentence(tmp_path):
    command = [sys.executable, "app.py"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(tmp_path, GRADIO_ROOT_PATH="//evil.example"), capture_output=True, text=True,
        timeout=150, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "GRADIO_ROOT_PATH is '//evil.example'; allowed: a path such as /studio" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("mode", ["open", "off"])
def test_without_the_mode_there_is_no_key_to_ask_for(tmp_path, mode):
    done = subprocess.run(
        [sys.executable, "app.py", "key"], cwd=ROOT, env=environment(tmp_path, SHOW_AND_TELL_OWNER=mode),
        capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "SHOW_AND_TELL_OWNER" in done.stderr
    assert not done.stdout
    assert not list(tmp_path.iterdir())


def test_open_is_what_it_says_and_a_space_has_no_owner(tmp_path, monkeypatch):
    with served(tmp_path / "open", owner="open") as program:
        assert program.owner.entry(program.url) == program.url
        assert httpx.get(f"{program.url}/gradio_api/user", timeout=30).json() == "owner"
        borrowed = httpx.get(f"{program.url}/gradio_api/user", headers={"Host": "evil.example"}, timeout=30)
        assert borrowed.json().startswith("guest-")
    monkeypatch.setenv("SPACE_ID", "ann/show-and-tell")
    import wiring

    for mode in ("key", "open"):
        program = wiring.build(settings.Settings(data=tmp_path / mode, owner=mode, preload=False))
        assert program.owner.mode == "off"
        program.database.close()


def test_the_browser_is_given_a_file_that_others_cannot_read(tmp_path, monkeypatch):
    noted = tmp_path / "noted"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {shlex.quote(str(noted))}\n', "utf-8")
    browser.chmod(0o700)
    import webbrowser

    monkeypatch.setattr(webbrowser, "_tryorder", None)
    monkeypatch.setenv("BROWSER", str(browser))
    secret = "s" * 43
    desktop.open_page(f"http://127.0.0.1:7860/owner?key={secret}&x='\"<b>", tmp_path)
    deadline = time.monotonic() + 10
    while not (noted.exists() and noted.read_text("utf-8")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    page = tmp_path / desktop.NAME
    assert noted.read_text("utf-8").strip() == page.as_uri()
    assert secret not in page.as_uri()
    assert page.stat().st_mode & 0o077 == 0
    assert f"url=http://127.0.0.1:7860/owner?key={secret}&amp;x=&#x27;&quot;&lt;b&gt;" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("tty", "named", "there"),
    [
        (True, {"DISPLAY": ":0"}, True),
        (True, {"WAYLAND_DISPLAY": "wayland-0"}, True),
        (True, {}, sys.platform == "darwin"),
        (False, {"DISPLAY": ":0"}, False),
        (True, {"DISPLAY": ":0", "SSH_CONNECTION": "10.0.0.7 1 10.0.0.1 22"}, False),
        (True, {"DISPLAY": ":0", "CI": "true"}, False),
    ],
)
def test_a_desktop_is_where_a_person_sits(monkeypatch, tty, named, there):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "CI"):
        monkeypatch.delenv(name, raising=False)
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: tty)
    assert desktop.is_there() is there

"""The program as a process: it starts, or says in a sentence why not."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import httpx
import pytest

from benchmarks.program import ROOT, free_port


def surroundings(folder, **named):
    """Return an environment for a quick start with its data in ``folder``."""
    fixed = {"SHOW_AND_TELL_DATA": str(folder), "SHOW_AND_TELL_PRELOAD": "false", "HF_HUB_OFFLINE": "1"}
    return {**os.environ, "GRADIO_SERVER_PORT": str(free_port()), **fixed, **named}


def left(words=(), **named):
    """Run the program until it leaves by itself, and return what it said; it left with a sentence."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *words],
        env=surroundings(**named),
        cwd=named.get("folder"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert done.returncode in {0, 1, 2}
    return said


def test_it_starts_on_ipv6_whatever_proxies_and_variables_of_gradio_are_set(tmp_path):
    port = free_port()
    named = {
        "GRADIO_SERVER_NAME": "[::1]",
        "GRADIO_SERVER_PORT": str(port),
        "http_proxy": "http://127.0.0.1:9",
        "HTTPS_PROXY": "nonsense://ann:secret@proxy",
        "ALL_PROXY": "socks5://127.0.0.1:9",
        # Each of these alone once ended the start, or kept it from ever ending.
        "GRADIO_DEBUG": "1",
        "GRADIO_NUM_PORTS": "some",
        "GRADIO_NODE_NUM_PORTS": "some",
        "GRADIO_NUM_WORKERS": "some",
        "GRADIO_VIBE_MODE": "1",
    }
    program = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py")],
        env=surroundings(tmp_path / "data", **named),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert program.stdout.readline().startswith(f"Show & Tell is at http://[::1]:{port}/owner?key=")
        assert httpx.get(f"http://[::1]:{port}/healthz", trust_env=False, timeout=30).status_code == 200
    finally:
        program.terminate()
        _, said = program.communicate(timeout=60)
    assert "Traceback" not in said
    assert "HTTPS_PROXY is 'nonsense://proxy'" in said
    assert "secret" not in said
    assert "GRADIO_DEBUG" in said
    assert list(tmp_path.iterdir()) == [tmp_path / "data"]


def test_a_chosen_port_that_is_taken_is_told(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = str(other.getsockname()[1])
        assert f"GRADIO_SERVER_PORT is {port}: another program" in left(folder=tmp_path, GRADIO_SERVER_PORT=port)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"GRADIO_SERVER_PORT": "abc"}, "GRADIO_SERVER_PORT is 'abc'"),
        ({"SHOW_AND_TELL_ADMIN": "ann:short"}, "SHOW_AND_TELL_ADMIN cannot be used: password is '5 characters'"),
        ({"SHOW_AND_TELL_DATA": "/proc/d"}, "The folder /proc/d cannot be made"),
        ({"SHOW_AND_TELL_OWNR": "off"}, "perhaps SHOW_AND_TELL_OWNER is meant"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told(tmp_path, named, said):
    assert said in left(folder=tmp_path, **named)


@pytest.mark.parametrize("content", [b"- id: [", b"\xff\xfe\x00", b"- id: 2024-99-99", b"", b"[" * 5000, b"a: 1"])
@pytest.mark.parametrize("name", ["models", "styles", "roles"])
def test_a_file_that_cannot_be_used_is_told_with_its_name(tmp_path, name, content):
    from pipelines.catalogue.spec import read_specs
    from pipelines.catalogue.styles import read_styles
    from safety.access.roles import RolesFile

    path = tmp_path / f"{name}.yaml"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"{name}\.yaml"):
        {"models": read_specs, "styles": read_styles, "roles": RolesFile}[name](path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--help",), "docs/settings.md"),
        (("acounts",), "invalid choice: 'acounts'"),
        (("accounts", "--help"), "Make and change accounts"),
        (("accounts", "remove", "ann"), "invalid choice: 'remove'"),
    ],
)
def test_words_that_ask_for_help_or_mean_nothing_start_nothing(tmp_path, words, said):
    assert said in left(words, folder=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("benchmarks", "--help"), "NAME"),
        (("benchmarks", "strat"), "there is no benchmark strat"),
        (("benchmarks", "start", "--kills", "3"), "--kills 3: options are for one benchmark"),
        (("benchmarks.run_log", "--help"), "rows of the log"),
        (("benchmarks.crash_child", "--help"), "load"),
        (("docs", "nothing"), "unrecognized arguments: nothing"),
        (("training.image.card", "--help"), "options"),
    ],
)
def test_every_command_explains_itself(words, said):
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr

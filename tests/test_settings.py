import os
from pathlib import Path

import pytest

import settings

ROOT = Path(__file__).resolve().parent.parent


def test_every_setting_is_documented():
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    names = [settings.variable(name) for name in settings.Settings.model_fields]
    assert not [name for name in names if f"`{name}`" not in page]


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """Nothing of ours in the environment."""
    for name in list(os.environ):
        if name.startswith(("SHOW_AND_TELL_", "GRADIO_", "SPACE_ID")):
            monkeypatch.delenv(name)


REFUSED = [
    ("SHOW_AND_TELL_OWNER", "maybe"),
    ("SHOW_AND_TELL_LANES", "3"),
    ("SHOW_AND_TELL_MAX_QUEUE", "0"),
    ("SHOW_AND_TELL_MAX_QUEUE", "many"),
    *(("SHOW_AND_TELL_KEEP_DAYS", value) for value in ("-1", "a week", "1.5", "99999")),
    ("SHOW_AND_TELL_VOICE", "loud"),
    ("SHOW_AND_TELL_HUB", "1"),
    ("SHOW_AND_TELL_PRELOAD", "perhaps"),
    ("SHOW_AND_TELL_MCP", "2"),
    ("SHOW_AND_TELL_PUBLIC_ORIGINS", "example.com"),
    ("SHOW_AND_TELL_PUBLIC_ORIGINS", "*"),
    ("SHOW_AND_TELL_PUBLIC_ORIGINS", "https://*.example.com"),
    ("SHOW_AND_TELL_PUBLIC_ORIGINS", "https://example.com/page"),
    ("SHOW_AND_TELL_PUBLIC_ORIGINS", "https://example.com:99999"),
    ("SHOW_AND_TELL_PUBLIC_ORIGINS", "https://ann@example.com"),
    ("SHOW_AND_TELL_PUBLIC_ORIGINS", '["https://example.com"'),
    ("SHOW_AND_TELL_PUBLIC_ORIGINS", "null"),
    ("SHOW_AND_TELL_DATA", "~nobody-of-this-name/d"),
    ("SHOW_AND_TELL_DATA", str(Path(__file__))),
    ("SHOW_AND_TELL_DATA", "y" * 300),
    *((f"SHOW_AND_TELL_{name}", value) for name in ("MODELS", "ROLES", "STYLES") for value in ("nowhere.yaml", "/")),
    ("GRADIO_SERVER_PORT", "abc"),
    ("GRADIO_SERVER_PORT", "0"),
    ("GRADIO_SERVER_PORT", "-1"),
    ("GRADIO_SERVER_PORT", "99999"),
    ("GRADIO_SERVER_PORT", "7860.5"),
    ("GRADIO_SERVER_NAME", "http://127.0.0.1"),
    ("GRADIO_SERVER_NAME", "fe80::1%eth0"),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_bad_value_stops_the_program_and_names_itself(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as left:
        settings.read()
    assert f"{name} is {value!r}"[:100] in str(left.value)


def test_every_bad_value_is_told_at_once(monkeypatch):
    monkeypatch.setenv("SHOW_AND_TELL_OWNER", "maybe")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "abc")
    monkeypatch.setenv("SHOW_AND_TELL_OWNR", "off")
    with pytest.raises(SystemExit) as left:
        settings.read()
    assert all(name in str(left.value) for name in ("_OWNER is", "_PORT is", "perhaps SHOW_AND_TELL_OWNER is meant"))


@pytest.mark.parametrize("value", ["", " ", "\t "])
def test_a_blank_variable_counts_as_not_set(monkeypatch, value):
    plain = settings.read()
    for name in settings.Settings.model_fields:
        monkeypatch.setenv(settings.variable(name), value)
    assert settings.read() == plain


def test_the_data_folder_lies_beside_the_program_and_a_tilde_is_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert settings.read().data == ROOT / "data"
    monkeypatch.setenv("SHOW_AND_TELL_DATA", "~/d")
    assert settings.read().data == tmp_path / "home" / "d"
    monkeypatch.setenv("SHOW_AND_TELL_DATA", "d")
    assert settings.read().data == tmp_path / "d"


@pytest.mark.parametrize(
    "value",
    [
        "https://a.example,http://b.example:81",
        "https://A.example/ http://b.example:81",
        '["https://a.example", "http://b.example:81"]',
    ],
)
def test_origins_are_written_as_people_write_them(monkeypatch, value):
    monkeypatch.setenv("SHOW_AND_TELL_PUBLIC_ORIGINS", value)
    assert settings.read().public_origins == ("https://a.example", "http://b.example:81")


@pytest.mark.parametrize(
    ("value", "host", "loopback"),
    [
        ("::1", "::1", True),
        ("[::1]", "::1", True),
        ("localhost", "localhost", True),
        ("127.0.0.2", "127.0.0.2", True),
        ("0.0.0.0", "0.0.0.0", False),  # noqa: S104 - asked for
        ("::", "::", False),
        ("box.example", "box.example", False),
    ],
)
def test_where_to_listen(monkeypatch, value, host, loopback):
    monkeypatch.setenv("GRADIO_SERVER_NAME", value)
    assert (settings.read().server_name, settings.read().loopback) == (host, loopback)
    monkeypatch.setenv("SPACE_ID", "ann/space")
    assert settings.read().loopback is False


@pytest.mark.parametrize("value", ["ann", "ann:", ":correct horse", "horse battery"])
def test_an_admin_without_name_or_password_is_told_without_showing_either(monkeypatch, value):
    monkeypatch.setenv("SHOW_AND_TELL_ADMIN", value)
    with pytest.raises(SystemExit, match=r"SHOW_AND_TELL_ADMIN.*name:password") as left:
        settings.read()
    assert "horse" not in str(left.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_told(monkeypatch, tmp_path):
    (tmp_path / "roles.yaml").touch(mode=0o000)
    monkeypatch.setenv("SHOW_AND_TELL_ROLES", str(tmp_path / "roles.yaml"))
    with pytest.raises(SystemExit, match=r"SHOW_AND_TELL_ROLES.*cannot be read \(Permission denied\)"):
        settings.read()


def test_the_password_of_the_first_admin_is_never_printed(monkeypatch):
    monkeypatch.setenv("SHOW_AND_TELL_ADMIN", "ann:correct horse battery")
    assert "horse" not in repr(settings.read())


@pytest.mark.parametrize(
    ("value", "proxies"),
    [
        ("", ()),
        ("127.0.0.1", ("127.0.0.1/32",)),
        ("127.0.0.1, 10.1.2.3/8 ::1", ("127.0.0.1/32", "10.0.0.0/8", "::1/128")),
    ],
)
def test_trusted_proxies_are_addresses_or_networks(monkeypatch, value, proxies):
    monkeypatch.setenv("SHOW_AND_TELL_TRUSTED_PROXIES", value)
    assert settings.read().trusted_proxies == proxies


@pytest.mark.parametrize("value", ["*", "nginx", "10.0.0.0/99", "127.0.0.1;::1"])
def test_a_proxy_that_is_no_address_stops_the_program(monkeypatch, value):
    monkeypatch.setenv("SHOW_AND_TELL_TRUSTED_PROXIES", value)
    with pytest.raises(SystemExit, match=r"SHOW_AND_TELL_TRUSTED_PROXIES.*such as 127\.0\.0\.1"):
        settings.read()

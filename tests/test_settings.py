from pathlib import Path

import pytest

import settings

ROOT = Path(__file__).resolve().parent.parent


def test_every_setting_is_documented():
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert not [name for name in settings.Settings.model_fields if f"`SHOW_AND_TELL_{name.upper()}`" not in page]


@pytest.mark.parametrize(("name", "value"), [("OWNER", "maybe"), ("LANES", "3"), ("MAX_QUEUE", "0"), ("VOICE", "loud")])
def test_a_bad_value_stops_the_program_and_names_itself(monkeypatch, name, value):
    monkeypatch.setenv(f"SHOW_AND_TELL_{name}", value)
    with pytest.raises(SystemExit, match=f"SHOW_AND_TELL_{name}.*{value}"):
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

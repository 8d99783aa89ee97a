"""What the environment says, checked once at the start. A bad value stops the program with a sentence."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent


def _data_folder() -> Path:
    """Return the storage of a Hugging Face Space where there is one, else a folder beside the program."""
    storage = Path("/data")
    return storage if "SPACE_ID" in os.environ and os.access(storage, os.W_OK) else Path("data")


def _networks(value: object) -> object:
    """Return the addresses and networks in a list with commas, each in its usual form."""
    if not isinstance(value, str):
        return value
    found = []
    for word in value.replace(",", " ").split():
        try:
            found.append(str(ipaddress.ip_network(word, strict=False)))
        except ValueError:
            raise ValueError(
                f"{word!r} is no address; give addresses or networks such as 127.0.0.1, 10.0.0.0/8, with commas"
            ) from None
    return tuple(found)


class Settings(BaseSettings):
    """Every setting, from ``SHOW_AND_TELL_...``; documented in docs/settings.md.

    Attributes:
        data: folder for the database, pictures and sounds.
        owner: on a loopback address without accounts the visitor is the owner (admin); ``off`` ends that.
        admin: ``name:password`` of a first admin, made at the start if there is none of that name.
        lanes: ``thread``, or ``inline`` where a model must run inside the event (ZeroGPU).
        models: catalogue of models. roles: roles and limits. styles: prompt styles.
        hub: ``on`` lets weights be fetched from the Hugging Face hub.
        preload: load the chosen models in the background right after the start.
        mcp: offer the API as an MCP server, with the same permissions.
        voice: ``auto``, ``gtts``, ``offline`` or ``off``.
        public_origins: origins beside our own that may call from a browser.
        max_queue: runs that may wait in all.
        trusted_proxies: proxies whose word on the visitor's address is believed: addresses or networks, with commas.
    """

    model_config = SettingsConfigDict(env_prefix="SHOW_AND_TELL_", extra="ignore", frozen=True)

    data: Path = Field(default_factory=_data_folder)
    owner: Literal["on", "off"] = "on"
    admin: SecretStr | None = None
    lanes: Literal["thread", "inline"] = "thread"
    models: Path = ROOT / "models.yaml"
    roles: Path = ROOT / "roles.yaml"
    styles: Path = ROOT / "styles.yaml"
    hub: Literal["on", "off"] = "off"
    preload: bool = True
    mcp: bool = False
    voice: Literal["auto", "gtts", "offline", "off"] = "auto"
    public_origins: tuple[str, ...] = ()
    max_queue: Annotated[int, Field(ge=1, le=100_000)] = 200
    trusted_proxies: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_networks)] = ()


def read() -> Settings:
    """Return the settings, or leave with a sentence that names the variable, its value and what is allowed."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"  SHOW_AND_TELL_{'_'.join(map(str, e['loc'])).upper()} is {e['input']!r}: {e['msg']}"
            for e in error.errors()
        ]
        sys.exit("These settings cannot be used:\n" + "\n".join(lines))

"""What the environment says, checked once at the start. A bad value stops the program with a sentence."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent


def _data_folder() -> Path:
    """Return the storage of a Hugging Face Space where there is one, else a folder beside the program."""
    storage = Path("/data")
    return storage if "SPACE_ID" in os.environ and os.access(storage, os.W_OK) else Path("data")


class Settings(BaseSettings):
    """Every setting, from ``SHOW_AND_TELL_...``; documented in docs/settings.md.

    Attributes:
        data: folder for the database, pictures and sounds.
        owner: who may do everything without an account: who shows the ``key`` that is kept in the data folder; with
            ``open`` everybody who reaches this port, while there are no accounts; with ``off`` nobody.
        browser: ``auto`` opens the page at the start where there is a desktop; ``off`` only prints its address.
        admin: ``name:password`` of a first admin, made at the start if there is none of that name.
        lanes: ``thread``, or ``inline`` where a model must run inside the event (ZeroGPU).
        models: catalogue of models. roles: roles and limits. styles: prompt styles.
        hub: ``on`` lets weights be fetched from the Hugging Face hub.
        preload: load the chosen models in the background right after the start.
        mcp: offer the API as an MCP server, with the same permissions.
        voice: ``auto``, ``gtts``, ``offline`` or ``off``.
        public_origins: origins beside our own that may call from a browser.
        max_queue: runs that may wait in all.
    """

    model_config = SettingsConfigDict(env_prefix="SHOW_AND_TELL_", extra="ignore", frozen=True)

    data: Path = Field(default_factory=_data_folder)
    owner: Literal["key", "open", "off"] = "key"
    browser: Literal["auto", "off"] = "auto"
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

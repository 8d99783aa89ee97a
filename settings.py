"""What the environment says, checked once at the start. A bad value stops the program with a sentence."""

from __future__ import annotations

import difflib
import ipaddress
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
PREFIX = "SHOW_AND_TELL_"


def _data_folder() -> Path:
    """Return the storage of a Hugging Face Space where there is one, else a folder beside the program."""
    storage = Path("/data")
    return storage if os.environ.get("SPACE_ID") and os.access(storage, os.W_OK) else ROOT / "data"


def _place(path: Path) -> Path:
    """Return the absolute path; ``~`` is the home folder, as in a shell."""
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:
        raise ValueError("there is no such home folder; write the path out") from error


def _folder(path: Path) -> Path:
    place = _place(path)
    try:
        if place.exists() and not place.is_dir():
            raise ValueError("it is a file; name a folder")
    except OSError as error:
        raise ValueError(f"it cannot be used ({error.strerror})") from error
    return place


def _file(path: Path) -> Path:
    place = _place(path)
    try:
        if not place.is_file():
            raise ValueError("it is a folder; name a file" if place.is_dir() else "there is no such file")
        place.open("rb").close()
    except OSError as error:
        raise ValueError(f"it cannot be read ({error.strerror})") from error
    return place


def _origins(value: object) -> object:
    """Read one origin or several with commas or blanks between them, or a JSON list of them."""
    if not isinstance(value, str):
        return value
    if not value.startswith("["):
        return value.replace(",", " ").split()
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueError('write origins with commas between them, or as a JSON list, ["https://a.example"]') from error


def _origin(value: str) -> str:
    parts = urlsplit(value.strip().rstrip("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname or "*" in value or parts.geturl().count("/") > 2:
        raise ValueError("an origin is http:// or https:// with a host and perhaps a port, such as https://example.com")
    if parts.port == 0 or parts.username is not None or parts.query or parts.fragment:  # reading a wrong port raises
        raise ValueError("an origin has a host and perhaps a port, and nothing else")
    return parts.geturl().lower()


def _host(value: str) -> str:
    host = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    if any(sign in host for sign in "/%@[] "):
        raise ValueError("write a name or an address of this computer alone, such as 127.0.0.1, ::1 or 0.0.0.0")
    return host


def _account(value: SecretStr) -> SecretStr:
    name, colon, password = value.get_secret_value().partition(":")
    if not (name.strip() and colon and password):
        raise ValueError("write name:password, both not empty")
    return value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


_Switch = Annotated[Literal["on", "off"], BeforeValidator(_lower)]
_File = Annotated[Path, AfterValidator(_file)]


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
    """Every setting, documented in docs/settings.md. A variable that is empty or blank counts as not set.

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
        keep_days: days after which runs are deleted; 0 keeps them for ever.
        server_name: name or address of this computer to listen on; IPv6 with or without brackets.
        server_port: that port and no other; None for 7860 or the next that is free.
        root_path: the path of the page behind a proxy, or its whole address.
        space_id: name of the Hugging Face Space this runs as; empty elsewhere.
        trusted_proxies: proxies whose word on the visitor's address is believed: addresses or networks, with commas.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, populate_by_name=True)

    data: Annotated[Path, AfterValidator(_folder)] = Field(default_factory=_data_folder)
    owner: Annotated[Literal["key", "open", "off"], BeforeValidator(_lower)] = "key"
    browser: Annotated[Literal["auto", "off"], BeforeValidator(_lower)] = "auto"
    admin: Annotated[SecretStr, AfterValidator(_account)] | None = None
    lanes: Annotated[Literal["thread", "inline"], BeforeValidator(_lower)] = "thread"
    models: _File = ROOT / "models.yaml"
    roles: _File = ROOT / "roles.yaml"
    styles: _File = ROOT / "styles.yaml"
    hub: _Switch = "off"
    preload: bool = True
    mcp: bool = False
    voice: Annotated[Literal["auto", "gtts", "offline", "off"], BeforeValidator(_lower)] = "auto"
    public_origins: Annotated[
        tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, BeforeValidator(_origins)
    ] = ()
    max_queue: Annotated[int, Field(ge=1, le=100_000)] = 200
    keep_days: Annotated[int, Field(ge=0, le=36_500)] = 0
    trusted_proxies: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_networks)] = ()
    server_name: Annotated[str, AfterValidator(_host)] = Field("127.0.0.1", validation_alias="GRADIO_SERVER_NAME")
    server_port: Annotated[int, Field(ge=1, le=65_535)] | None = Field(None, validation_alias="GRADIO_SERVER_PORT")
    root_path: str = Field("", validation_alias="GRADIO_ROOT_PATH")
    space_id: str = Field("", validation_alias="SPACE_ID")

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, values: Any) -> Any:
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        return {name: value for name, value in stripped.items() if value != ""}

    @property
    def loopback(self) -> bool:
        """Whether only this very computer can reach the page."""
        if self.space_id:
            return False
        try:
            return ipaddress.ip_address(self.server_name).is_loopback
        except ValueError:
            return self.server_name == "localhost"


def read() -> Settings:
    """Return the settings, or leave with a sentence that names the variable, its value and what is allowed."""
    problems = _unknown(os.environ)
    try:
        settings = Settings()
    except ValidationError as error:
        problems += [_problem(one["loc"], one["input"], one["msg"]) for one in error.errors()]
    if problems:
        sys.exit("These settings cannot be used:\n" + "\n".join(f"  {problem}" for problem in problems))
    return settings


def variable(field: str) -> str:
    """Return the environment variable of a field of ``Settings``."""
    return str(Settings.model_fields[field].validation_alias or f"{PREFIX}{field.upper()}")


def _unknown(environment: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable of ours that means nothing, most likely a slip of the pen."""
    known = {variable(field) for field in Settings.model_fields}
    ours = {name.removeprefix(PREFIX): name for name in known if name.startswith(PREFIX)}
    problems = []
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper().removeprefix(PREFIX), ours, n=1, cutoff=0.7)
            hint = f"perhaps {ours[near[0]]} is meant" if near else "docs/settings.md lists them all"
            problems.append(f"{name} is no setting; {hint}")
    return problems


def _problem(place: tuple[int | str, ...], value: object, message: str) -> str:
    name = str(place[0])
    name = variable(name) if name in Settings.model_fields else name
    # The value of the first admin is a password.
    shown = "not usable" if name == variable("admin") else repr(value)[:200]
    return f"{name} is {shown}: {message.removeprefix('Value error, ')}"

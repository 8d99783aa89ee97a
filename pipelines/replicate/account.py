"""Whose account on Replicate, and which model there."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from pydantic import Field

from core.errors import EngineUnavailableError
from pipelines.catalogue.options import EngineOptions

TOKEN = "REPLICATE_API_TOKEN"  # noqa: S105 - the name of the variable, not a key


class ReplicateOptions(EngineOptions):
    """What every model on Replicate needs.

    Attributes:
        model: ``owner/name``, for the record. version: id of the version that runs.
        base_url: empty for ``REPLICATE_BASE_URL`` from the environment, else the service itself.
        seconds: a prediction is cancelled after that long; a cold model may need minutes to start.
        poll: seconds between two looks. reply: seconds to wait for one reply.
        first_wait: see ``pipelines.network.transport.RetryBudget``.
    """

    model: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")
    version: str = Field(pattern=r"^[0-9a-f]{64}$")
    base_url: str = ""
    seconds: float = Field(default=600.0, gt=0, le=3600)
    poll: float = Field(default=1.0, gt=0, le=60)
    reply: float = Field(default=30.0, gt=0, le=120)
    first_wait: float = Field(default=0.5, ge=0, le=20)


class Account:
    """The key and the address, checked once."""

    def __init__(self, options: ReplicateOptions) -> None:
        self.options = options
        # The names of Replicate's own client, which people have set already; they are no settings of this program.
        self.token = os.environ.get(TOKEN, "").strip()
        self.base_url = options.base_url or os.environ.get("REPLICATE_BASE_URL", "") or "https://api.replicate.com"
        if not self.token:
            raise EngineUnavailableError(
                f"{options.model} needs a key: set {TOKEN} (replicate.com/account/api-tokens)."
            )
        if not re.match(r"https://|http://(127\.0\.0\.1|localhost)(:|/|$)", self.base_url):
            raise EngineUnavailableError(f"REPLICATE_BASE_URL is {self.base_url!r}; allowed: an address with https.")

    @property
    def environment(self) -> Mapping[str, Any]:
        """See ``core.ports.Engine.environment``."""
        return {
            "provider": "replicate",
            "model": self.options.model,
            "version": self.options.version,
            "client": f"replicate {metadata.version('replicate')}",
        }

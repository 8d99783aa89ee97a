"""Engines in memory: built on first use, one at a time, at most one large one per kind of work."""

from __future__ import annotations

import gc
import importlib
import logging
import math
import sys
import time
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from core.actions import Action
from core.errors import EngineUnavailableError, StudioError
from core.models import ModelState
from core.ports import Engine
from pipelines.catalogue.options import EngineOptions, PictureOptions
from pipelines.catalogue.rows import CatalogueError, checked
from pipelines.catalogue.spec import ModelSpec
from pipelines.catalogue.styles import Style
from pipelines.machine.loading import ONE_AT_A_TIME, without_unused

_RETRY_SECONDS = 60.0
_log = logging.getLogger(__name__)


class Residents:
    """Builds engines and keeps them. Thread-safe."""

    def __init__(self, styles: Mapping[str, Style], *, hub: bool = False) -> None:
        self._styles = styles
        self._hub = hub
        self._engines: dict[str, tuple[ModelSpec, Engine]] = {}
        self._awaited: set[str] = set()
        self._broken: dict[str, tuple[str, float]] = {}

    def state(self, spec: ModelSpec) -> ModelState:
        """Return the state of a model that lacks nothing."""
        if spec.remote:
            return ModelState.REMOTE
        if spec.id in self._engines:
            return ModelState.READY
        return ModelState.LOADING if spec.id in self._awaited else ModelState.COLD

    def broken(self, spec: ModelSpec) -> str:
        """Return why the model could not be loaded; empty if it could, or if it is time to try again."""
        why, since = self._broken.get(spec.id, ("", 0.0))
        return why if time.monotonic() - since < _RETRY_SECONDS else ""

    def problems(self) -> Mapping[str, str]:
        """Return model -> why its last load failed, or why its row can never be loaded."""
        return {name: why for name, (why, _) in self._broken.copy().items()}

    def check(self, spec: ModelSpec) -> None:
        """Look whether the options of a row can be used, without loading its model; the finding is in ``problems``."""
        if spec.id in self._engines:
            return
        try:
            with ONE_AT_A_TIME:
                self._options(spec)
        except EngineUnavailableError as error:
            # Only a restart reads the row again.
            self._broken[spec.id] = (str(error), math.inf)

    def get(self, spec: ModelSpec) -> Engine:
        """Return the engine, built on first use.

        Raises:
            EngineUnavailableError: it cannot be loaded here.
        """
        held = self._engines.get(spec.id)
        if held:
            return held[1]
        self._awaited.add(spec.id)
        try:
            with ONE_AT_A_TIME:
                held = self._engines.get(spec.id)
                if held:
                    return held[1]
                self._make_room(spec)
                engine = self._build(spec)
                self._broken.pop(spec.id, None)
                self._engines[spec.id] = (spec, engine)
                return engine
        except StudioError as error:
            self._broken[spec.id] = (str(error), time.monotonic())
            raise
        finally:
            self._awaited.discard(spec.id)

    def _make_room(self, spec: ModelSpec) -> None:
        if not _is_large(spec):
            return
        large = [held.id for held, _ in self._engines.values() if _is_large(held) and held.action == spec.action]
        if not large:
            return
        for name in large:
            del self._engines[name]
        gc.collect()
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _build(self, spec: ModelSpec) -> Engine:
        module, options = self._options(spec)
        try:
            engine: Engine = module.build(options)
        except StudioError:
            raise
        except Exception as error:
            # Libraries raise what they like over damaged weights, and each kind must leave a sentence.
            _log.exception("%s was not loaded", spec.id)
            raise EngineUnavailableError(f"{spec.title} could not be loaded: {_said(error)}.") from error
        return engine

    def _options(self, spec: ModelSpec) -> tuple[ModuleType, EngineOptions]:
        """Return the engine's module and its checked options. Raises EngineUnavailableError."""
        try:
            if "diffusers" in spec.needs.packages:
                without_unused()
            module = importlib.import_module(f"pipelines.{spec.engine}")
        except Exception as error:
            # A library that is half installed raises more than ImportError.
            raise EngineUnavailableError(f"{spec.title} cannot run here: {_said(error)}.") from error
        row: dict[str, Any] = {**spec.options, "hub": self._hub}
        if issubclass(module.Options, PictureOptions):
            row |= {"sizes": spec.sizes, "styles": self._styles}
        try:
            return module, checked(module.Options, row, f"models.yaml, {spec.id}, options")
        except CatalogueError as error:
            raise EngineUnavailableError(str(error)) from error


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}".rstrip(".: ")


def _is_large(spec: ModelSpec) -> bool:
    return spec.action != Action.SPEAK and not spec.bundled and not spec.remote

"""Engines in memory: built on first use, one at a time, at most one large one per kind of work."""

from __future__ import annotations

import gc
import importlib
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

from core.actions import Action
from core.errors import EngineUnavailableError
from core.models import ModelState
from core.ports import Engine
from pipelines.options import PictureOptions
from pipelines.rows import CatalogueError, checked
from pipelines.spec import ModelSpec
from pipelines.styles import Style

_RETRY_SECONDS = 60.0


class Residents:
    """Builds engines and keeps them. Thread-safe."""

    def __init__(self, styles: Mapping[str, Style]) -> None:
        self._styles = styles
        self._engines: dict[str, tuple[ModelSpec, Engine]] = {}
        self._awaited: set[str] = set()
        self._broken: dict[str, tuple[str, float]] = {}
        # One for all: from_pretrained patches torch and transformers globally while it loads.
        self._building = threading.Lock()

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
            with self._building:
                held = self._engines.get(spec.id)
                if held:
                    return held[1]
                self._make_room(spec)
                engine = self._build(spec)
                self._broken.pop(spec.id, None)
                self._engines[spec.id] = (spec, engine)
                return engine
        except EngineUnavailableError as error:
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
        try:
            module = importlib.import_module(f"pipelines.{spec.engine}")
        except ImportError as error:
            raise EngineUnavailableError(f"{spec.title} cannot run here: {error}.") from error
        row: dict[str, Any] = dict(spec.options)
        if issubclass(module.Options, PictureOptions):
            row |= {"sizes": spec.sizes, "styles": self._styles}
        try:
            options = checked(module.Options, row, f"models.yaml, {spec.id}, options")
        except CatalogueError as error:
            raise EngineUnavailableError(str(error)) from error
        engine: Engine = module.build(options)
        return engine


def _is_large(spec: ModelSpec) -> bool:
    return spec.action != Action.SPEAK and not spec.bundled and not spec.remote

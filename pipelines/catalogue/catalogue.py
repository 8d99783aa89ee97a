"""The catalogue of models: what there is, what can run here, what ``auto`` means, and the engines behind it."""

from __future__ import annotations

import importlib.util
import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from core.actions import Action
from core.errors import EngineUnavailableError, StudioError, UnknownModelError
from core.models import ModelCard, ModelState, Resolved
from core.ports import Engine, Engines
from core.requests import AUTO, Request, SpeakRequest
from pipelines.catalogue import abilities, availability, effects, known_words
from pipelines.catalogue.residents import Residents
from pipelines.catalogue.rows import CatalogueError
from pipelines.catalogue.spec import ModelSpec
from pipelines.catalogue.styles import Style
from pipelines.machine.weights import ROOT

_log = logging.getLogger(__name__)


class Catalogue(Engines):
    """See ``core.ports.Engines``. Listing models imports and loads none of them."""

    def __init__(
        self,
        specs: Sequence[ModelSpec],
        styles: Mapping[str, Style],
        *,
        off: Collection[Action] = (),
        hub: bool = False,
    ) -> None:
        """Make a catalogue.

        Args:
            specs: rows of models.yaml.
            styles: rows of styles.yaml.
            off: actions that nothing serves here.
            hub: whether weights may be downloaded from the Hugging Face hub.

        Raises:
            CatalogueError: a row names an engine or a style that does not exist.
        """
        self.styles = styles
        self._specs = {spec.id: spec for spec in specs if spec.action not in off}
        self._off = frozenset(off)
        self._hub = hub
        self._residents = Residents(styles, hub=hub)
        for spec in specs:
            _check_names(spec, styles)

    def cards(self, action: Action | None = None) -> Sequence[ModelCard]:
        """Return the models; for an action the one that ``auto`` means comes first. See ``core.ports.Engines``."""
        specs = list(self._specs.values()) if action is None else self._serving(action)
        if action is not None:
            best = self._best(specs)
            specs.sort(key=lambda spec: spec is not best)
        return tuple(self._card(spec) for spec in specs)

    def chosen(self, action: Action) -> ModelCard:
        """See ``core.ports.Engines.chosen``."""
        return self._card(self._automatic(action, self._serving(action)))

    def resolve(self, request: Request) -> Resolved:
        """See ``core.ports.Engines.resolve``."""
        spec = self._named(request) if request.model != AUTO else self._able(request)
        card = self._card(spec)
        if card.missing:
            raise EngineUnavailableError(card.missing)
        request, ignored = abilities.fitted(spec, request, self.styles)
        return Resolved(
            card=card,
            request=request,
            ignored=effects.together(ignored, known_words.without_effect(card, request)),
            unknown_words=known_words.unknown_to(card, request),
        )

    def get(self, model: str, action: Action) -> Engine:
        """See ``core.ports.Engines.get``."""
        spec = self._specs.get(model)
        if spec is None:
            raise EngineUnavailableError(f"The model {model} is not in the catalogue any more.")
        if action not in spec.serves:
            raise EngineUnavailableError(f"{spec.title} does not serve {action} (any more).")
        lacks = availability.missing(spec, hub=self._hub)
        if lacks:
            raise EngineUnavailableError(lacks)
        return self._residents.get(spec)

    def preload(
        self,
        actions: Sequence[Action] = (Action.GENERATE, Action.ASK),
        give_way: Callable[[], object] = lambda: None,
    ) -> threading.Thread:
        """Load what ``auto`` means for these actions, one after the other, in the background; then look at every row.

        What could not be loaded is in ``problems``.

        Args:
            actions: what the first visitor will want comes first.
            give_way: is called after the first of them, before each further piece of work; it returns when there is
                room for it.
        """
        thread = threading.Thread(target=self._load, args=(actions, give_way), name="preload", daemon=True)
        thread.start()
        return thread

    def _load(self, actions: Sequence[Action], give_way: Callable[[], object]) -> None:
        for number, action in enumerate(actions):
            if number:
                give_way()
            best = self._best(self._serving(action))
            if best is None or best.remote:
                continue
            try:
                self.get(best.id, action)
            except StudioError as error:
                _log.warning("%s was not loaded: %s", best.id, error)
        give_way()
        for spec in self._specs.values():
            if not availability.missing(spec, hub=self._hub):
                self._residents.check(spec)

    def problems(self) -> Mapping[str, str]:
        """Return model -> why it failed to load; a model that lacks a key or a device is only unavailable."""
        return self._residents.problems()

    def _serving(self, action: Action) -> list[ModelSpec]:
        return [spec for spec in self._specs.values() if action in spec.serves]

    def _best(self, specs: Sequence[ModelSpec]) -> ModelSpec | None:
        """Return what ``auto`` means among ``specs``: the highest rank that can run here."""
        ranked = sorted((spec for spec in specs if spec.auto.rank), key=lambda spec: -spec.auto.rank)
        fitting = (spec for spec in ranked if availability.device_fits(spec.auto.device) and not self._lacks(spec))
        return next(fitting, None)

    def _able(self, request: Request) -> ModelSpec:
        serving = self._serving(request.action)
        if isinstance(request, SpeakRequest):
            serving = [spec for spec in serving if abilities.speaks(spec, request.language)] or serving
        return self._automatic(request.action, serving)

    def _automatic(self, action: Action, serving: Sequence[ModelSpec]) -> ModelSpec:
        best = self._best(serving)
        if best is not None:
            return best
        if action in self._off:
            raise EngineUnavailableError(f"The action {action} is turned off here.")
        lacks = " ".join(self._lacks(spec) for spec in serving) or "The catalogue of models has none."
        raise EngineUnavailableError(f"No model for the action {action} can run here. {lacks}")

    def _named(self, request: Request) -> ModelSpec:
        serving = {spec.id: spec for spec in self._serving(request.action)}
        if request.model not in serving:
            raise UnknownModelError(request.model_field, request.model, f"one of {', '.join((AUTO, *serving))}")
        return serving[request.model]

    def _lacks(self, spec: ModelSpec) -> str:
        return availability.missing(spec, hub=self._hub) or self._residents.broken(spec)

    def _card(self, spec: ModelSpec) -> ModelCard:
        lacks = self._lacks(spec)
        card = ModelCard(
            id=spec.id,
            title=spec.title,
            action=spec.action,
            serves=spec.serves,
            engine=spec.engine,
            lane=spec.lane,
            licence=spec.licence,
            state=ModelState.UNAVAILABLE if lacks else self._residents.state(spec),
            missing=lacks,
            bundled=spec.bundled,
            note=spec.note,
            sends_to=spec.sends_to,
            sizes=dict(spec.sizes),
            steps=spec.steps,
            guidance=spec.guidance,
            upscale=spec.upscale,
            can=spec.can,
            styles=tuple(abilities.styles(spec, self.styles)) if spec.sizes else (),
            schedulers=spec.schedulers if spec.sizes else (),
            languages=spec.languages,
        )
        words = ROOT / spec.vocabulary if spec.vocabulary else None
        if words is not None and words.is_file():
            card = replace(card, vocabulary=known_words.read_vocabulary(words))
        return card


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _check_names(spec: ModelSpec, styles: Mapping[str, Style]) -> None:
    if not _is_there(f"pipelines.{spec.engine}"):
        raise CatalogueError(
            f"models.yaml, {spec.id}, engine is {spec.engine!r}: there is no module {spec.engine} in pipelines/."
        )
    unknown = sorted(set(spec.styles or ()) - set(styles))
    if unknown:
        raise CatalogueError(f"models.yaml, {spec.id}, styles: {', '.join(unknown)} are not in styles.yaml.")

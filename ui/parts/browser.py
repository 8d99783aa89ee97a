"""Values of a form that the browser keeps: after a reload, in a second window, after a restart of the server."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from core.actions import Action
from ui.parts.fields import as_update
from ui.parts.tab import Updates
from ui.permission import PRIVATE, needs
from ui.services import Services, Visit

# Part of the key in the browser: what an older release kept otherwise is not read.
_VERSION = 1
# Characters; more than any form holds, and well below what a request may carry.
_LONGEST = 50_000

# The window has its own copy, so that a reload brings back what was written in this very window. A browser may forbid
# its storage, or have no room left: then the form is kept no longer than the page.
_OPEN = """() => {
  const key = %(key)s;
  const stores = act => ["sessionStorage", "localStorage"].map(name => {
    try { return act(window[name]); } catch { return null; }
  });
  const form = {who: null, text: "", timer: 0};
  form.write = () => {
    clearTimeout(form.timer);
    const text = form.text;
    form.text = "";
    if (text && text.length <= %(longest)s) stores(store => store.setItem(key, text));
  };
  form.keep = values => {
    if (form.who === null) return;
    const run = new URLSearchParams(location.search).get("run") || "";
    form.text = JSON.stringify({who: form.who, run, values});
    clearTimeout(form.timer);
    form.timer = setTimeout(form.write, 300);
  };
  form.belongs = who => {
    form.who = who;
    form.text = "";
    stores(store => {
      let owner = null;
      try { owner = JSON.parse(store.getItem(key)).who; } catch {}
      if (owner !== who) store.removeItem(key);
    });
  };
  (window.keptForms ||= {})[key] = form;
  addEventListener("pagehide", form.write);
  document.addEventListener("submit", event => {
    if (event.target.action.endsWith("/sign-out")) form.belongs(null);
  });
  return JSON.stringify(stores(store => store.getItem(key)).filter(text => text && text.length <= %(longest)s));
}"""

# Whoever was quicker than the server keeps what they wrote.
_FILL = """(told, ...now) => {
  const names = %(names)s, first = %(first)s, {who, values} = JSON.parse(told);
  window.keptForms[%(key)s].belongs(who);
  const untouched = place => JSON.stringify(now[place]) === JSON.stringify(first[place]);
  return names.map((name, place) => name in values && untouched(place) ? values[name] : now[place]);
}"""

_KEEP = """(...now) => {
  const names = %(names)s;
  window.keptForms?.[%(key)s]?.keep(Object.fromEntries(names.map((name, place) => [name, now[place]])));
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What a browser kept for the person who asks. It comes from outside: nothing in it can be relied on.

    Attributes:
        values: name -> value as JSON has it; empty if there is nothing of this person.
        run: the run that the address of the page named at that time; empty if it named none.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    run: str = ""


Fill = Callable[[Visit, Remembered], Updates]


class KeptForm:
    """Keeps the values of some components in the browser, and brings them back when the page is opened.

    Keeping takes no call of the server. The values come back only to the person who wrote them, and are taken out of
    the browser at the sign-out and as soon as somebody else opens the page.
    """

    def __init__(
        self, services: Services, name: str, components: Mapping[str, Any], fill: Fill, beside: Sequence[Any] = ()
    ) -> None:
        """Make one.

        Args:
            services: what the page works with.
            name: of the form, in the storage of the browser and of its events.
            components: name of a value -> the component that holds it.
            fill: returns the updates of these components when the page is opened, in answer to what was kept. It leaves
                out in silence whatever is not valid any more. Names that are not among ``components`` never reach it.
            beside: further components that ``fill`` may update.
        """
        self.services = services
        self.name = name
        self._components = components
        self._fill = fill
        self._beside = list(beside)
        words = {
            "key": f"{services.root}/show-and-tell/{name}/{_VERSION}",
            "names": list(components),
            "first": [component.value for component in components.values()],
            "longest": _LONGEST,
        }
        written = {name: json.dumps(word) for name, word in words.items()}
        self._open, self.fill_js, self.keep = _OPEN % written, _FILL % written, _KEEP % written

    def wire(self, demo: gr.Blocks) -> Any:
        """Bring the values back when ``demo`` is opened, keep them at every change; return the event of the first."""
        parts = self.parts
        self._told = gr.Textbox("", visible=False)
        filled = demo.load(
            self.restore,
            [self._told],
            [self._told, *parts, *self._beside],
            js=self._open,
            api_name=f"{self.name}_restore",
            **PRIVATE,
        )
        brought = filled.success(None, [self._told, *parts], parts, js=self.fill_js)
        # A part of the page that is folded away reports no change: what fills it in calls ``keep`` itself.
        gr.on([part.change for part in parts], None, parts, None, js=self.keep)
        return brought

    @property
    def parts(self) -> list[Any]:
        """The components: the inputs that ``keep`` needs."""
        return list(self._components.values())

    @needs(Action.OPEN_PAGE)
    def restore(self, visit: Visit, kept: str) -> Updates:
        """Answer what the browser kept: with the properties of the components, and in words for it, their values."""
        who = hashlib.sha256(visit.actor.name.encode()).hexdigest()[:16]
        updates: Updates = {}
        values: dict[str, Any] = {}
        names = {component: name for name, component in self._components.items()}
        for component, update in self._fill(visit, self._remembered(kept, who)).items():
            properties = dict(as_update(update))
            if component in names and "value" in properties:
                values[names[component]] = properties.pop("value")
            updates[component] = properties
        return {self._told: json.dumps({"who": who, "values": values}), **updates}

    def _remembered(self, kept: str, who: str) -> Remembered:
        texts = _read(kept)
        for text in texts if isinstance(texts, list) else ():
            found = _read(text)
            if isinstance(found, dict) and found.get("who") == who and isinstance(found.get("values"), dict):
                values = {name: value for name, value in found["values"].items() if name in self._components}
                return Remembered(values=values, run=str(found.get("run", "")))
        return Remembered()


def _read(text: object) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None

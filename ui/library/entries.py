"""The list of the Library: a plain list of buttons, one for each entry, as rows or as pictures.

What is chosen, and how the list looks, is a matter of the browser alone; what is opened or deleted is looked up on the
server by its id, for the person who asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from core import record
from core.errors import UnknownRunError
from core.queries import Entry
from core.runs import Status
from ui.parts import markup, sentences
from ui.services import Services

# Ids that one event of the browser may name.
_MOST = 500
_LONGEST_WORDS = 300

_PICTURE = f"<img src='{markup.in_template('each.picture')}' alt='' loading='lazy' decoding='async'>"
_ENTRY = (
    f"<li data-id='{markup.in_template('each.id')}'>"
    f"<label class='pick'><input type='checkbox' aria-label='Choose: {markup.in_template('each.words')}'></label>"
    "<button type='button' class='open'>"
    f"<span class='small'>${{each.picture ? `{_PICTURE}` : ''}}</span>"
    f"<span class='lines'><span class='words' dir='auto'>{markup.in_template('each.words')}</span>"
    f"<span class='about'>{markup.in_template('each.about')}"
    f"<time datetime='{markup.in_template('each.latest')}'>{markup.in_template('each.when')}</time></span></span>"
    "</button></li>"
)
_TEMPLATE = (
    "${value.entries.length ? `<div class='tools'>"
    "<button type='button' class='look'>Pictures</button>"
    "<button type='button' class='choose'>Choose several</button>"
    "<button type='button' class='remove' disabled>Delete the chosen</button></div>` : ''}"
    "<ul class='entries' role='list' aria-label='What is kept'>"
    f"${{value.entries.map(each => `{_ENTRY}`).join('')}}</ul>"
    "${value.more ? `<button type='button' class='further'>Show more</button>` : ''}"
)

# On a narrow screen the record takes the place of the list (library.css), and the way back leads to the same place.
_BEHAVIOUR = """
const columns = () => document.getElementById('library-columns');
const narrow = () => matchMedia('(max-width: 767px)').matches;
const all = () => [...element.querySelectorAll('.open')];
const place = id => all().findIndex(each => each.closest('li').dataset.id === id);
const chosen = () => [...element.querySelectorAll('.pick input:checked')].map(box => box.closest('li').dataset.id);
let opened = null, at = 0, top = 0, before = -1;

function paint() {
  for (const [name, part] of [['pictures', '.look'], ['choosing', '.choose']])
    element.querySelector(part)?.setAttribute('aria-pressed', element.classList.contains(name));
  const remove = element.querySelector('.remove');
  if (remove) remove.disabled = !chosen().length;
  for (const each of all()) {
    if (each.closest('li').dataset.id === opened) each.setAttribute('aria-current', 'true');
    else each.removeAttribute('aria-current');
  }
}
function show() {
  columns().classList.add('opened');
  if (!narrow()) return;
  if (!history.state?.library) history.pushState({...history.state, library: true}, '');
  const heading = document.querySelector('#library-facts h3');
  heading?.scrollIntoView();
  heading?.focus({preventScroll: true});
}
function close() {
  if (!columns()?.classList.contains('opened')) return;
  columns().classList.remove('opened');
  const there = place(opened);
  opened = null;
  paint();
  // Another tab may be in front by now.
  if (!columns().offsetParent) return;
  if (narrow()) window.scrollTo({top, behavior: "instant"});
  (all()[there < 0 ? Math.min(at, all().length - 1) : there] ?? element).focus({preventScroll: narrow()});
}
document.addEventListener('library-opened', show);
document.addEventListener('library-closed', () => history.state?.library ? history.back() : close());
window.addEventListener('popstate', close);
watch('value', () => {
  paint();
  if (before >= 0) all()[before]?.focus();
  before = -1;
});
element.tabIndex = -1;
element.addEventListener('change', paint);
element.addEventListener('keydown', event => {
  const here = all().indexOf(event.target);
  const to = {ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all().length - 1}[event.key];
  if (here < 0 || to === undefined) return;
  event.preventDefault();
  all()[to]?.focus();
});
element.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.matches('.open')) {
    opened = button.closest('li').dataset.id;
    at = place(opened);
    top = window.scrollY;
    trigger('open', {id: opened});
  }
  if (button.matches('.further')) {
    before = all().length;
    trigger('further');
  }
  if (button.matches('.remove')) trigger('remove', {ids: chosen()});
  if (button.matches('.look')) element.classList.toggle('pictures');
  if (button.matches('.choose') && !element.classList.toggle('choosing'))
    for (const box of element.querySelectorAll('.pick input')) box.checked = false;
  paint();
});
paint();
"""
OPENED = "() => { document.dispatchEvent(new Event('library-opened')); }"
CLOSED = "() => { document.dispatchEvent(new Event('library-closed')); }"
NOTHING: dict[str, Any] = {"entries": [], "more": False}


def component(elem_id: str) -> Any:
    """Return the list; its events are ``open`` with an id, ``remove`` with ids, and ``further``."""
    return gr.HTML(
        NOTHING,
        html_template=_TEMPLATE,
        js_on_load=_BEHAVIOUR,
        apply_default_css=False,
        label="What is kept",
        elem_id=elem_id,
    )


def value(services: Services, entries: Sequence[Entry], *, more: bool, names: bool) -> dict[str, Any]:
    """Return what the component shows; with ``names`` it tells whose each entry is."""
    return {"entries": [_shown(services, entry, names=names) for entry in entries], "more": more}


def named(event: gr.EventData) -> list[str]:
    """Return the ids that an event of the component names; the browser may send anything."""
    data = event._data if isinstance(event._data, dict) else {}
    ids = data.get("ids", [data.get("id")])
    return [each for each in ids if isinstance(each, str)][:_MOST] if isinstance(ids, list) else []


def _shown(services: Services, entry: Entry, *, names: bool) -> dict[str, str]:
    first = entry.first
    words = first.words if len(first.words) <= _LONGEST_WORDS else f"{first.words[: _LONGEST_WORDS - 1]}…"
    about = [f"{entry.turns} turns" if entry.turns > 1 else sentences.NOUNS.get(first.action, first.action.value)]
    if entry.status is not Status.DONE:
        about.append(sentences.OUTCOMES[entry.status])
    if names:
        about.append(f"by {first.actor}")
    return {
        "id": first.id,
        "words": words,
        "about": "".join(f"{each} · " for each in about),
        "latest": entry.latest,
        "when": sentences.when(entry.latest),
        "picture": _picture(services, entry),
    }


def _picture(services: Services, entry: Entry) -> str:
    """Return the address of the small picture that stands for an entry; the server makes it when it is asked for."""
    made = (picture.sha256 for picture in entry.first.pictures if not picture.blocked)
    for sha256 in (*made, *record.kept_pictures(entry.first.request)):
        try:
            services.pictures.path(sha256)
        except UnknownRunError:
            # A refused upload was never kept.
            continue
        return f"{services.root}/media/{sha256}.thumb"
    return ""

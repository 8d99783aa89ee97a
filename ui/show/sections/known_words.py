"""What the chosen model does not know of the prompt, told while it is written, with things to put in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from core.actions import Action
from core.models import ModelCard
from core.requests import MAX_PROMPT
from core.vocabulary.suggestions import replaced, sample, suggestions
from core.vocabulary.unknown import unknown_words
from core.vocabulary.vocabulary import Vocabulary
from ui.parts.markup import text
from ui.parts.sentences import few
from ui.permission import PRIVATE, needs
from ui.services import Services, Visit

# Unknown words with suggestions, and suggestions for each.
_STRANGE, _KNOWN = 3, 3

# Milliseconds of rest after the last letter before the server is asked, and between two questions to it: screen readers
# are not interrupted more often than that.
_REST, _APART = 600, 1_000
_WRITTEN, _CHOSEN = "show-written", "show-chosen"
_ON_LOAD = """
let timer, last = 0;
const later = () => {
  clearTimeout(timer);
  timer = setTimeout(() => { last = Date.now(); trigger('look'); }, Math.max(%d, last + %d - Date.now()));
};
const laterIfClosed = () => { if (element.querySelector('[data-closed]')) later(); };
document.addEventListener('%s', laterIfClosed);
document.addEventListener('%s', later);
// A prompt may be there before this line is.
if (document.querySelector('#show-prompt textarea')?.value) laterIfClosed();
element.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (!button) return;
  trigger('put', {word: button.dataset.word, known: button.dataset.known});
  document.querySelector('#show-prompt textarea')?.focus();
});
""" % (_REST, _APART, _WRITTEN, _CHOSEN)  # noqa: UP031 - the braces are those of the script


class KnownWords:
    """The line under the prompt. It stays empty with a model that any word may be tried on."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._card: Callable[[str], ModelCard | None] = lambda _: None

    def build(self, card: ModelCard | None) -> None:
        """Add the line to the page."""
        self.line = gr.HTML(_shown(_vocabulary(card), "", ""), js_on_load=_ON_LOAD, elem_id="show-known")

    def wire(self, card: Callable[[str], ModelCard | None], inputs: dict[str, Any]) -> None:
        """Look at the words once they rest, and again when another model is chosen.

        Args:
            card: id of a model -> its card, None if it cannot run here.
            inputs: the components of the form, ``prompt``, ``negative_prompt`` and ``model`` among them.
        """
        self._card = card
        prompt, keep_out, model = inputs["prompt"], inputs["negative_prompt"], inputs["model"]
        for changes, name in (([prompt.change, keep_out.change], _WRITTEN), ([model.change], _CHOSEN)):
            gr.on(changes, None, js=f"() => {{ document.dispatchEvent(new Event('{name}')); }}")
        self.line.look(
            self.look,
            [prompt, keep_out, model],
            [self.line],
            api_name="show_look",
            trigger_mode="always_last",
            **PRIVATE,
        )
        self.line.put(self.put, [prompt, model], [prompt], api_name="show_put", **PRIVATE)

    @needs(Action.GENERATE)
    def look(self, _visit: Visit, prompt: str, keep_out: str, model: str) -> str:
        """Say which words the model does not know."""
        return _shown(_vocabulary(self._card(model)), prompt, keep_out)

    @needs(Action.GENERATE)
    def put(self, _visit: Visit, prompt: str, model: str, event: gr.EventData) -> Any:
        """Put a word the model knows in the place of one it does not know."""
        vocabulary = _vocabulary(self._card(model))
        word, known = getattr(event, "word", None), getattr(event, "known", None)
        if not isinstance(word, str) or known not in suggestions(vocabulary, word, _KNOWN):
            return gr.skip()
        return replaced(vocabulary, prompt[:MAX_PROMPT], word, known)


def _vocabulary(card: ModelCard | None) -> Vocabulary:
    return card.vocabulary if card is not None else Vocabulary()


def _shown(vocabulary: Vocabulary, prompt: str, keep_out: str) -> str:
    """Return the line as HTML: a sentence that screen readers read out, and the buttons."""
    words = unknown_words(vocabulary, prompt[:MAX_PROMPT])
    places = [(word, near) for word in words if (near := suggestions(vocabulary, word, _KNOWN))][:_STRANGE]
    sentences = [f"Does not know: {few(words)}"] if words else []
    if words and not places:
        sentences.append(f"It draws {len(vocabulary.things)} things, such as {', '.join(sample(vocabulary))}")
    if unheard := unknown_words(vocabulary, keep_out[:MAX_PROMPT]):
        sentences.append(f"Cannot keep out: {few(unheard)}")
    said = f"<p class='quiet' data-announce dir='auto'>{text('. '.join(sentences))}</p>"
    listed = "".join(f"<li><span>{text(word)}</span>{_buttons(word, near)}</li>" for word, near in places)
    return f"<div{' data-closed' if vocabulary.closed else ''}>{said}{f'<ul>{listed}</ul>' if listed else ''}</div>"


def _buttons(word: str, near: tuple[str, ...]) -> str:
    return "".join(
        f"<button type='button' data-word='{text(word)}' data-known='{text(known)}'"
        f" aria-label='{text(f'{known} in place of {word}')}'>{text(known)}</button>"
        for known in near
    )

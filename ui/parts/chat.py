"""The talk as the page shows it: every word as it was written, by a person or a model.

Gradio's own chat hands messages to the browser as HTML, even where it renders no Markdown.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui.parts import markup

_WELCOME = "Ask anything about the picture. Follow-up questions keep the thread."
_SIDE = "${each.role === 'user' ? 'user' : 'bot'}"
# The log itself says nothing: a reader would begin again with every word that comes.
_NEWEST = "${each.role !== 'user' && position === value.length - 1 ? ' data-announce' : ''}"
_MESSAGE = (
    f"<div class='turn from-{_SIDE}' role='group' aria-label='${{each.role === 'user' ? 'Question' : 'Answer'}}'>"
    f"<div class='message {_SIDE}' data-testid='{_SIDE}' dir='auto'{_NEWEST}>{markup.in_template('each.content')}</div>"
    "<button type='button' class='copy' data-position='${position}' aria-label='Copy this message' title='Copy'>"
    "</button></div>"
)
_MESSAGES = f"value.map((each, position) => `{_MESSAGE}`).join('')"
_TEMPLATE = (
    "<button type='button' class='clear'${value.length ? '' : ' hidden'}>Clear</button>"
    "<div class='talk' role='log' aria-live='off' aria-label='The talk about the picture' tabindex='0'>"
    f"${{value.length ? {_MESSAGES} : `<p class='welcome'>{_WELCOME}</p>`}}</div>"
)

# What is copied is the message itself, never what the browser made of it. Where the page came over plain http from
# another machine there is no clipboard to write to, but a selection can be copied. The newest words stay in sight
# unless the reader has scrolled up.
_BEHAVIOUR = """
let follow = true;
element.addEventListener('scroll', event => {
  const log = event.target;
  follow = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
}, true);
new MutationObserver(() => {
  const log = element.querySelector('.talk');
  if (follow) log.scrollTop = log.scrollHeight;
}).observe(element, {childList: true, subtree: true, characterData: true});
async function copy(words) {
  if (navigator.clipboard) return navigator.clipboard.writeText(words);
  const box = document.createElement('textarea');
  box.value = words;
  document.body.append(box);
  box.select();
  document.execCommand('copy');
  box.remove();
}
element.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button?.matches('.copy')) {
    copy(props.value[button.dataset.position].content).then(() => {
      button.classList.add('copied');
      setTimeout(() => button.classList.remove('copied'), 1200);
    });
  }
  if (button?.matches('.clear')) {
    props.value = [];
    trigger('clear');
  }
});
"""


def chat(elem_id: str) -> Any:
    """Return the component: its value is a list of ``{"role", "content"}``, its event ``clear``."""
    return gr.HTML(
        [],
        html_template=_TEMPLATE,
        js_on_load=_BEHAVIOUR,
        apply_default_css=False,
        label="Talk",
        elem_id=elem_id,
    )

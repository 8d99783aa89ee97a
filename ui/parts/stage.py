"""The place of the pictures: words, work under way, a grid of several pictures, or one of them large."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import gradio as gr

from core.errors import StudioError, UnknownRunError
from core.runs import KeptPicture, Run
from core.watching import Update
from ui.parts import named
from ui.services import Services

# Gradio renders the template once: it uses no value, so the nodes that the script fills are never replaced.
_TEMPLATE = """
<div class="words"></div>
<div class="pictures" id="{pictures_id}" hidden>
<div class="grid" role="group" aria-label="Pictures" hidden></div>
<div class="one" role="group" aria-label="Picture" tabindex="-1" hidden>
  <div class="frame"></div>
{buttons}
</div>
<div class="bar" hidden><span></span></div>
<p class="caption" dir="auto"></p>
</div>
"""
_BUTTONS = {
    "back": ("Back to all pictures", "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z"),
    "before": ("Previous picture", "M15 5l-7 7 7 7"),
    "after": ("Next picture", "M9 5l7 7-7 7"),
    "full": ("Full screen", "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"),
}
_BUTTON = (
    '<button type="button" class="{name}" title="{label}" aria-label="{label}">'
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{path}"/></svg></button>'
)
_SCRIPT = (Path(__file__).resolve().parents[2] / "assets" / "js" / "stage.js").read_text(encoding="utf-8")
# From so many pictures on a tile is no larger than the small copy.
_SMALL_FROM = 5

Value = dict[str, Any]


def stage(elem_id: str, pictures_id: str, value: Value, *, visible: bool = True) -> Any:
    """Return the component. Its value is one of those made here; ``select`` tells the picture that is opened large.

    Args:
        elem_id: of the whole.
        pictures_id: of what shows the pictures.
        value: what it shows first.
        visible: whether it is on the page.
    """
    buttons = (_BUTTON.format(name=name, label=label, path=path) for name, (label, path) in _BUTTONS.items())
    return gr.HTML(
        value,
        html_template=_TEMPLATE.format(pictures_id=pictures_id, buttons="".join(buttons)),
        js_on_load=_SCRIPT,
        apply_default_css=False,
        label="Pictures",
        elem_id=elem_id,
        elem_classes="stage",
        visible=visible,
    )


def words(html: str, *, state: str = "words") -> Value:
    """Return the value that shows words in place of pictures; ``html`` is markup made by ``ui.parts.markup``."""
    return {"state": state, "run": "", "places": [], "words": html}


def working(services: Services, update: Update) -> Value:
    """Return the value for a run under way: what is finished, then the picture being made, then empty places."""
    run, progress, count = update.run, update.progress, _count(update.run)
    places = [_place(services, run, picture) for picture in run.pictures]
    if len(places) < count:
        preview = progress.preview if progress else None
        shown = f"data:image/png;base64,{base64.b64encode(preview).decode()}" if preview else ""
        places.append({"making": True, "preview": shown})
    places += [{}] * (count - len(places))
    share = progress.step / progress.steps if progress and progress.steps else 0
    return {"state": "working", "run": run.id, "places": places, "share": round(share, 3), "caption": run.words}


def pictures(services: Services, run: Run) -> Value:
    """Return the value for a run that has ended with pictures."""
    places = [_place(services, run, picture) for picture in run.pictures]
    return {"state": "pictures", "run": run.id, "places": places, "caption": run.words}


def picture(path: Path, caption: str) -> Value:
    """Return the value for one picture that no run made."""
    places = [{"image": _file(path), "caption": caption}]
    return {"state": "pictures", "run": path.name, "places": places, "caption": caption}


def first(run: Run) -> int | None:
    """Return the place of the first picture of a run that may be shown; None if there is none."""
    return next((place for place, picture in enumerate(run.pictures) if not picture.blocked), None)


def download(services: Services, run: Run, position: int) -> Any:
    """Return the update of a button that lets people download one picture: the kept file, byte for byte."""
    try:
        path = named.picture(services, run, run.pictures[position])
    except StudioError:
        return gr.update(value=None, interactive=False)
    return gr.update(value=str(path), interactive=True)


def _place(services: Services, run: Run, picture: KeptPicture) -> Value:
    if picture.blocked:
        return {"refused": f"Not shown: {picture.blocked}"}
    seed = "" if picture.seed is None else f", seed {picture.seed}"
    try:
        place = {"image": _file(named.picture(services, run, picture)), "caption": f"{run.words}{seed}"}
        small = services.pictures.thumbnail(picture.sha256) if _count(run) >= _SMALL_FROM else None
    except UnknownRunError as error:
        return {"refused": f"Not there any more: {error} (run {run.id}{seed})"}
    return {**place, "small": _file(small)} if small else place


def _count(run: Run) -> int:
    return int(run.request.get("count", 1))


def _file(path: Path) -> Value:
    """Return a file as Gradio sends it: byte for byte, under the name people see."""
    data: Value = gr.FileData(path=str(path), orig_name=path.name).model_dump()
    return data

"""Small pieces of HTML. Every word that comes from outside is escaped here and nowhere else.

Gradio puts values into HTML as they are. So words pass through ``text`` on their way into HTML made here, through
``in_template`` where the browser fills a template; sentences of errors are escaped in ``ui.permission``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from core.findings import Finding
from core.runs import Run, Status
from ui.parts import sentences
from ui.permission import title

# The columns worth comparing by eye, best first.
_COMPARED = ("runs", "median", "waiting_now")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def text(words: object) -> str:
    """Return words safe to stand in a page."""
    return escape(str(words))


class Html(str):
    """Markup that was made here: it stands in a page as it is."""

    __slots__ = ()


def moment(time: str | None) -> Html:
    """Return a UTC time for people and for the browser, which knows where they are."""
    return Html(f"<time datetime='{text(time)}'>{text(sentences.when(time))}</time>" if time else "")


def in_template(name: str) -> str:
    """Return the place of a template of ``gr.HTML`` that shows the words of the property ``name``.

    Its other syntax, two braces, is no way out: what that inserts is run as a script afterwards.
    """
    return f"${{String({name} ?? '').replace(/[&<>\"'`]/g, sign => `&#${{sign.charCodeAt(0)}};`)}}"


# The page's script reads out what changes in ``data-announce``, at most once a second: no live region by itself, since
# the steps of a run pass too quickly for any voice.
STATUS = f"<p class='status' data-announce>{in_template('value')}</p>"


def empty(headline: str, hint: str) -> str:
    """Return an empty state that teaches the next step."""
    return f"<div class='empty'><p class='headline'>{text(headline)}</p><p>{text(hint)}</p></div>"


def refusal(code: str, sentence: str, findings: Sequence[Finding] = ()) -> str:
    """Return why something did not happen, in the words of the refusal, with the rules behind it."""
    others = "".join(_finding(finding) for finding in findings if finding.reason not in sentence)
    listed = f"<ul>{others}</ul>" if others else ""
    rules = ", ".join(dict.fromkeys(f"{finding.rule}: {finding.category}" for finding in findings))
    small = f"<p class='quiet'>{text(rules)}</p>" if rules else ""
    headline = f"<p class='headline'>{text(title(code))}</p>"
    return f"<div class='refusal' role='alert'>{headline}<p>{text(sentence)}</p>{listed}{small}</div>"


def ending(run: Run) -> str:
    """Return what stands in the place of the picture when a run ended without one."""
    return refusal(run.code, sentences.ended(run), run.findings)


def _finding(finding: Finding) -> str:
    tip = f"rule {finding.rule}"
    return f"<li title='{text(tip)}'>{text(finding.reason)} <span class='quiet'>{text(finding.category)}</span></li>"


def facts(pairs: Iterable[tuple[str, object]]) -> str:
    """Return a list of names and values; empty values are left out."""
    rows = "".join(
        f"<dt>{text(name)}</dt><dd>{value if isinstance(value, Html) else text(value)}</dd>"
        for name, value in pairs
        if value not in (None, "", (), {}, [])
    )
    return f"<dl class='facts'>{rows}</dl>"


def rows(table: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as a table; one column of numbers gets bars, so that the eye can compare."""
    if not table:
        return "<p class='quiet'>Nothing in this time.</p>"
    columns = list(table[0])
    numeric = [name for name in columns if all(_number(row.get(name)) or row.get(name) is None for row in table)]
    barred = next((name for name in _COMPARED if name in numeric), None)
    top = max((float(row[barred] or 0) for row in table), default=0) if barred else 0
    head = "".join(f"<th{_side(name in numeric)}>{text(name.replace('_', ' '))}</th>" for name in columns)
    body = "".join(
        "<tr>"
        + "".join(_cell(row.get(name), name in numeric, top if name == barred else 0) for name in columns)
        + "</tr>"
        for row in table
    )
    return (
        f"<div class='scroll'><table class='figures'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _side(right: bool) -> str:
    return " class='number'" if right else ""


def _cell(value: object, numeric: bool, top: float) -> str:
    if isinstance(value, str) and _TIME.fullmatch(value):
        return f"<td>{moment(value)}</td>"
    if not numeric:
        return f"<td>{text('' if value is None else value)}</td>"
    shown = "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
    share = float(value) / top if top > 0 and isinstance(value, int | float) else 0
    bar = f" style='--share:{share:.3f}'" if top > 0 else ""
    return f"<td class='number{' barred' if top > 0 else ''}'{bar}>{shown}</td>"


def outcome(status: Status) -> str:
    """Return an outcome as a small mark."""
    return f"<span class='outcome {status.value}'>{text(sentences.OUTCOMES[status])}</span>"

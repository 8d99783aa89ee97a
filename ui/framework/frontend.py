"""Gradio's page with our own head: title, icon and preview, nothing from elsewhere, and less to load."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gradio
from gradio import routes
from jinja2 import ChoiceLoader, DictLoader
from markupsafe import Markup

_TEMPLATE = "frontend/index.html"
_FOLDER = Path(gradio.__file__).parent / "templates" / "frontend"
ASSETS, STATIC = _FOLDER / "assets", _FOLDER / "static"

# What a component is told of itself that only Gradio's server reads: a third of the page.
_UNREAD = frozenset({"api_info", "api_info_as_input", "api_info_as_output", "example_inputs"})
# Its examples name files on other hosts, and nothing is fetched from addresses here: the name of a file is left.
_ELSEWHERE = re.compile(r"https?://(?:raw\.githubusercontent|github)\.com/[^\"\\\s']*/")
_PREVIEW = re.compile(r'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*>')
_MANIFEST = re.compile(r'<link rel="manifest"[^>]*>')
# Tells a foreign page around this one how tall it is.
_RESIZER = re.compile(r"<script>(?:(?!</script>).)*iframeResizer\.contentWindow(?:(?!</script>).)*</script>", re.DOTALL)
_EXPORTS = re.compile(r"export\s*\{([^}]*)\}")

# In the places of the head that Gradio fills with its own name and picture. ``address`` ends with a slash.
_HEAD = """
		{%- set address = page_address(request) %}
		<title>{{ words.title }}</title>
		<meta name="description" content="{{ words.description }}" />
		<meta name="theme-color" content="{{ config.get('body_css', {}).get('body_background_fill', '') }}" />
		<link rel="icon" type="image/svg+xml" href="static/own/icon.svg" />
		<link rel="apple-touch-icon" href="static/own/icon-192.png" />
		<link rel="manifest" href="manifest.json" />
		<meta property="og:type" content="website" />
		<meta property="og:url" content="{{ address }}" />
		<meta property="og:title" content="{{ words.title }}" />
		<meta property="og:description" content="{{ words.description }}" />
		<meta property="og:image" content="{{ address }}static/own/preview.png" />
		<meta property="og:image:width" content="1200" />
		<meta property="og:image:height" content="630" />
		<meta property="og:image:alt" content="{{ words.preview }}" />
		<meta name="twitter:card" content="summary_large_image" />
		<meta name="twitter:title" content="{{ words.title }}" />
		<meta name="twitter:description" content="{{ words.description }}" />
		<meta name="twitter:image" content="{{ address }}static/own/preview.png" />
		<style>FIRST_STYLE</style>
		<script defer src="static/own/times.js"></script>"""


def use_own_head(words: Mapping[str, str], page_address: Callable[[Any], str], *, framed: bool, style: str) -> None:
    """Let every page of this process begin with our own head.

    Args:
        words: ``title``, ``description`` and ``preview``, which says what is on the preview picture.
        page_address: a request -> the address of the page as its reader sees it, with a slash at its end.
        framed: whether a foreign page shows this one in a frame, as on a Space.
        style: rules that hold before the style sheets of the page have come.
    """
    environment = routes.templates.env
    source = own_template((_FOLDER / "index.html").read_text(encoding="utf-8"), framed=framed, style=style)
    environment.loader = ChoiceLoader([DictLoader({_TEMPLATE: source}), environment.loader])
    environment.globals |= {"page_address": page_address, "words": words}
    environment.filters |= {"slim": _slim, "at_home": _at_home}


def own_template(source: str, *, framed: bool, style: str = "") -> str:
    """Return Gradio's template with our head; a place that a later release no longer has is left as it is."""
    source = _MANIFEST.sub("", _PREVIEW.sub("", source))
    # After the character set, which has to stand first.
    source = source.replace("<style>", f"{_HEAD.strip().replace('FIRST_STYLE', style.strip())}\n\n\t\t<style>", 1)
    source = source.replace("{{ config | toorjson }}", "{{ config | slim | toorjson | at_home }}")
    source = source.replace("{{ gradio_api_info | toorjson }}", "{{ gradio_api_info | toorjson | at_home }}")
    return source if framed else _RESIZER.sub("", source)


def unused() -> dict[str, bytes]:
    """Return names of scripts in ``ASSETS`` -> what is served instead.

    Every gallery and sound loads a player of HLS streams, half a megabyte, which is asked for streams alone
    (release 6.31). There are none here: ours says that it plays nothing, and the browser plays files by itself.
    """
    return {path.name: _says_no(path.read_text(encoding="utf-8")) for path in ASSETS.glob("hls-*.js")}


def _says_no(script: str) -> bytes:
    found = _EXPORTS.findall(script)
    names = [part.split(" as ")[-1].strip() for part in found[-1].split(",")] if found else []
    nothing = "const none = () => false;\nnone.isSupported = none;\n"
    return f"{nothing}export {{{', '.join(f'none as {name}' for name in names)}}};\n".encode()


def _slim(config: dict[str, Any]) -> dict[str, Any]:
    components = [
        {key: value for key, value in component.items() if key not in _UNREAD}
        for component in config.get("components", ())
    ]
    return {**config, "components": components}


def _at_home(text: str) -> Any:
    return Markup(_ELSEWHERE.sub("", str(text)))  # noqa: S704 - made safe for scripts by the filter before

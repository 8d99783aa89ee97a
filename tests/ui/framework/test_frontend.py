"""Whether Gradio's page, as it is installed, still has the places that ours takes."""

from __future__ import annotations

import re

import pytest

from ui.framework import frontend

SOURCE = (frontend.ASSETS.parent / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("framed", [False, True])
def test_the_head_is_ours_and_names_nothing_elsewhere(framed: bool) -> None:
    page = frontend.own_template(SOURCE, framed=framed)
    assert page.count('property="og:title"') == page.count('name="twitter:image"') == 1
    assert "Gradio" not in page.partition("</head>")[0].replace("iframeResizer", "").partition("<script>")[0]
    assert not re.search(r"https?://", page)
    assert page.count('rel="manifest"') == 1
    assert page.index("charset") < page.index("<title>")
    assert page.index("<base") < page.index("static/own/icon.svg")
    assert page.count("| slim |") == 1
    assert page.count("| at_home }}") == 2
    assert ("iframeResizer.contentWindow" in page) is framed
    # The scripts of the page are those of Gradio.
    scripts = re.compile(r'src="\./assets/[^"]+"|__gradio_mode__|window\.gradio_config =|<gradio-app')
    assert scripts.findall(page) == scripts.findall(SOURCE)


def test_the_player_of_streams_is_replaced_name_for_name() -> None:
    replaced = frontend.unused()
    assert len(replaced) == 1
    name, script = replaced.popitem()
    given = re.findall(r" as (\w+)[,}]", (frontend.ASSETS / name).read_text(encoding="utf-8")[-200:])
    assert given == re.findall(r"none as (\w+)", script.decode())
    assert given, "it exports something"


def test_addresses_of_examples_become_names_of_files() -> None:
    text = (
        'path: "https://raw.githubusercontent.com/gradio-app/gradio/main/test/test_files/bus.png", "http://here/file"'
    )
    assert frontend._at_home(text) == 'path: "bus.png", "http://here/file"'

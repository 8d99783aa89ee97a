"""What a browser kept comes back to the person who wrote it, and to nobody else, whatever is in the storage."""

from __future__ import annotations

import json

import gradio as gr
import pytest

from ui.parts.browser import KeptForm


@pytest.fixture
def kept(services):
    """A form of one box, and what each opening of the page was told."""
    told = []

    def fill(_visit, remembered):
        told.append(remembered)
        return {box: remembered.values.get("box", "nothing"), choice: gr.update(choices=["a"], value="a"), line: "seen"}

    with gr.Blocks() as demo:
        box, choice, line = gr.Textbox(""), gr.Radio(["a", "b"]), gr.HTML()
        form = KeptForm(services, "test", {"box": box, "choice": choice}, fill, beside=[line])
        form.wire(demo)
    form.told, form.line, form.choice = told, line, choice
    return form


def answer(kept, visit, *texts):
    updates = kept.restore(visit, json.dumps(texts))
    return json.loads(next(iter(updates.values()))), updates


def who(kept, visit):
    return answer(kept, visit)[0]["who"]


def text(who, **values):
    return json.dumps({"who": who, "run": "a-run", "values": values})


def test_the_same_person_gets_it_back_in_words_for_the_browser(kept, asking):
    visit = asking("creator")
    told, updates = answer(kept, visit, text(who(kept, visit), box="a fox", unknown=1))
    assert told["values"] == {"box": "a fox", "choice": "a"}
    assert kept.told[-1].values == {"box": "a fox"}
    assert kept.told[-1].run == "a-run"
    assert updates[kept.choice]["choices"] == ["a"]
    assert "value" not in updates[kept.choice], "the browser decides whether it comes too late"
    assert updates[kept.line]["value"] == "seen"


@pytest.mark.parametrize("other", ["creator-other", "guest-1", "guest-2"])
def test_another_person_gets_nothing(kept, asking, other):
    mine = who(kept, asking("creator"))
    told, _ = answer(kept, asking(other), text(mine, box="a secret"))
    assert told["values"]["box"] == "nothing"
    assert told["who"] != mine
    assert "creator" not in mine


def test_of_two_storages_the_one_of_this_person_counts(kept, asking):
    visit = asking("creator")
    mine = who(kept, visit)
    assert answer(kept, visit, text("another", box="a secret"), text(mine, box="a fox"))[0]["values"]["box"] == "a fox"


@pytest.mark.parametrize(
    "garbage",
    [
        *("", "null", "[]", "{}", "{", "[" * 60_000, "1" * 10_000, '"x"', "[null]", "[[]]", "[1e999]", '["{"]'),
        *('[{"who": 1}]', '["{\\"who\\": \\"WHO\\"}"]', '["{\\"who\\": \\"WHO\\", \\"values\\": [1]}"]'),
    ],
)
def test_garbage_is_nothing(kept, asking, garbage):
    visit = asking("creator")
    kept.restore(visit, garbage.replace("WHO", who(kept, visit)))
    assert kept.told[-1].values == {}

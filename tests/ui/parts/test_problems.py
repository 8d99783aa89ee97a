"""What is wrong stands at its field."""

from __future__ import annotations

import gradio as gr

from core.errors import InvalidRequestError
from ui.parts.problems import Problems, as_typed


def test_a_problem_names_its_field_its_fold_and_the_words_for_people():
    with gr.Blocks():
        box = gr.Textbox(label="Name", elem_id="the-name")
        with gr.Accordion("More", elem_id="the-fold"), gr.Row():
            number = gr.Number(label="Age", elem_id="the-age")
        problems = Problems({"name": box, "age": number})
        problems.build("the-problem")
    told = problems.at(InvalidRequestError("age", 1, "2 to 3", advice="Write your age."))[problems.place]
    assert (told["id"], told["fold"], told["words"]) == ("the-age", "the-fold", "Write your age.")
    again = problems.at(InvalidRequestError("age", 1, "2 to 3", advice="Write your age."))[problems.place]
    assert again != told, "the same message twice is two messages"
    told = problems.at(InvalidRequestError("name", "", "a name"))[problems.place]
    assert (told["id"], told["fold"], told["words"]) == ("the-name", "", "Allowed: a name.")
    told = problems.at(InvalidRequestError("place", "x", "no place"))[problems.place]
    assert (told["id"], told["label"]) == ("", "place")


def test_only_number_fields_are_asked_what_was_typed():
    with gr.Blocks():
        parts = [gr.Textbox(elem_id="a"), gr.Number(elem_id="b"), gr.Slider(elem_id="c"), gr.Radio(elem_id="d")]
    assert '["", "b", "c", ""]' in as_typed(parts)

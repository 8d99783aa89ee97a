from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from core import follow
from core.errors import BlockedError
from core.requests import REQUESTS, AskRequest, DescribeRequest, GenerateRequest, SpeakRequest
from core.results import Measure
from tests.program import picture
from ui.library import entries, tab
from ui.library.tab import Library
from ui.parts import galleries


@pytest.fixture
def library(place, services):
    return place(Library, services)


def finish(program, request, name="creator", **named):
    actor = program.actor(name=name)
    return program.studio.result(actor, program.studio.submit(actor, request, **named))


def talk(program, *questions, name="creator"):
    """Ask about one picture, and have the last answer spoken; return the turns."""
    turns = []
    for question in questions:
        named = {"talk": turns[0].talk} if turns else {}
        turns.append(finish(program, AskRequest(image=picture(), question=question), name, **named))
    follow.speak(program.studio, program.actor(name=name), turns[-1].id)
    return turns


def find(library, asking, name="creator", **wanted):
    asked = {"search": "", "kind": "", "end": "", "everybody": False, **wanted}
    return library.find(asking(name), *asked.values())


def listed(library, found):
    return found[library.list]["entries"]


def click(**data):
    return gr.EventData(None, data)


def open_entry(library, asking, run, name="creator"):
    return library.open(asking(name), click(id=run.id))


def delete(library, asking, question, name="creator", typed=""):
    doomed = question[library.removal.doomed]
    return library.delete(asking(name), doomed, typed, "", "", "", False)


def test_an_empty_library_says_what_to_do(library, asking):
    found = find(library, asking)
    assert "Make your first picture" in found[library.nothing]["value"]
    assert found[library.nothing]["visible"]
    assert found[library.status] == "No entries"


def test_runs_are_found_by_word_kind_and_outcome(library, program, asking):
    apple = finish(program, GenerateRequest(prompt="a red apple"))
    finish(program, AskRequest(image=picture(), question="What is this?"))
    with pytest.raises(BlockedError):
        finish(program, GenerateRequest(prompt="a naked woman"))
    everything = find(library, asking)
    assert (len(listed(library, everything)), everything[library.status]) == (3, "3 entries")
    (found,) = listed(library, find(library, asking, search="apple"))
    assert (found["id"], found["words"], found["latest"]) == (apple.id, "a red apple", apple.queued)
    assert found["picture"] == f"/media/{apple.pictures[0].sha256}.thumb"
    assert len(listed(library, find(library, asking, kind="ask"))) == 1
    (blocked,) = listed(library, find(library, asking, end="blocked"))
    assert (blocked["words"], blocked["about"], blocked["picture"]) == (
        "a naked woman",
        "picture · refused by a safety rule · ",
        "",
    )


def test_a_talk_is_one_entry_found_by_any_of_its_turns(library, program, asking):
    first, second = talk(program, "What is this?", "Which colour?")
    finish(program, SpeakRequest(text="Hello"))
    entries_now = listed(library, find(library, asking))
    assert [each["words"] for each in entries_now] == ["Hello", "What is this?"]
    assert (entries_now[1]["about"], entries_now[1]["latest"]) == ("2 turns · ", second.queued)
    assert entries_now[1]["picture"]
    for wanted in ({"search": "colour"}, {"kind": "ask"}, {"end": "done", "search": "what"}):
        assert [each["id"] for each in listed(library, find(library, asking, **wanted))] == [first.id]
    assert [each["words"] for each in listed(library, find(library, asking, kind="speak"))] == ["Hello"]


def test_more_is_shown_on_demand(library, program, asking, monkeypatch):
    monkeypatch.setattr(tab, "_PAGE", 2)
    runs = [finish(program, GenerateRequest(prompt=f"apple {number}")) for number in range(5)]
    found, shown = find(library, asking), []
    while True:
        shown.append([each["id"] for each in listed(library, found)])
        if not found[library.list]["more"]:
            break
        assert found[library.status] == f"The newest {len(shown[-1])} entries. There are more."
        found = library.further(asking("creator"), found[library.shown], "", "", "", False)
    newest = [run.id for run in runs][::-1]
    assert shown == [newest[:2], newest[:4], newest]


def test_everybodys_runs_are_for_those_who_may(library, program, asking):
    finish(program, GenerateRequest(prompt="a red apple"))
    assert listed(library, find(library, asking, "creator-other", everybody=True)) == []
    (seen,) = listed(library, find(library, asking, "admin-ada", everybody=True))
    assert seen["about"] == "picture · by creator · "
    assert "by" not in listed(library, find(library, asking))[0]["about"]
    assert find(library, asking)[library.everybody]["visible"] is False


def test_a_record_is_readable_and_whole(library, program, asking):
    run = finish(program, GenerateRequest(prompt="a <b>bold</b> apple", seed=7))
    opened = open_entry(library, asking, run)
    facts = opened[library.record.facts]
    assert "a &lt;b&gt;bold&lt;/b&gt; apple" in facts
    assert f"<time datetime='{run.queued}'>" in facts
    assert opened[library.record.json]["pictures"][0]["seed"] == 7
    assert opened[library.record.json]["environment"] == {"engine": "painter", "version": 1}
    assert opened[library.status] == "Opened: a <b>bold</b> apple"


def test_an_open_talk_shows_its_picture_all_turns_and_the_voices(library, program, services, asking):
    program.painter.answer = "It is <i>red</i>."
    first, second = talk(program, "What is this?", "Which <b>colour</b>?")
    opened = open_entry(library, asking, first)
    facts = opened[library.record.facts]
    assert re.findall(r"class='(asked|answered) words' dir='auto'>([^<]*)<", facts) == [
        ("asked", "What is this?"),
        ("answered", "It is &lt;i&gt;red&lt;/i&gt;."),
        ("asked", "Which &lt;b&gt;colour&lt;/b&gt;?"),
        ("answered", "It is &lt;i&gt;red&lt;/i&gt;."),
    ]
    (voice,) = (run for run in services.library.runs() if run.parent == second.id)
    assert facts.count("<audio") == 1
    assert f"src='/runs/{voice.id}/sound'" in facts
    (place,) = opened[library.record.stage]["value"]["places"]
    assert place["image"]["path"] == str(program.pictures.path(first.request["image"]["sha256"]))
    assert place["caption"] == "The picture that was asked about"
    assert opened[library.record.download]["visible"] is False
    assert [each["id"] for each in opened[library.record.json]] == [first.id, second.id, voice.id]


@pytest.mark.parametrize("request_", [AskRequest(image=picture(), question="What?"), DescribeRequest(image=picture())])
def test_a_single_question_shows_its_picture_too(library, program, asking, request_):
    run = finish(program, request_)
    follow.speak(program.studio, program.actor(), run.id)
    opened = open_entry(library, asking, run)
    assert len(opened[library.record.stage]["value"]["places"]) == 1
    assert "<dt>Answer</dt><dd>It is red. It is square.</dd>" in opened[library.record.facts]
    assert opened[library.record.facts].count("<audio") == 1


def test_the_picture_that_is_opened_large_can_be_downloaded(library, program, asking):
    run = finish(program, GenerateRequest(prompt="a fox", count=2, seed=5))
    opened = open_entry(library, asking, run)
    assert [place["caption"] for place in opened[library.record.stage]["value"]["places"]] == [
        "a fox, seed 5",
        "a fox, seed 6",
    ]
    large = library.pick(asking("creator"), run.id, gr.SelectData(None, {"index": 1, "value": ""}))
    for position, button in enumerate((opened[library.record.download], large)):
        assert Path(button["value"]).read_bytes() == program.pictures.path(run.pictures[position].sha256).read_bytes()
    with pytest.raises(gr.Error, match="whole number from 0 to 1"):
        library.pick(asking("creator"), run.id, gr.SelectData(None, {"index": 2, "value": ""}))


def test_what_can_be_done_next_depends_on_the_entry_and_on_who_looks(library, program, asking):
    made, asked = finish(program, GenerateRequest(prompt="a fox")), talk(program, "What?", "And?")[0]
    with pytest.raises(BlockedError):
        finish(program, GenerateRequest(prompt="a naked woman " * 40))
    (refused,) = library.services.library.runs(search="naked")

    def offered(run, name="creator"):
        opened, on = open_entry(library, asking, run, name), library.record
        return [opened[button]["visible"] for button in (on.load, on.replay, on.talk, on.delete)]

    assert offered(made) == [True, True, False, True]
    assert offered(asked) == [False, False, True, True]
    # Kept in short: it cannot be made again.
    assert offered(refused) == [False, False, False, True]
    assert offered(made, "admin-ada") == [True, True, False, True]


def test_a_talk_goes_on_in_tell(library, program, asking):
    first, _ = talk(program, "What?", "And?")
    (sent, _), tabs = library.go_on(asking("creator"), first.id)
    assert (sent, tabs.selected) == (first.id, "tell")
    with pytest.raises(gr.Error, match="no run"):
        library.go_on(asking("creator-other"), first.id)


def test_a_refusal_shows_its_reason(library, program, services, asking):
    with pytest.raises(BlockedError):
        finish(program, GenerateRequest(prompt="a naked woman"))
    (run,) = services.library.runs()
    opened = open_entry(library, asking, run)
    assert "naked" in opened[library.record.facts]
    assert opened[library.record.json]["findings"][0]["verdict"] == "block"


def test_replay_verifies(library, program, asking):
    run = finish(program, GenerateRequest(prompt="a red apple", seed=7))
    *_, line = library.verify(asking("creator"), run.id)
    assert line == "Verified: every pixel is the same."


@pytest.mark.parametrize("data", [None, [], "x", {}, {"id": 7}, {"id": None}, {"ids": "x"}, {"ids": [{}]}])
def test_whatever_the_browser_sends_is_an_entry_or_a_sentence(library, asking, data):
    for handler in (library.open, library.ask_about_several):
        with pytest.raises(gr.Error, match=r"no run|deleted already"):
            handler(asking("creator"), gr.EventData(None, data))


def test_nobody_opens_or_deletes_somebody_elses_record(library, program, asking):
    run = finish(program, GenerateRequest(prompt="a red apple"))
    with pytest.raises(gr.Error, match="no run"):
        open_entry(library, asking, run, "creator-other")
    with pytest.raises(gr.Error, match="deleted already"):
        library.ask_about_one(asking("creator-other"), run.id)
    library.delete(asking("creator-other"), [run.id], "", "", "", "", False)
    assert program.log.get(run.id) == run


def test_the_numbers_of_the_rules_are_for_admins(library, program, asking):
    with pytest.raises(BlockedError):
        finish(program, GenerateRequest(prompt="a naked woman"))
    (run,) = library.services.library.runs()
    for name, sees in (("creator", False), ("admin-ada", True)):
        opened = open_entry(library, asking, run, name)
        assert ("score" in opened[library.record.json]["findings"][0]) is sees
        assert "stopped because" in opened[library.record.facts]
        assert "score" not in opened[library.record.facts]
        assert "threshold" not in opened[library.record.facts]


def test_every_kind_of_run_can_be_chosen_and_numbers_are_shown(library, program, asking):
    kinds = {value for _, value in library.kind.choices}
    assert kinds == {"", *REQUESTS}
    run = finish(program, GenerateRequest(prompt="a red apple"))
    measured = replace(run, measures=(Measure(name="mean_difference", value=0.12345, unit="levels"),))
    shown = library.record.shows(program.actor(), measured, (measured,))[library.record.facts]
    assert "<dt>Measured</dt><dd>mean difference 0.1235 levels</dd>" in shown
    assert "Measured" not in open_entry(library, asking, run)[library.record.facts]


def test_unknown_words_are_in_the_record_as_words(library, program):
    run = finish(program, GenerateRequest(prompt="a red apple"))
    told = replace(run, facts={**run.facts, "unknown_words": ["violin", "<b>"]})
    shown = library.record.shows(program.actor(), told, (told,))[library.record.facts]
    assert "<dt>Does not know</dt><dd>violin, &lt;b&gt;</dd>" in shown
    assert "Does not know" not in library.record.shows(program.actor(), run, (run,))[library.record.facts]


def test_a_run_is_seen_by_the_picture_it_was_asked_about_whatever_its_field_is_called(library, program, services):
    run = finish(program, AskRequest(image=picture(), question="What is this?"))
    (entry,) = services.library.entries()

    def seen(run):
        return entries.value(services, [replace(entry, first=run)], more=False, names=False)["entries"][0]["picture"]

    assert seen(run).endswith(".thumb")
    assert galleries.thumbnail(services, run)
    renamed = replace(run, request={"words": "a", "part": {"second": [run.request["image"]]}})
    assert seen(renamed) == seen(run)
    assert seen(replace(run, request={"words": "a"})) == ""


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda program: finish(program, GenerateRequest(prompt="a")), "this picture and its record"),
        (lambda program: finish(program, GenerateRequest(prompt="a", count=2)), "these 2 pictures and their record"),
        (lambda program: talk(program, "What?", "And?")[0], "this talk of 2 turns, its 1 voice and its record"),
        (lambda program: talk(program, "What?")[0], "this question, its 1 voice and its record"),
        (lambda program: finish(program, SpeakRequest(text="Hello")), "this speech and its record"),
    ],
)
def test_what_goes_is_said_before_and_then_it_goes(library, program, asking, make, sentence):
    run = make(program)
    question = library.ask_about_one(asking("creator"), run.id)
    assert question[library.removal.question] == f"Delete {sentence}? This cannot be undone."
    assert library.services.library.entries()
    gone = delete(library, asking, question)
    assert gone[library.status] == "Deleted 1 entry."
    assert listed(library, gone) == []
    assert gone[library.record.run_id] == ""
    assert gone[library.removal.panel]["visible"] is False
    assert library.services.library.runs() == ()


def test_several_chosen_entries_go_and_one_that_is_gone_already_does_no_harm(library, program, asking):
    runs = [finish(program, GenerateRequest(prompt=f"apple {number}")) for number in range(3)]
    question = library.ask_about_several(asking("creator"), click(ids=[run.id for run in runs[:2]]))
    assert question[library.removal.question].startswith("Delete these 2 entries, with their pictures")
    program.studio.deletion.delete(program.actor(), [runs[0].id])
    assert delete(library, asking, question)[library.status] == "Deleted 1 entry."
    assert delete(library, asking, question)[library.status] == "It is deleted already."
    assert [run.id for run in library.services.library.runs()] == [runs[2].id]


def test_everything_of_mine_goes_only_after_the_word_was_typed(library, program, asking):
    finish(program, GenerateRequest(prompt="a fox"))
    others = finish(program, GenerateRequest(prompt="a fox"), "creator-other")
    question = library.ask_about_everything(asking("creator"))
    assert "Type the word delete" in question[library.removal.question]
    for typed in ("", "no", "delet"):
        line = delete(library, asking, question, typed=typed)
        assert line == {library.status: "Nothing was deleted: type the word delete to confirm."}
    assert delete(library, asking, question, typed=" Delete ")[library.status] == "Deleted everything: 1 run."
    assert [run.id for run in library.services.library.runs()] == [others.id]


def test_an_admin_is_told_whose_it_is(library, program, asking):
    run = finish(program, GenerateRequest(prompt="a fox"))
    question = library.ask_about_one(asking("admin-ada"), run.id)
    assert question[library.removal.question].endswith("Made by creator. This cannot be undone.")
    delete(library, asking, question, "admin-ada")
    assert library.services.library.runs() == ()


def test_a_run_under_way_is_refused_with_a_sentence(library, program, asking):
    program.painter.hold.clear()
    run_id = program.studio.submit(program.actor(), GenerateRequest(prompt="a fox"))
    question = library.ask_about_one(asking("creator"), run_id)
    with pytest.raises(gr.Error, match="Stop it first"):
        delete(library, asking, question)
    assert [run.id for run in library.services.library.runs()] == [run_id]

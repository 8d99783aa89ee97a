"""Files of deleted runs go from the disk, with their copies; a file that anything else refers to stays whole."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import file_names
from core.errors import UnknownRunError
from core.follow import speak
from core.requests import AskRequest, GenerateRequest, SpeakRequest
from core.runs import Run, Status
from store.media.leaving import GRACE, Leaving
from store.media.sweep import HOUR, Sweep
from store.media.temporary import Temporary
from store.runs.library import Library
from tests.program import Program, build, picture

PEOPLE = ("creator-ada", "creator-bob")


@pytest.fixture
def program(tmp_path):
    program = build(tmp_path)
    program.studio.start()
    yield program
    program.close()


@pytest.fixture
def temporary(tmp_path, program):
    return Temporary(tmp_path / "temporary", program.database.space)


@pytest.fixture
def leaving(program, temporary):
    return Leaving(program.database, program.pictures, temporary, kept=6 * HOUR)


def finished(program: Program, request, name: str = PEOPLE[0], **named) -> Run:
    actor = program.actor(name=name)
    return program.studio.result(actor, program.studio.submit(actor, request, **named))


def delete(program: Program, *runs: Run, name: str = PEOPLE[0]) -> None:
    program.studio.deletion.delete(program.actor(name=name), [run.id for run in runs])


def files(folder: Path) -> set[str]:
    """Return the names of all kept media, small copies and names for downloads."""
    kinds = ("pictures", "thumbnails", "sounds", "named")
    return {path.name for kind in kinds for path in (folder / kind).rglob("*") if path.is_file()}


def test_every_copy_of_a_picture_goes(program, leaving, temporary, tmp_path) -> None:
    run = finished(program, GenerateRequest(prompt="a zebra"))
    kept = run.pictures[0]
    path = program.pictures.path(kept.sha256)
    program.pictures.thumbnail(kept.sha256)
    program.pictures.named(path, file_names.of_picture(run, kept))
    copy, other = temporary.path / "upload-1" / "zebra.png", temporary.path / "upload-2" / "other.png"
    for place, data in ((copy, path.read_bytes()), (other, b"another file")):
        place.parent.mkdir()
        place.write_bytes(data)
    assert len(files(tmp_path)) == 3
    delete(program, run)
    assert leaving.now(grace=-1) == 1
    assert files(tmp_path) == set()
    assert not copy.parent.exists()
    assert other.exists()
    assert leaving.now(grace=-1) == 0


def test_a_file_of_a_moment_ago_waits_since_a_row_may_be_on_its_way(program, leaving, tmp_path) -> None:
    run = finished(program, GenerateRequest(prompt="a zebra"))
    delete(program, run)
    assert leaving.now() == 0
    assert len(files(tmp_path)) == 1
    path = program.pictures.path(run.pictures[0].sha256)
    then = time.time() - GRACE - 1
    os.utime(path, (then, then))
    assert leaving.now() == 1


def test_a_deletion_that_a_crash_cut_short_goes_on_at_the_next_start(program, leaving, tmp_path) -> None:
    run = finished(program, GenerateRequest(prompt="a zebra"))
    sha256 = run.pictures[0].sha256
    small = program.pictures.thumbnail(sha256)
    delete(program, run)
    program.pictures.path(sha256).unlink()
    assert leaving.now(grace=-1) == 1
    assert not small.exists()


def test_a_name_made_of_deleted_words_goes_though_its_file_stays(program, leaving, tmp_path) -> None:
    run = finished(program, GenerateRequest(prompt="a zebra"))
    kept = run.pictures[0]
    program.pictures.named(program.pictures.path(kept.sha256), file_names.of_picture(run, kept))
    asked = AskRequest(image=program.pictures.load(kept.sha256), question="What is this?")
    question = finished(program, asked, PEOPLE[1])
    delete(program, run)
    assert leaving.now(grace=-1) == 0
    assert files(tmp_path) == {f"{kept.sha256}.png"}
    delete(program, question, name=PEOPLE[1])
    assert leaving.now(grace=-1) == 1
    assert files(tmp_path) == set()


def test_a_picture_somebody_else_just_brought_stays_for_their_question(program, leaving, tmp_path) -> None:
    shared = picture((1, 2, 3))
    question = finished(program, AskRequest(image=shared, question="What is this?"))
    for name in PEOPLE:
        program.studio.bring(program.actor(name=name), lambda: shared)
    delete(program, question)
    assert leaving.now(grace=-1) == 0
    answered = finished(program, AskRequest(image=program.pictures.load(shared.sha256), question="And?"), PEOPLE[1])
    assert answered.status is Status.DONE


def test_what_is_deleted_while_it_is_opened_is_a_sentence(program, leaving, tmp_path) -> None:
    run = finished(program, GenerateRequest(prompt="a zebra"))
    path = program.pictures.path(run.pictures[0].sha256)
    delete(program, run)
    leaving.now(grace=-1)
    with pytest.raises(UnknownRunError, match="There is no file"):
        program.pictures.named(path, "a zebra.png")
    with pytest.raises(UnknownRunError, match="There is no picture"):
        program.pictures.thumbnail(run.pictures[0].sha256)
    assert files(tmp_path) == set()


def test_the_thread_of_the_sweep_does_it_and_deletes_what_is_too_old(program, temporary, tmp_path) -> None:
    old, young = (finished(program, GenerateRequest(prompt=words)) for words in ("old", "young"))
    program.database.write(
        lambda connection: connection.execute("UPDATE runs SET queued = '2026-01-01' WHERE id = ?", (old.id,))
    )
    then = time.time() - GRACE - 1
    os.utime(program.pictures.path(old.pictures[0].sha256), (then, then))
    sweep = Sweep(program.database, program.pictures, temporary, keep_days=30)
    sweep.start()
    deadline = time.monotonic() + 20
    while len(files(tmp_path)) > 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    sweep.stop()
    assert [run.id for run in Library(program.database).runs()] == [young.id]
    assert files(tmp_path) == {f"{young.pictures[0].sha256}.png"}
    assert Sweep(program.database, program.pictures, temporary).expire() == 0


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("make"), st.sampled_from(PEOPLE), st.integers(0, 2)),
        st.tuples(st.just("ask"), st.sampled_from(PEOPLE), st.integers(0, 2)),
        st.tuples(st.just("ask about own"), st.sampled_from(PEOPLE), st.integers(0, 9)),
        st.tuples(st.just("speak"), st.sampled_from(PEOPLE), st.integers(0, 9)),
        st.tuples(st.just("say"), st.sampled_from(PEOPLE), st.integers(0, 2)),
        st.tuples(st.just("delete"), st.sampled_from(PEOPLE), st.integers(0, 9)),
    ),
    max_size=12,
)


def take(program: Program, step: tuple[str, str, int], runs: list[Run]) -> None:
    kind, name, number = step
    own = [run for run in runs if run.actor == name]
    chosen = own[number % len(own)] if own else None
    if kind == "make":
        runs.append(finished(program, GenerateRequest(prompt="a", seed=number, count=number + 1), name))
    elif kind == "ask":
        runs.append(finished(program, AskRequest(image=picture((number, 0, 0)), question="What?"), name))
    elif kind == "say":
        runs.append(finished(program, SpeakRequest(text=f"Hello {number}"), name))
    elif kind == "ask about own" and chosen and chosen.pictures:
        image = program.pictures.load(chosen.pictures[0].sha256)
        runs.append(finished(program, AskRequest(image=image, question="What?"), name))
    elif kind == "speak" and chosen and chosen.answer:
        spoken = speak(program.studio, program.actor(name=name), chosen.id).run
        assert spoken
        runs.append(spoken)
    elif kind == "delete" and chosen:
        delete(program, chosen, name=name)
        runs[:] = [run for run in runs if chosen.id not in {run.id, run.parent}]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_exactly_the_files_that_runs_refer_to_are_on_the_disk(steps) -> None:
    folder = Path(tempfile.mkdtemp())
    program = build(folder)
    program.studio.start()
    try:
        leaving = Leaving(
            program.database, program.pictures, Temporary(folder / "temporary", program.database.space), kept=0
        )
        runs: list[Run] = []
        for step in steps:
            take(program, step, runs)
            leaving.now(grace=-1)
        assert {run.id for run in Library(program.database).runs()} == {run.id for run in runs}
        wanted = {picture.sha256 + ".png" for run in runs for picture in run.pictures}
        wanted |= {f"{run.request['image']['sha256']}.png" for run in runs if "image" in run.request}
        wanted |= {run.sound for run in runs if run.sound}
        assert files(folder) == wanted
        for run in runs:
            for kept in run.pictures:
                program.pictures.load(kept.sha256)
    finally:
        program.close()
        shutil.rmtree(folder)

"""The one path, over the real log, pictures, roles and rules."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core.actions import Action
from core.address import Address
from core.errors import (
    BlockedError,
    EngineFailedError,
    InvalidRequestError,
    LimitReachedError,
    NotPermittedError,
    QueueFullError,
    StorageError,
    StudioError,
    UnknownRunError,
)
from core.requests import RANDOM_SEED, AskRequest, GenerateRequest, Sampling, SpeakRequest, Turn
from core.runs import Status
from safety.provenance.marker import read_mark
from store.runs.library import Library
from store.space import Space
from tests.core.vocabulary.small import SMALL
from tests.program import InlineLane, build, picture


@pytest.fixture
def program(tmp_path):
    built = build(tmp_path)
    built.studio.start()
    yield built
    built.close()


def finish(program, request, role="creator"):
    actor = program.actor(role)
    return program.studio.result(actor, program.studio.submit(actor, request))


def test_a_run_goes_from_words_to_a_kept_picture(program):
    run = finish(program, GenerateRequest(prompt="a red apple", seed=7, count=2))
    assert run.status is Status.DONE
    assert [kept.seed for kept in run.pictures] == [7, 8]
    assert run.environment == {"engine": "painter", "version": 1}
    assert run.queued <= run.started <= run.finished
    assert run.seconds >= 0
    assert program.pictures.load(run.pictures[0].sha256).png.startswith(b"\x89PNG")


def test_a_random_seed_is_resolved_before_the_run_is_kept(program):
    run = finish(program, GenerateRequest(prompt="a fox", seed=RANDOM_SEED))
    assert run.request["seed"] >= 0
    assert run.pictures[0].seed == run.request["seed"]


def test_what_the_model_does_not_know_is_in_the_row_the_record_and_the_picture(tmp_path):
    program = build(tmp_path, vocabulary=SMALL)
    program.studio.start()
    actor = program.actor()
    program.painter.hold.clear()
    run_id = program.studio.submit(actor, GenerateRequest(prompt="a violin", negative_prompt="a taco", style="flat"))
    known = program.studio.get(actor, run_id).facts
    assert known["unknown_words"] == ["violin"]
    assert "does not know: taco" in known["ignored"]["negative_prompt"]
    program.painter.hold.set()
    run = program.studio.result(actor, run_id)
    assert run.facts == {**known, "prompt": "a violin"}
    marked = read_mark(program.pictures.load(run.pictures[0].sha256).png)
    assert marked["facts"]["unknown_words"] == ["violin"]
    again = program.studio.result(actor, program.studio.replay(actor, run.id))
    assert again.facts == run.facts
    plain = program.studio.result(actor, program.studio.submit(actor, GenerateRequest(prompt="a dog")))
    assert plain.facts == {"prompt": "a dog"}
    program.close()


def test_of_a_refused_request_few_unknown_words_are_kept(tmp_path):
    program = build(tmp_path, vocabulary=SMALL)
    prompt = " ".join(["a naked woman", *(f"zq{letter * 300}" for letter in "abcd")])
    with pytest.raises(BlockedError):
        program.studio.submit(program.actor(), GenerateRequest(prompt=prompt))
    (run,) = Library(program.database).runs()
    assert len(run.facts["unknown_words"]) == 3
    assert max(map(len, run.facts["unknown_words"])) <= 200
    program.close()


def test_watchers_see_the_queue_the_steps_and_the_end(program):
    program.painter.hold.clear()
    actor = program.actor()
    first = program.studio.submit(actor, GenerateRequest(prompt="one"))
    second = program.studio.submit(actor, GenerateRequest(prompt="two"))
    updates = program.studio.watch(actor, second, every=0.05)
    waiting = next(update for update in updates if update.run.status is Status.QUEUED)
    assert waiting.position in {0, 1}
    program.painter.seconds_per_step = 0.05
    program.painter.hold.set()
    rest = list(updates)
    assert any(update.progress and update.progress.stage == "base" for update in rest)
    assert rest[-1].run.status is Status.DONE
    assert program.studio.get(actor, first).status is Status.DONE


def test_any_number_of_watchers_attach_and_leave_without_touching_the_run(program):
    program.painter.hold.clear()
    actor = program.actor()
    run_id = program.studio.submit(actor, GenerateRequest(prompt="one"))
    left = program.studio.watch(actor, run_id)
    next(left)
    left.close()
    results = []
    watchers = [threading.Thread(target=lambda: results.append(program.studio.result(actor, run_id))) for _ in range(5)]
    for watcher in watchers:
        watcher.start()
    program.painter.hold.set()
    for watcher in watchers:
        watcher.join(10)
    assert [run.status for run in results] == [Status.DONE] * 5


def test_previews_are_shown_only_to_roles_that_may_see_them(program):
    program.painter.seconds_per_step = 0.05
    for role, allowed in (("creator", True), ("anonymous", False)):
        actor = program.actor(role, "guest-1" if role == "anonymous" else None)
        assert actor.may(Action.SEE_PREVIEWS) is allowed
        run_id = program.studio.submit(actor, GenerateRequest(prompt="one", sampling=Sampling(steps=8)))
        updates = list(program.studio.watch(actor, run_id, every=0.02))
        assert any(u.progress and u.progress.preview for u in updates) is allowed


def test_a_waiting_run_is_cancelled_at_once_and_a_running_one_at_its_next_step(program):
    program.painter.hold.clear()
    actor = program.actor()
    running = program.studio.submit(actor, GenerateRequest(prompt="one"))
    waiting = program.studio.submit(actor, GenerateRequest(prompt="two"))
    while program.log.get(running).status is Status.QUEUED:
        time.sleep(0.01)
    assert program.studio.cancel(actor, waiting).status is Status.CANCELLED
    program.studio.cancel(actor, running)
    assert program.studio.result(actor, running).status is Status.CANCELLED
    program.painter.hold.set()
    assert finish(program, GenerateRequest(prompt="three")).status is Status.DONE


def test_one_persons_cancel_never_reaches_anothers_run(program):
    program.painter.hold.clear()
    ann, bob = program.actor(name="creator-ann"), program.actor(name="creator-bob")
    run_id = program.studio.submit(ann, GenerateRequest(prompt="one"))
    with pytest.raises(UnknownRunError):
        program.studio.cancel(bob, run_id)
    with pytest.raises(UnknownRunError):
        next(program.studio.watch(bob, run_id))
    program.painter.hold.set()
    assert program.studio.result(ann, run_id).status is Status.DONE


def test_a_refusal_of_the_role_is_a_run_too(program):
    viewer = program.actor("viewer")
    assert not viewer.may(Action.GENERATE)
    with pytest.raises(NotPermittedError):
        program.studio.submit(viewer, GenerateRequest(prompt="a fox"))
    assert _newest(program)["status"] == "denied"
    assert program.painter.runs == 0


def test_refused_words_are_a_run_with_its_findings_and_reach_no_model(program):
    with pytest.raises(BlockedError) as refusal:
        finish(program, GenerateRequest(prompt="how to build a pipe bomb"))
    assert refusal.value.findings
    run = program.log.get(_newest(program)["id"])
    assert run.status is Status.BLOCKED
    assert run.findings
    assert program.painter.runs == 0


def test_a_refused_answer_is_never_shown_or_kept(program):
    program.painter.answer = "This is fine. To build a pipe bomb you need more than this."
    actor = program.actor()
    run_id = program.studio.submit(actor, AskRequest(image=picture(), question="What is this?"))
    texts = [u.progress.text for u in program.studio.watch(actor, run_id, every=0.01) if u.progress]
    run = program.studio.get(actor, run_id)
    assert run.status is Status.BLOCKED
    assert run.answer == ""
    assert not any("bomb" in text for text in texts)


def test_the_request_an_unknown_model_cannot_serve_is_refused_in_words(program):
    with pytest.raises(InvalidRequestError, match="model is 'nonsense'"):
        finish(program, GenerateRequest(prompt="a fox", model="nonsense"))


@pytest.mark.parametrize(
    "problem", [EngineFailedError("The weights are odd."), ValueError("secret detail"), MemoryError()]
)
def test_a_broken_engine_ends_the_run_and_the_next_one_works(program, problem):
    program.painter.breaks = problem
    run = finish(program, GenerateRequest(prompt="a fox"))
    assert run.status is Status.FAILED
    assert run.code == "engine_failed"
    assert "secret" not in run.message
    program.painter.breaks = None
    assert finish(program, GenerateRequest(prompt="a fox")).status is Status.DONE


def test_a_crash_never_looks_like_a_block_and_a_missing_rule_lets_nothing_pass(program, monkeypatch):
    def broken(content):
        raise StudioError("unexpected")

    actor = program.actor()
    monkeypatch.setattr(program.studio, "guard", type("Broken", (), {"inspect": staticmethod(broken)})())
    with pytest.raises(StudioError):
        program.studio.submit(actor, GenerateRequest(prompt="a fox"))
    assert _newest(program)["status"] == "failed"
    assert program.painter.runs == 0


def test_a_full_queue_refuses_before_anything_is_kept(program, monkeypatch):
    monkeypatch.setattr(program.studio, "_most_waiting", 1)
    program.painter.hold.clear()
    actor = program.actor()
    program.studio.submit(actor, GenerateRequest(prompt="in hand"))
    while program.log.shares(actor.party).waiting:
        time.sleep(0.01)
    program.studio.submit(actor, GenerateRequest(prompt="waits"))
    with pytest.raises(QueueFullError, match="1 runs are waiting"):
        program.studio.submit(actor, GenerateRequest(prompt="one too many"))
    assert _newest(program)["prompt"] == "waits"


def test_speech_goes_the_same_way(program):
    run = finish(program, SpeakRequest(text="It is red."))
    assert run.status is Status.DONE
    assert program.pictures.sound_path(run.sound).read_bytes().startswith(b"RIFF")


def test_a_replay_is_a_child_with_the_same_seed_and_the_same_pixels(program):
    actor = program.actor()
    first = finish(program, GenerateRequest(prompt="a fox"))
    again = program.studio.result(actor, program.studio.replay(actor, first.id))
    assert again.parent == first.id
    assert again.request == first.request
    assert [p.pixels_sha256 for p in again.pictures] == [p.pixels_sha256 for p in first.pictures]
    assert program.pictures.difference(first.pictures[0].sha256, again.pictures[0].sha256) == 0


def test_a_lane_without_a_thread_works_in_the_thread_of_whoever_waits(tmp_path):
    program = build(tmp_path, lane=InlineLane)
    program.studio.start()
    try:
        assert finish(program, GenerateRequest(prompt="a fox")).status is Status.DONE
    finally:
        program.close()


def test_a_restart_gives_a_run_that_was_in_hand_one_more_try(tmp_path):
    program = build(tmp_path)
    actor = program.actor()
    run_id = program.studio.submit(actor, GenerateRequest(prompt="a fox"))
    assert program.log.claim("local").id == run_id  # in hand when the process dies
    program.close()
    second = build(tmp_path)
    second.studio.start()
    try:
        run = second.studio.result(actor, run_id)
        assert (run.status, run.attempt) == (Status.DONE, 2)
    finally:
        second.close()


def _newest(program):
    with program.database.read() as connection:
        return dict(connection.execute("SELECT * FROM runs ORDER BY number DESC LIMIT 1").fetchone())


def test_whoever_brings_a_picture_needs_permission_and_room(program):
    stranger = replace(program.actor("viewer"), actions=frozenset({Action.OPEN_PAGE}))
    with pytest.raises(NotPermittedError, match="Asking about pictures"):
        program.studio.bring(stranger, picture)
    program.pictures._space = Space(program.database.folder, floor=2**62, ballast=0)
    with pytest.raises(StorageError):
        program.studio.bring(program.actor("viewer"), picture)
    with pytest.raises(StorageError):
        program.studio.submit(program.actor("viewer"), AskRequest(image=picture(), question="What?"))
    assert not (program.database.folder / "pictures").exists()
    assert program.log.brought("viewer") == 0


def test_no_more_pictures_a_day_than_the_role_may_bring_however_many_come_at_once(program):
    actor = replace(program.actor("viewer"), limits={"uploads_per_day": 3})

    def bring(shade):
        try:
            program.studio.bring(actor, lambda: picture((shade, 0, 0)))
        except LimitReachedError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(bring, range(8)))
    assert sorted(map(bool, said)) == [False] * 3 + [True] * 5
    assert "Limit: uploads_per_day" in max(said)
    assert program.log.brought("viewer") == 3
    assert len(list((program.database.folder / "pictures").rglob("*.png"))) == 3
    program.studio.bring(program.actor("creator"), picture)


def at(program, name, address="here", people=1):
    return program.actor(name=name).at(Address(key=address, people=people))


@pytest.mark.parametrize("cookies", ["thrown away", "kept by each of many", "one"])
def test_visitors_of_one_address_do_not_close_the_queue(program, monkeypatch, cookies):
    monkeypatch.setattr(program.studio, "_most_waiting", 20)
    program.painter.hold.clear()
    different = {"thrown away": 40, "kept by each of many": 10, "one": 1}[cookies]
    names = [f"guest-{number % different}" for number in range(40)]
    outcomes = []

    def ask(name):
        try:
            outcomes.append(program.studio.submit(at(program, name), GenerateRequest(prompt="a fox")))
        except StudioError as error:
            outcomes.append(error)

    # All at the same moment, so that the last place is asked for by many at once.
    threads = [threading.Thread(target=ask, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accepted = [each for each in outcomes if isinstance(each, str)]
    assert 0 < len(accepted) <= 3  # a quarter of fifteen places
    assert {error.code for error in outcomes if isinstance(error, StudioError)} <= {"queue_full", "limit_reached"}
    for name, address in (("guest-other", "elsewhere"), ("creator-ann", "here"), ("owner", "here")):
        assert program.studio.submit(at(program, name, address), GenerateRequest(prompt="a fox"))


def test_accounts_come_in_when_visitors_of_many_addresses_fill_their_places(program, monkeypatch):
    monkeypatch.setattr(program.studio, "_most_waiting", 8)
    program.painter.hold.clear()
    refused = 0
    for number in range(30):
        try:
            program.studio.submit(at(program, f"guest-{number}", f"address-{number}"), GenerateRequest(prompt="a fox"))
        except QueueFullError:
            refused += 1
    assert refused >= 30 - 7  # six places and the run in hand
    assert program.studio.submit(at(program, "creator-ann"), GenerateRequest(prompt="a fox"))


def test_an_account_waits_for_one_turn_of_an_address_not_for_all_its_visitors(program):
    program.painter.hold.clear()
    crowd = [at(program, f"guest-{number}") for number in range(10)]
    for visitor in crowd:
        program.studio.submit(visitor, GenerateRequest(prompt="a fox"))
    run_id = program.studio.submit(at(program, "creator-ann"), GenerateRequest(prompt="a fox"))
    assert program.studio.look(program.actor(name="creator-ann"), run_id).position <= 1


def test_the_visitors_of_an_address_share_the_runs_of_a_day(program, monkeypatch):
    limits = {"runs_per_day": 3}
    for number in range(3):
        actor = replace(at(program, f"guest-{number}"), limits=limits)
        program.studio.result(actor, program.studio.submit(actor, GenerateRequest(prompt="a fox")))
    with pytest.raises(LimitReachedError, match="3 runs today"):
        program.studio.submit(replace(at(program, "guest-new"), limits=limits), GenerateRequest(prompt="a fox"))
    assert program.studio.submit(
        replace(at(program, "guest-far", "there"), limits=limits), GenerateRequest(prompt="a fox")
    )


def test_refused_words_cool_down_and_leave_few_and_short_rows(program):
    awful = "how to build a pipe bomb " * 80
    request = AskRequest(
        image=picture(), question=awful, history=tuple(Turn(question=awful, answer=awful) for _ in range(20))
    )
    codes = []
    for number in range(400):
        with pytest.raises(StudioError) as refused:
            program.studio.submit(at(program, f"guest-{number}"), request)
        codes.append(refused.value.code)
    assert codes == ["blocked"] * 30 + ["cool_down"] * 370
    with program.database.read() as connection:
        rows = connection.execute("SELECT id FROM runs").fetchall()
        size = connection.execute(
            "SELECT max(length(prompt) + length(request) + length(message) + (SELECT sum(length(reason) + "
            "length(evidence)) FROM findings WHERE run = runs.id)) FROM runs"
        ).fetchone()[0]
        findings = connection.execute(
            "SELECT max(c) FROM (SELECT count(*) AS c FROM findings GROUP BY run)"
        ).fetchone()[0]
    assert len(rows) == 30
    assert size < 6_000
    assert findings == 3
    assert program.studio.submit(at(program, "creator-ann"), GenerateRequest(prompt="a fox"))


def test_blocked_runs_count_for_the_day(program):
    limits = {"runs_per_day": 2}
    actor = replace(program.actor(), limits=limits)
    for _ in range(2):
        with pytest.raises(BlockedError):
            program.studio.submit(actor, GenerateRequest(prompt="how to build a pipe bomb"))
    with pytest.raises(LimitReachedError, match="runs_per_day"):
        program.studio.submit(actor, GenerateRequest(prompt="a fox"))


def test_asking_again_beyond_a_limit_leaves_few_rows_and_no_cool_down(program):
    actor = replace(program.actor(), limits={"max_count": 1})
    for _ in range(50):
        with pytest.raises(LimitReachedError, match="max_count"):
            program.studio.submit(actor, GenerateRequest(prompt="a fox", count=2))
    assert program.studio.submit(actor, GenerateRequest(prompt="a fox"))
    with program.database.read() as connection:
        assert connection.execute("SELECT count(*) FROM runs WHERE code = 'limit_reached'").fetchone()[0] == 10


@pytest.mark.parametrize(("times", "replays"), [(1, True), (40, False)])
def test_a_refused_run_that_was_not_kept_whole_cannot_be_made_again(program, times, replays):
    with pytest.raises(BlockedError):
        program.studio.submit(program.actor(), GenerateRequest(prompt="how to build a pipe bomb " * times))
    with pytest.raises(BlockedError if replays else InvalidRequestError):
        program.studio.replay(program.actor(), _newest(program)["id"])


def test_watching_the_same_run_often_leaves_threads_to_others(program):
    program.painter.hold.clear()
    visitor = at(program, "guest-1")
    run_id = program.studio.submit(visitor, GenerateRequest(prompt="a fox"))
    watchers = [program.studio.watch(visitor, run_id, every=0.01) for _ in range(16)]
    for watcher in watchers:
        next(watcher)
    with pytest.raises(QueueFullError, match="This run goes on"):
        next(program.studio.watch(visitor, run_id))
    for watcher in watchers:
        watcher.close()
    program.painter.hold.set()
    assert program.studio.result(visitor, run_id).status is Status.DONE


def test_a_question_begins_a_talk_or_goes_on_with_one(program):
    ann = program.actor(name="creator-ann")
    question = AskRequest(image=picture(), question="What is this?")
    first = program.studio.result(ann, program.studio.submit(ann, question))
    second = program.studio.result(ann, program.studio.submit(ann, question, talk=first.talk))
    other = program.studio.result(ann, program.studio.submit(ann, question))
    again = program.studio.result(ann, program.studio.replay(ann, second.id))
    assert first.talk == second.talk == first.id
    assert (other.talk, again.talk) == (other.id, again.id)
    assert finish(program, GenerateRequest(prompt="a fox")).talk is None


def test_a_refused_question_stands_in_its_talk(program):
    ann = program.actor(name="creator-ann")
    with pytest.raises(BlockedError):
        program.studio.submit(ann, AskRequest(image=picture(), question="how to build a pipe bomb"), talk="t")
    refused = _newest(program)
    assert (refused["status"], refused["talk"]) == ("blocked", "t")

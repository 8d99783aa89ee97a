"""The one path, over the real log, pictures, roles and rules."""

import threading
import time

import pytest

from core.actions import Action
from core.errors import (
    BlockedError,
    EngineFailedError,
    InvalidRequestError,
    NotPermittedError,
    QueueFullError,
    StudioError,
    UnknownRunError,
)
from core.requests import RANDOM_SEED, AskRequest, GenerateRequest, Sampling, SpeakRequest
from core.runs import Status
from tests.house import InlineLane, build, picture


@pytest.fixture
def house(tmp_path):
    built = build(tmp_path)
    built.studio.start()
    yield built
    built.close()


def finish(house, request, role="creator"):
    actor = house.actor(role)
    return house.studio.result(actor, house.studio.submit(actor, request))


def test_a_run_goes_from_words_to_a_kept_picture(house):
    run = finish(house, GenerateRequest(prompt="a red apple", seed=7, count=2))
    assert run.status is Status.DONE
    assert [kept.seed for kept in run.pictures] == [7, 8]
    assert run.environment == {"engine": "painter", "version": 1}
    assert run.queued <= run.started <= run.finished
    assert run.seconds >= 0
    assert house.pictures.load(run.pictures[0].sha256).png.startswith(b"\x89PNG")


def test_a_random_seed_is_resolved_before_the_run_is_kept(house):
    run = finish(house, GenerateRequest(prompt="a fox", seed=RANDOM_SEED))
    assert run.request["seed"] >= 0
    assert run.pictures[0].seed == run.request["seed"]


def test_watchers_see_the_queue_the_steps_and_the_end(house):
    house.painter.hold.clear()
    actor = house.actor()
    first = house.studio.submit(actor, GenerateRequest(prompt="one"))
    second = house.studio.submit(actor, GenerateRequest(prompt="two"))
    updates = house.studio.watch(actor, second, every=0.05)
    waiting = next(update for update in updates if update.run.status is Status.QUEUED)
    assert waiting.position in {0, 1}
    house.painter.seconds_per_step = 0.05
    house.painter.hold.set()
    rest = list(updates)
    assert any(update.progress and update.progress.stage == "base" for update in rest)
    assert rest[-1].run.status is Status.DONE
    assert house.studio.get(actor, first).status is Status.DONE


def test_any_number_of_watchers_attach_and_leave_without_touching_the_run(house):
    house.painter.hold.clear()
    actor = house.actor()
    run_id = house.studio.submit(actor, GenerateRequest(prompt="one"))
    left = house.studio.watch(actor, run_id)
    next(left)
    left.close()
    results = []
    watchers = [threading.Thread(target=lambda: results.append(house.studio.result(actor, run_id))) for _ in range(5)]
    for watcher in watchers:
        watcher.start()
    house.painter.hold.set()
    for watcher in watchers:
        watcher.join(10)
    assert [run.status for run in results] == [Status.DONE] * 5


def test_previews_are_shown_only_to_roles_that_may_see_them(house):
    house.painter.seconds_per_step = 0.05
    for role, allowed in (("creator", True), ("anonymous", False)):
        actor = house.actor(role, "guest-1" if role == "anonymous" else None)
        assert actor.may(Action.SEE_PREVIEWS) is allowed
        run_id = house.studio.submit(actor, GenerateRequest(prompt="one", sampling=Sampling(steps=8)))
        updates = list(house.studio.watch(actor, run_id, every=0.02))
        assert any(u.progress and u.progress.preview for u in updates) is allowed


def test_a_waiting_run_is_cancelled_at_once_and_a_running_one_at_its_next_step(house):
    house.painter.hold.clear()
    actor = house.actor()
    running = house.studio.submit(actor, GenerateRequest(prompt="one"))
    waiting = house.studio.submit(actor, GenerateRequest(prompt="two"))
    while house.log.get(running).status is Status.QUEUED:
        time.sleep(0.01)
    assert house.studio.cancel(actor, waiting).status is Status.CANCELLED
    house.studio.cancel(actor, running)
    assert house.studio.result(actor, running).status is Status.CANCELLED
    house.painter.hold.set()
    assert finish(house, GenerateRequest(prompt="three")).status is Status.DONE


def test_one_persons_cancel_never_reaches_anothers_run(house):
    house.painter.hold.clear()
    ann, bob = house.actor(name="creator-ann"), house.actor(name="creator-bob")
    run_id = house.studio.submit(ann, GenerateRequest(prompt="one"))
    with pytest.raises(UnknownRunError):
        house.studio.cancel(bob, run_id)
    with pytest.raises(UnknownRunError):
        next(house.studio.watch(bob, run_id))
    house.painter.hold.set()
    assert house.studio.result(ann, run_id).status is Status.DONE


def test_a_refusal_of_the_role_is_a_run_too(house):
    viewer = house.actor("viewer")
    assert not viewer.may(Action.GENERATE)
    with pytest.raises(NotPermittedError):
        house.studio.submit(viewer, GenerateRequest(prompt="a fox"))
    assert _newest(house)["status"] == "denied"
    assert house.painter.runs == 0


def test_refused_words_are_a_run_with_its_findings_and_reach_no_model(house):
    with pytest.raises(BlockedError) as refusal:
        finish(house, GenerateRequest(prompt="how to build a pipe bomb"))
    assert refusal.value.findings
    run = house.log.get(_newest(house)["id"])
    assert run.status is Status.BLOCKED
    assert run.findings
    assert house.painter.runs == 0


def test_a_refused_answer_is_never_shown_or_kept(house):
    house.painter.answer = "This is fine. To build a pipe bomb you need more than this."
    actor = house.actor()
    run_id = house.studio.submit(actor, AskRequest(image=picture(), question="What is this?"))
    texts = [u.progress.text for u in house.studio.watch(actor, run_id, every=0.01) if u.progress]
    run = house.studio.get(actor, run_id)
    assert run.status is Status.BLOCKED
    assert run.answer == ""
    assert not any("bomb" in text for text in texts)


def test_the_request_an_unknown_model_cannot_serve_is_refused_in_words(house):
    with pytest.raises(InvalidRequestError, match="model is 'nonsense'"):
        finish(house, GenerateRequest(prompt="a fox", model="nonsense"))


@pytest.mark.parametrize(
    "problem", [EngineFailedError("The weights are odd."), ValueError("secret detail"), MemoryError()]
)
def test_a_broken_engine_ends_the_run_and_the_next_one_works(house, problem):
    house.painter.breaks = problem
    run = finish(house, GenerateRequest(prompt="a fox"))
    assert run.status is Status.FAILED
    assert run.code == "engine_failed"
    assert "secret" not in run.message
    house.painter.breaks = None
    assert finish(house, GenerateRequest(prompt="a fox")).status is Status.DONE


def test_a_crash_never_looks_like_a_block_and_a_missing_rule_lets_nothing_pass(house, monkeypatch):
    def broken(content):
        raise StudioError("unexpected")

    actor = house.actor()
    monkeypatch.setattr(house.studio, "guard", type("Broken", (), {"inspect": staticmethod(broken)})())
    with pytest.raises(StudioError):
        house.studio.submit(actor, GenerateRequest(prompt="a fox"))
    assert _newest(house)["status"] == "failed"
    assert house.painter.runs == 0


def test_a_full_queue_refuses_before_anything_is_kept(house, monkeypatch):
    monkeypatch.setattr(house.studio, "_most_waiting", 1)
    house.painter.hold.clear()
    actor = house.actor()
    house.studio.submit(actor, GenerateRequest(prompt="in hand"))
    while house.log.waiting():
        time.sleep(0.01)
    house.studio.submit(actor, GenerateRequest(prompt="waits"))
    with pytest.raises(QueueFullError, match="1 runs are waiting"):
        house.studio.submit(actor, GenerateRequest(prompt="one too many"))
    assert _newest(house)["prompt"] == "waits"


def test_speech_goes_the_same_way(house):
    run = finish(house, SpeakRequest(text="It is red."))
    assert run.status is Status.DONE
    assert house.pictures.sound_path(run.sound).read_bytes().startswith(b"RIFF")


def test_a_replay_is_a_child_with_the_same_seed_and_the_same_pixels(house):
    actor = house.actor()
    first = finish(house, GenerateRequest(prompt="a fox"))
    again = house.studio.result(actor, house.studio.replay(actor, first.id))
    assert again.parent == first.id
    assert again.request == first.request
    assert [p.pixels_sha256 for p in again.pictures] == [p.pixels_sha256 for p in first.pictures]
    assert house.pictures.difference(first.pictures[0].sha256, again.pictures[0].sha256) == 0


def test_a_lane_without_a_thread_works_in_the_thread_of_whoever_waits(tmp_path):
    house = build(tmp_path, lane=InlineLane)
    house.studio.start()
    try:
        assert finish(house, GenerateRequest(prompt="a fox")).status is Status.DONE
    finally:
        house.close()


def test_a_restart_gives_a_run_that_was_in_hand_one_more_try(tmp_path):
    house = build(tmp_path)
    actor = house.actor()
    run_id = house.studio.submit(actor, GenerateRequest(prompt="a fox"))
    assert house.log.claim("local").id == run_id  # in hand when the process dies
    house.close()
    second = build(tmp_path)
    second.studio.start()
    try:
        run = second.studio.result(actor, run_id)
        assert (run.status, run.attempt) == (Status.DONE, 2)
    finally:
        second.close()


def _newest(house):
    with house.database.read() as connection:
        return dict(connection.execute("SELECT * FROM runs ORDER BY number DESC LIMIT 1").fetchone())

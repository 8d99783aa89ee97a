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
from store.space import Space
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
    while house.log.shares(actor.party).waiting:
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


def test_whoever_brings_a_picture_needs_permission_and_room(house):
    stranger = replace(house.actor("viewer"), actions=frozenset({Action.OPEN_PAGE}))
    with pytest.raises(NotPermittedError, match="Asking about pictures"):
        house.studio.bring(stranger, picture())
    house.pictures._space = Space(house.database.folder, floor=2**62, ballast=0)
    with pytest.raises(StorageError):
        house.studio.bring(house.actor("viewer"), picture())
    with pytest.raises(StorageError):
        house.studio.submit(house.actor("viewer"), AskRequest(image=picture(), question="What?"))
    assert not (house.database.folder / "pictures").exists()
    assert house.log.brought("viewer") == 0


def test_no_more_pictures_a_day_than_the_role_may_bring_however_many_come_at_once(house):
    actor = replace(house.actor("viewer"), limits={"uploads_per_day": 3})

    def bring(shade):
        try:
            house.studio.bring(actor, picture((shade, 0, 0)))
        except LimitReachedError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(bring, range(8)))
    assert sorted(map(bool, said)) == [False] * 3 + [True] * 5
    assert "Limit: uploads_per_day" in max(said)
    assert house.log.brought("viewer") == 3
    assert len(list((house.database.folder / "pictures").rglob("*.png"))) == 3
    house.studio.bring(house.actor("creator"), picture())


def at(house, name, address="here", people=1):
    return house.actor(name=name).at(Address(key=address, people=people))


@pytest.mark.parametrize("cookies", ["thrown away", "kept by each of many", "one"])
def test_visitors_of_one_address_do_not_close_the_queue(house, monkeypatch, cookies):
    monkeypatch.setattr(house.studio, "_most_waiting", 20)
    house.painter.hold.clear()
    different = {"thrown away": 40, "kept by each of many": 10, "one": 1}[cookies]
    names = [f"guest-{number % different}" for number in range(40)]
    outcomes = []

    def ask(name):
        try:
            outcomes.append(house.studio.submit(at(house, name), GenerateRequest(prompt="a fox")))
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
        assert house.studio.submit(at(house, name, address), GenerateRequest(prompt="a fox"))


def test_accounts_come_in_when_visitors_of_many_addresses_fill_their_places(house, monkeypatch):
    monkeypatch.setattr(house.studio, "_most_waiting", 8)
    house.painter.hold.clear()
    refused = 0
    for number in range(30):
        try:
            house.studio.submit(at(house, f"guest-{number}", f"address-{number}"), GenerateRequest(prompt="a fox"))
        except QueueFullError:
            refused += 1
    assert refused >= 30 - 7  # six places and the run in hand
    assert house.studio.submit(at(house, "creator-ann"), GenerateRequest(prompt="a fox"))


def test_an_account_waits_for_one_turn_of_an_address_not_for_all_its_visitors(house):
    house.painter.hold.clear()
    crowd = [at(house, f"guest-{number}") for number in range(10)]
    for visitor in crowd:
        house.studio.submit(visitor, GenerateRequest(prompt="a fox"))
    run_id = house.studio.submit(at(house, "creator-ann"), GenerateRequest(prompt="a fox"))
    assert house.studio.look(house.actor(name="creator-ann"), run_id).position <= 1


def test_the_visitors_of_an_address_share_the_runs_of_a_day(house, monkeypatch):
    limits = {"runs_per_day": 3}
    for number in range(3):
        actor = replace(at(house, f"guest-{number}"), limits=limits)
        house.studio.result(actor, house.studio.submit(actor, GenerateRequest(prompt="a fox")))
    with pytest.raises(LimitReachedError, match="3 runs today"):
        house.studio.submit(replace(at(house, "guest-new"), limits=limits), GenerateRequest(prompt="a fox"))
    assert house.studio.submit(replace(at(house, "guest-far", "there"), limits=limits), GenerateRequest(prompt="a fox"))


def test_refused_words_cool_down_and_leave_few_and_short_rows(house):
    awful = "how to build a pipe bomb " * 80
    request = AskRequest(
        image=picture(), question=awful, history=tuple(Turn(question=awful, answer=awful) for _ in range(20))
    )
    codes = []
    for number in range(400):
        with pytest.raises(StudioError) as refused:
            house.studio.submit(at(house, f"guest-{number}"), request)
        codes.append(refused.value.code)
    assert codes == ["blocked"] * 30 + ["cool_down"] * 370
    with house.database.read() as connection:
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
    assert house.studio.submit(at(house, "creator-ann"), GenerateRequest(prompt="a fox"))


def test_blocked_runs_count_for_the_day(house):
    limits = {"runs_per_day": 2}
    actor = replace(house.actor(), limits=limits)
    for _ in range(2):
        with pytest.raises(BlockedError):
            house.studio.submit(actor, GenerateRequest(prompt="how to build a pipe bomb"))
    with pytest.raises(LimitReachedError, match="runs_per_day"):
        house.studio.submit(actor, GenerateRequest(prompt="a fox"))


def test_asking_again_beyond_a_limit_leaves_few_rows_and_no_cool_down(house):
    actor = replace(house.actor(), limits={"max_count": 1})
    for _ in range(50):
        with pytest.raises(LimitReachedError, match="max_count"):
            house.studio.submit(actor, GenerateRequest(prompt="a fox", count=2))
    assert house.studio.submit(actor, GenerateRequest(prompt="a fox"))
    with house.database.read() as connection:
        assert connection.execute("SELECT count(*) FROM runs WHERE code = 'limit_reached'").fetchone()[0] == 10


@pytest.mark.parametrize(("times", "replays"), [(1, True), (40, False)])
def test_a_refused_run_that_was_not_kept_whole_cannot_be_made_again(house, times, replays):
    with pytest.raises(BlockedError):
        house.studio.submit(house.actor(), GenerateRequest(prompt="how to build a pipe bomb " * times))
    with pytest.raises(BlockedError if replays else InvalidRequestError):
        house.studio.replay(house.actor(), _newest(house)["id"])


def test_watching_the_same_run_often_leaves_threads_to_others(house):
    house.painter.hold.clear()
    visitor = at(house, "guest-1")
    run_id = house.studio.submit(visitor, GenerateRequest(prompt="a fox"))
    watchers = [house.studio.watch(visitor, run_id, every=0.01) for _ in range(16)]
    for watcher in watchers:
        next(watcher)
    with pytest.raises(QueueFullError, match="This run goes on"):
        next(house.studio.watch(visitor, run_id))
    for watcher in watchers:
        watcher.close()
    house.painter.hold.set()
    assert house.studio.result(visitor, run_id).status is Status.DONE

"""One prediction per picture, created at most once, against a server that speaks the protocol."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from core.errors import (
    BlockedError,
    EngineFailedError,
    EngineUnavailableError,
    InvalidRequestError,
    RunCancelledError,
    RunStoppedError,
)
from core.requests import GenerateRequest
from core.requests.flat import from_flat
from core.results import Withheld
from pipelines.catalogue.styles import Style
from pipelines.replicate import images
from pipelines.replicate.images import Options, ReplicateImages, build, steps_done
from tests.pipelines.fake_replicate import TOKEN, VERSION, FakeReplicate, png
from tests.pipelines.fake_server import Reply
from tests.pipelines.watched_job import WatchedJob


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeReplicate]:
    monkeypatch.setenv("REPLICATE_API_TOKEN", TOKEN)
    with FakeReplicate() as server:
        yield server


def engine(fake: FakeReplicate, **more: Any) -> ReplicateImages:
    options = {
        "model": "owner/name",
        "version": VERSION,
        "base_url": fake.url,
        "hosts": ("localhost",),
        "poll": 0.01,
        "first_wait": 0.01,
        "sizes": {"square": (64, 48)},
        "styles": {"oil": Style(id="oil", title="Oil", prompt="oil painting of {prompt}", negative_prompt="photo")},
    }
    return build(Options(**(options | more)))


def request(**more: Any) -> GenerateRequest:
    made: GenerateRequest = from_flat(GenerateRequest, {"prompt": "a red fox", "seed": 7, "steps": 8} | more)
    return made


def test_each_picture_has_its_own_seed_and_prediction(fake: FakeReplicate) -> None:
    job = WatchedJob()
    product = engine(fake).run(request(count=2, style="oil", negative_prompt="text", guidance=6.0), job)
    assert [made.seed for made in product.pictures] == [7, 8]
    colours = [Image.open(io.BytesIO(made.picture.png)).getpixel((0, 0)) for made in product.pictures]
    assert colours == [(7, 90, 128), (8, 90, 128)]
    sent = fake.created[0]["input"]
    assert sent == {
        "prompt": "oil painting of a red fox",
        "negative_prompt": "text, photo",
        "width": 64,
        "height": 48,
        "num_outputs": 1,
        "scheduler": "K_EULER",
        "num_inference_steps": 8,
        "guidance_scale": 6.0,
        "apply_watermark": True,
        "refine": "expert_ensemble_refiner",
        "high_noise_frac": 0.8,
        "seed": 7,
    }
    assert product.facts["predictions"] == ["p0", "p1"]
    assert product.facts["template"] == "oil painting of {prompt}"


def test_what_had_no_effect_is_told(fake: FakeReplicate) -> None:
    def ignored(service: ReplicateImages, **more: Any) -> dict[str, str]:
        return dict(service.run(request(**more), WatchedJob()).facts["ignored"])

    service = engine(fake)
    assert ignored(service, negative_prompt="text", guidance=1.01, style="oil") == {}
    unguided = ignored(service, negative_prompt="text", guidance=1.0, style="oil")
    assert set(unguided) == {"negative_prompt", "style"}
    # 75 words and signs are all that can fit; what comes after them was certainly left out.
    long = ignored(service, prompt="fox, " * 40 + "on a hill", style="oil")
    assert long["prompt"].startswith("The model reads 77 tokens")
    assert long["prompt"].endswith("on a hill")
    assert ignored(service, prompt="fox, " * 36) == {}
    assert "of the style were left out: photo" in ignored(service, negative_prompt="no, " * 40, style="oil")["style"]


def test_progress_runs_over_all_pictures(fake: FakeReplicate) -> None:
    job = WatchedJob()
    engine(fake).run(request(count=2), job)
    steps = [(p.step, p.steps) for p in job.progress]
    assert steps[0] == (0, 16)
    assert (4, 16) in steps
    assert (12, 16) in steps
    assert steps == sorted(steps)


def test_no_handover_means_no_refiner(fake: FakeReplicate) -> None:
    engine(fake).run(request(handover=None), WatchedJob())
    sent = fake.created[0]["input"]
    assert sent["refine"] == "no_refiner"
    assert "high_noise_frac" not in sent


def test_pictures_inside_the_reply(fake: FakeReplicate) -> None:
    fake.inline = True
    assert engine(fake).run(request(), WatchedJob()).pictures[0].picture.width == 64


def test_the_key_never_travels_to_the_host_of_the_files(fake: FakeReplicate) -> None:
    engine(fake).run(request(), WatchedJob())
    files = [asked for asked in fake.asked if asked.path.startswith("/files/")]
    assert len(files) == 1
    assert "Authorization" not in files[0].headers
    assert TOKEN not in str(files[0])


def test_the_ticket_is_written_before_anything_waits(fake: FakeReplicate) -> None:
    job = WatchedJob()
    engine(fake).run(request(count=2), job)
    assert job.tickets == ["?", "p0", "p0 ?", "p0 p1"]


def test_a_second_attempt_looks_up_and_creates_only_what_was_never_begun(fake: FakeReplicate) -> None:
    fake.add({"prompt": "a red fox", "num_outputs": 1, "seed": 7})
    job = WatchedJob(ticket="p0")
    product = engine(fake).run(request(count=2), job)
    assert [made.seed for made in product.pictures] == [7, 8]
    assert [body["input"]["seed"] for body in fake.created] == [8]
    assert job.tickets == ["p0", "p0 ?", "p0 p1"]


def test_a_second_attempt_keeps_every_id_while_it_waits_for_the_first(fake: FakeReplicate) -> None:
    for seed in (7, 8):
        fake.add({"prompt": "a red fox", "num_outputs": 1, "seed": seed})
    job = WatchedJob(ticket="p0 p1")
    engine(fake).run(request(count=2), job)
    assert job.tickets == ["p0 p1", "p0 p1"]
    assert fake.created == []


def test_a_create_with_unknown_outcome_is_not_repeated(fake: FakeReplicate) -> None:
    with pytest.raises(EngineFailedError, match="not created a second time"):
        engine(fake).run(request(), WatchedJob(ticket="?"))
    assert fake.asked == []


def test_a_forgotten_prediction(fake: FakeReplicate) -> None:
    with pytest.raises(EngineFailedError, match="one hour"):
        engine(fake).run(request(), WatchedJob(ticket="gone"))
    assert fake.created == []


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply(401, {"detail": "no"}), EngineUnavailableError, "REPLICATE_API_TOKEN"),
        (Reply(402, {"title": "Insufficient credit", "status": 402}), EngineFailedError, "no credit"),
        (Reply(404, {"detail": "gone"}), EngineFailedError, "owner/name, version aaaaaaaa: gone"),
        (Reply(422, {"detail": "- input.width: Invalid type"}), EngineFailedError, "input.width"),
        (Reply(500, b"<html>"), EngineFailedError, "may be running"),
        (Reply(500, b"null"), EngineFailedError, "may be running"),
        (Reply(418, [1]), EngineFailedError, "418"),
        (Reply(201, b"<html>"), EngineFailedError, "may be running"),
        (Reply(201, []), EngineFailedError, "may be running"),
        (Reply(201, {"id": "x"}), EngineFailedError, "may be running"),
        (
            Reply(201, {"id": "../x y", "model": "m", "version": "v", "status": "starting"}),
            EngineFailedError,
            "may be running",
        ),
    ],
)
def test_refused_creates(fake: FakeReplicate, reply: Reply, kind: type[Exception], words: str) -> None:
    fake.next_create.append(reply)
    with pytest.raises(kind, match=words):
        engine(fake).run(request(), WatchedJob())
    assert len(fake.created) == 1


def test_throttled_creates_are_tried_three_times_in_all(fake: FakeReplicate) -> None:
    slow_down = Reply(429, {"detail": "Request was throttled."}, (("Retry-After", "0"),))
    fake.next_create.extend([slow_down, slow_down])
    assert len(engine(fake).run(request(), WatchedJob()).pictures) == 1
    fake.next_create.extend([slow_down] * 3)
    with pytest.raises(EngineFailedError, match="too often"):
        engine(fake).run(request(), WatchedJob())
    assert len(fake.created) == 6


def test_an_hour_of_retry_after_is_not_slept(fake: FakeReplicate) -> None:
    hour = Reply(429, {"detail": "throttled"}, (("Retry-After", "3600"),))
    fake.next_create.append(hour)
    fake.next_look.append(hour)
    begun = time.monotonic()
    with pytest.raises(EngineFailedError, match="too often"):
        engine(fake).run(request(), WatchedJob())
    with pytest.raises(EngineFailedError, match="too often"):
        engine(fake).run(request(), WatchedJob())
    assert time.monotonic() - begun < 5


def test_a_look_that_fails_for_a_moment_is_repeated(fake: FakeReplicate) -> None:
    fake.next_look.extend([Reply(500), Reply(502), Reply(200, fake.add({"num_outputs": 1, "seed": 1}))])
    assert len(engine(fake).run(request(), WatchedJob()).pictures) == 1
    assert len(fake.created) == 1


@pytest.mark.parametrize("reply", [Reply(200, b"<html>"), Reply(200, {"id": "p0", "status": "aborted"}), Reply(503)])
def test_a_look_that_stays_broken_ends_the_run_and_the_prediction(fake: FakeReplicate, reply: Reply) -> None:
    fake.next_look.extend([reply] * 3)
    with pytest.raises(EngineFailedError):
        engine(fake).run(request(), WatchedJob())
    assert fake.predictions["p0"]["status"] == "canceled"


def test_a_create_without_an_answer_is_not_repeated(fake: FakeReplicate) -> None:
    fake.hang = True
    begun = time.monotonic()
    with pytest.raises(EngineFailedError, match=r"within 0\.3 seconds\. The prediction may be running"):
        engine(fake, reply=0.3).run(request(), WatchedJob())
    assert time.monotonic() - begun < 5
    assert len(fake.asked) == 1


def test_nobody_there(fake: FakeReplicate) -> None:
    with pytest.raises(EngineFailedError, match="nothing was started"):
        engine(fake, base_url="http://127.0.0.1:9").run(request(), WatchedJob())


def test_too_slow_is_cancelled_there_too(fake: FakeReplicate) -> None:
    fake.looks = 10**6
    with pytest.raises(EngineFailedError, match=r"longer than 0.2 seconds"):
        engine(fake, seconds=0.2).run(request(), WatchedJob())
    assert fake.predictions["p0"]["status"] == "canceled"


def test_cancel_reaches_the_prediction(fake: FakeReplicate) -> None:
    fake.looks = 10**6
    job = WatchedJob()
    threading.Timer(0.1, job.cancel).start()
    with pytest.raises(RunCancelledError):
        engine(fake, poll=5).run(request(), job)
    assert fake.predictions["p0"]["status"] == "canceled"


@pytest.mark.parametrize("ready", [0, 1])
def test_a_stop_of_the_program_leaves_the_prediction_to_the_next_start(fake: FakeReplicate, ready: int) -> None:
    fake.looks = 10**6
    for _ in range(ready):
        fake.add({"num_outputs": 1, "seed": 7})["status"] = "processing"
    job = WatchedJob(ticket=" ".join(fake.predictions))
    threading.Timer(0.2, job.stop).start()
    with pytest.raises(RunStoppedError):
        engine(fake, poll=5).run(request(), job)
    assert job.ticket == "p0"
    assert fake.predictions["p0"]["status"] in {"starting", "processing"}
    fake.looks = 1
    assert len(engine(fake).run(request(), WatchedJob(ticket=job.ticket)).pictures) == 1
    assert len(fake.predictions) == 1, "made, and paid, twice"


def test_a_stop_before_anything_was_created_leaves_no_trace_of_it(fake: FakeReplicate) -> None:
    fake.next_create.append(Reply(429, {"detail": "Slow down."}, headers=(("Retry-After", "15"),)))
    job = WatchedJob()
    threading.Timer(0.2, job.stop).start()
    with pytest.raises(RunStoppedError):
        engine(fake).run(request(), job)
    assert job.ticket == ""
    assert len(engine(fake).run(request(), WatchedJob(ticket=job.ticket)).pictures) == 1


def test_a_prediction_whose_id_could_not_be_noted_is_not_left_running(fake: FakeReplicate) -> None:
    class Forgetful(WatchedJob):
        def keep_ticket(self, ticket: str) -> None:
            if "?" not in ticket:
                self.stop()
                self.check()
            super().keep_ticket(ticket)

    with pytest.raises(RunStoppedError):
        engine(fake).run(request(), Forgetful())
    assert fake.predictions["p0"]["status"] == "canceled"


def test_cancelled_at_the_service(fake: FakeReplicate) -> None:
    fake.add({"num_outputs": 1, "seed": 7})["status"] = "canceled"
    with pytest.raises(EngineFailedError, match="cancelled at Replicate"):
        engine(fake).run(request(), WatchedJob(ticket="p0"))


def test_the_filter_of_the_service_blocks(fake: FakeReplicate) -> None:
    fake.nsfw_seeds = {7}
    with pytest.raises(BlockedError) as caught:
        engine(fake).run(request(), WatchedJob())
    finding = caught.value.findings[0]
    assert (finding.rule, finding.category, finding.field) == ("replicate", "sexual", "picture")
    assert "NSFW content detected" in finding.evidence


def test_one_withheld_picture_leaves_the_seeds_of_the_others_alone(fake: FakeReplicate) -> None:
    fake.nsfw_seeds = {8}
    product = engine(fake).run(request(count=3), WatchedJob())
    assert [made.seed for made in product.pictures] == [7, 9]
    assert [left_out["seed"] for left_out in product.facts["withheld"]] == [8]


def test_each_picture_is_handed_over_once_it_is_made_and_a_withheld_one_keeps_its_place(fake: FakeReplicate) -> None:
    fake.nsfw_seeds = {8}
    job = WatchedJob()
    product = engine(fake).run(request(count=3), job)
    items = [item for item, _ in job.kept_pictures]
    assert [item.seed for item in items] == [7, 8, 9]
    assert [isinstance(item, Withheld) for item in items] == [False, True, False]
    assert (items[0], items[2]) == product.pictures
    assert [len(facts["predictions"]) for _, facts in job.kept_pictures] == [1, 1, 2]


def test_a_second_attempt_leaves_the_predictions_of_kept_pictures_alone(fake: FakeReplicate) -> None:
    for seed in (7, 8):
        fake.add({"prompt": "a red fox", "num_outputs": 1, "seed": seed})
    job = WatchedJob(ticket="p0 p1")
    job.kept = 1
    product = engine(fake).run(request(count=3), job)
    assert [made.seed for made in product.pictures] == [8, 9]
    assert [body["input"]["seed"] for body in fake.created] == [9]
    assert job.tickets == ["p0 p1", "p0 p1 ?", "p0 p1 p2"]


def test_a_filtered_picture_that_only_the_log_mentions(fake: FakeReplicate) -> None:
    made = fake.add({"num_outputs": 1, "seed": 7})
    made.update(status="succeeded", output=[], logs="NSFW content detected in image 0\n")
    with pytest.raises(BlockedError):
        engine(fake).run(request(), WatchedJob(ticket="p0"))


def test_the_model_broke(fake: FakeReplicate) -> None:
    fake.add({"num_outputs": 1}).update(status="failed", error="CUDA out of memory")
    with pytest.raises(EngineFailedError, match="CUDA out of memory"):
        engine(fake).run(request(), WatchedJob(ticket="p0"))


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (["https://example.org/1.png"], "example.org"),
        (["http://replicate.delivery/1.png"], "replicate.delivery"),
        (["file:///etc/passwd"], "known hosts"),
        ([{"url": 1}], "not the address"),
        ([], "0 pictures"),
        (["data:image/png;base64,!!!"], "not whole"),
        (["data:text/plain,hello"], "not accepted"),
        (["data:image/png;base64,aGVsbG8="], "not a picture"),
    ],
)
def test_outputs_that_are_not_taken(fake: FakeReplicate, output: list[object], words: str) -> None:
    fake.output = output
    hosts = ("localhost", "replicate.delivery")
    with pytest.raises(EngineFailedError, match=words):
        engine(fake, hosts=hosts).run(request(), WatchedJob())


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(200, b"GIF89a" + bytes(40)), "not a picture"),
        (Reply(200, png(1, 64, 48)[:80]), "not a picture"),
        (Reply(200, bytes(5000)), "more than 4096 bytes"),
        (Reply(200, png(1, 4100, 1)), "4100 x 1"),
        (Reply(302, b"", (("Location", "http://127.0.0.1:9/"),)), "302"),
        (Reply(404), "404"),
    ],
)
def test_files_that_are_not_taken(fake: FakeReplicate, reply: Reply, words: str) -> None:
    fake.next_file.append(reply)
    with pytest.raises(EngineFailedError, match=words):
        engine(fake, largest=4096).run(request(), WatchedJob())


def test_a_download_is_repeated(fake: FakeReplicate) -> None:
    fake.next_file.append(Reply(503))
    assert len(engine(fake).run(request(), WatchedJob()).pictures) == 1


@pytest.mark.parametrize(("field", "value"), [("scheduler", "unipc"), ("guidance", 0.5)])
def test_what_the_service_does_not_know_is_refused(fake: FakeReplicate, field: str, value: object) -> None:
    with pytest.raises(InvalidRequestError, match=field):
        engine(fake).run(request(**{field: value}), WatchedJob())
    assert fake.asked == []


def test_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPLICATE_API_TOKEN", raising=False)
    with pytest.raises(EngineUnavailableError, match="REPLICATE_API_TOKEN"):
        build(Options(model="owner/name", version=VERSION))


def test_a_key_is_not_sent_in_the_clear(fake: FakeReplicate) -> None:
    with pytest.raises(EngineUnavailableError, match="https"):
        engine(fake, base_url="http://example.org")


def test_two_bars_are_one_way() -> None:
    base = " 50%|███| 20/40 [00:01<00:01]\n100%|███| 40/40 [00:02<00:00]\n"
    assert steps_done(base) == 40
    assert steps_done(base + " 30%|███| 3/10 [00:01<00:01]\n") == 43
    assert steps_done("Using seed: 7\n") == 0


def test_a_parameter_nobody_here_reads_is_told_and_not_dropped(fake: FakeReplicate, monkeypatch: Any) -> None:
    """As every new one is, until this engine reads it."""
    left = tuple(name for name in images._READ if name != "scheduler")
    monkeypatch.setattr(images, "_READ", left)
    told = engine(fake).run(request(scheduler="ddim"), WatchedJob()).facts["ignored"]
    assert told == {"scheduler": "This model does not use it."}
    assert engine(fake).run(request(scheduler="default"), WatchedJob()).facts["ignored"] == {}

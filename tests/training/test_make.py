import importlib.util
import sys
from pathlib import Path

import pytest

from training.make import STAGES, Stage, put_aside, run


def test_every_stage_has_a_name_of_its_own():
    assert len({stage.name for stage in STAGES}) == len(STAGES)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_stage_runs_a_module_that_exists(stage):
    _, flag, module, *_ = stage.command(0.5)
    assert flag == "-m"
    assert importlib.util.find_spec(module)


def test_minutes_and_samples_are_scaled():
    stage = Stage("base", minutes=60, samples=("--count", 320), resumes=True, arguments=("--channels", "8"))
    assert stage.command(0.1, threads=1)[3:] == [
        "--minutes", "6", "--count", "32", "--threads", "1", "--resume", "--channels", "8",
    ]  # fmt: skip
    assert stage.command(0.001)[3:6] == ["--minutes", "0.06", "--count"]
    assert "16" in stage.command(0.001)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_what_a_stage_needs_is_made_before_it(stage):
    order = [one.name for one in STAGES]
    assert all(order.index(name) < order.index(stage.name) for name in stage.needs)


def test_a_stage_begun_again_keeps_what_it_had(tmp_path: Path):
    (tmp_path / "base.pt").write_text("weights")
    put_aside(tmp_path / "base.pt")
    put_aside(tmp_path / "base.pt")  # nothing there any more
    assert not (tmp_path / "base.pt").exists()
    assert (tmp_path / "base.before.pt").read_text() == "weights"


class Recorder(Stage):
    """A stage that writes down that it ran, and where it was told to keep things."""

    def command(self, scale: float, threads: int = 0) -> list[str]:
        words = "import os, pathlib; p = pathlib.Path(os.environ['DEMO_MODELS']) / 'ran'; "
        words += f"p.write_text((p.read_text() if p.exists() else '') + '{self.name} '); "
        return [sys.executable, "-c", words + ("raise SystemExit(1)" if self.name == "fails" else "")]


def test_what_is_done_is_not_done_again_and_a_failure_stops(tmp_path: Path):
    stages = (Recorder("one", keeps="one.pt"), Recorder("two"), Recorder("of-one", ("one",), keeps="of-one.pt"))
    cache, models = tmp_path / "cache", tmp_path / "models"
    run(stages, [], scale=1, threads=0, cache=cache, models=models)
    run(stages, [], scale=1, threads=0, cache=cache, models=models)
    assert (models / "ran").read_text() == "one two of-one "
    for name in ("one", "of-one"):
        (cache / f"{name}.pt").write_text("kept")
    run(stages, ["one"], scale=1, threads=0, cache=cache, models=models)
    assert (models / "ran").read_text() == "one two of-one one of-one "
    assert (cache / "one.before.pt").exists()
    assert (cache / "of-one.before.pt").exists()  # made from what was done again
    with pytest.raises(Exception, match="returned non-zero"):
        run((Recorder("fails"), Recorder("three")), [], scale=1, threads=0, cache=cache, models=models)
    assert "three" not in (models / "ran").read_text()

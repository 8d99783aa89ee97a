import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.models.image_maker import Setting
from benchmarks.models.sweep_plot import MEASURES, bounds, plot, round_step
from benchmarks.models.sweep_sdxl import NONE, Made, affordable, cost, knobs, write

APP = Setting(25, 3.0, 1.5, 0.8, 64, 64)


def made(near: list[float], seconds: float = 0.5) -> Made:
    return Made(np.ones((len(near), 3), bool), np.array(near), seconds)


def test_every_knob_passes_the_apps_own_value_and_leaves_the_rest_alone():
    for values in knobs(APP).values():
        assert list(values.values()).count(APP) == 1
        names = {name for one in values.values() for name in vars(APP) if getattr(one, name) != getattr(APP, name)}
        assert len(names - {"width", "height"}) <= 1
    assert knobs(APP)["hand-over"][NONE].handover is None


def test_an_unusual_default_is_swept_too():
    odd = Setting(17, 2.7, 1.1, 0.75, 64, 64)
    assert all(odd in values.values() for values in knobs(odd).values())


def test_it_takes_as_many_prompts_as_the_time_allows():
    quick, slow = affordable(240, APP, 0.3), affordable(240, APP, 0.9)
    assert slow < quick
    work = sum(cost(one) for values in knobs(APP).values() for one in values.values() if one != APP) + cost(APP)
    assert quick * work / cost(APP) * 0.3 == pytest.approx(240, rel=0.05)
    assert affordable(1, APP, 100) == 8


def test_errors_are_those_of_the_difference_picture_by_picture():
    own = made([20.0, 30.0, 25.0])
    assert made([21.0, 31.0, 26.0]).point(own, "steps", "40").difference_error == 0
    assert made([21.0, 29.0, 25.0]).point(own, "steps", "40").difference_error > 0
    assert own.point(own, "steps", "25").is_default


def test_it_writes_a_table_and_a_picture(tmp_path: Path):
    own = made([20.0, 24.0])
    points = [one.point(own, "steps", value) for one, value in ((made([19.0, 23.0]), "8"), (own, "25"))]
    write(points, tmp_path)
    rows = list(csv.DictReader((tmp_path / "sweep.csv").open()))
    assert [row["psnr_db"] for row in rows] == ["21.0", "22.0"]
    picture = np.asarray(Image.open(tmp_path / "sweep.png").convert("RGB"))
    assert (picture[:4, :4] == 255).all()
    assert ((picture == (0x1D, 0x4E, 0xD8)).all(-1)).sum() > 100


@pytest.mark.parametrize(("wanted", "step"), [(0.24, 0.25), (0.3, 0.5), (1.1, 2), (0.02, 0.02), (60, 100)])
def test_ticks_are_at_round_numbers(wanted: float, step: float):
    assert round_step(wanted) == pytest.approx(step)


def test_an_axis_holds_all_of_its_points():
    own = made([20.3, 24.9])
    points = [vars(own.point(own, "steps", "25")), vars(made([13.0, 13.2]).point(own, "steps", "8"))]
    low, high = bounds(points, MEASURES[1])
    assert low <= 13.1
    assert high >= 22.6
    assert bounds(points, MEASURES[0]) == (0, 1)


def test_one_point_alone_can_be_drawn():
    own = made([20.0])
    assert plot([vars(own.point(own, "steps", "25"))]).width > 300

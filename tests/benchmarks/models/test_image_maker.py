import yaml

from benchmarks.models.image_maker import app_setting
from benchmarks.program import ROOT


def test_the_figures_are_taken_at_what_the_app_does_unasked():
    row = next(row for row in yaml.safe_load((ROOT / "models.yaml").read_text()) if row.get("id") == "emoji-sdxl")
    setting = app_setting()
    assert (setting.steps, setting.guidance) == (row["steps"], row["guidance"])
    assert setting.refiner_guidance == row["guidance"] * row["options"]["refiner_guidance"]
    assert [setting.width, setting.height] == row["sizes"]["square"]
    assert 0 < setting.handover < 1

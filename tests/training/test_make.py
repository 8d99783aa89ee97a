import importlib.util

import pytest

from training.make import STAGES


def test_every_stage_has_a_name_of_its_own():
    assert len({stage.name for stage in STAGES}) == len(STAGES)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_stage_runs_a_module_that_exists_for_its_scaled_minutes(stage):
    _, flag, module, *arguments = stage.command(0.5)
    assert flag == "-m"
    assert importlib.util.find_spec(module)
    assert arguments == [*(["--minutes", str(stage.minutes / 2)] if stage.minutes else []), *stage.arguments]

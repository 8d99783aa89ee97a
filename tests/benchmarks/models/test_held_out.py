from itertools import pairwise

from benchmarks.models.held_out import held_rows, held_scenes, one_each, prompt, spread
from training.world.icons import IMAGE_STYLES, drawn
from training.world.scenes import single
from training.world.splits import held_out


def test_every_row_is_held_out_and_no_drawing_comes_twice():
    rows = held_rows()
    assert all(held_out(single(*row)) for row in rows)
    assert len({row[:2] for row in rows}) == len(rows)
    assert {row[1] for row in rows} == set(IMAGE_STYLES)


def test_the_sheet_goes_through_the_whole_vocabulary():
    names = [concept.name for concept in drawn()]
    chosen = [names.index(row[0]) for row in spread(one_each(held_rows()), 64)]
    assert len(set(chosen)) == 64
    assert max(b - a for a, b in pairwise(chosen)) <= 8
    assert chosen[0] < 8
    assert chosen[-1] > len(names) - 8


def test_scenes_hold_a_combination_that_was_kept_from_training():
    scenes = held_scenes(20)
    assert all(held_out(scene) for scene in scenes)
    assert len({len(scene.objects) for scene in scenes}) > 2


def test_a_prompt_reads_as_people_write():
    assert prompt(("owl", "flat", "orange")) == "an owl on an orange background, flat style"

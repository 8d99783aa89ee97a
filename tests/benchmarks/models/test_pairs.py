import numpy as np

from benchmarks.models.held_out import scene_pictures
from benchmarks.models.pairs import cut_out, halves, pairs, prompt
from tests.weights import drawn
from training.world.scenes import Scene
from training.world.splits import held_out


def test_the_things_of_a_pair_were_kept_apart_in_training():
    kept = pairs(40)
    assert len({prompt(pair) for pair in kept}) == 40
    assert {pair.layout for pair in kept} == {"beside", "above"}
    assert all(held_out(Scene(pair.scene.objects, ())) for pair in kept)


@drawn
def test_the_first_thing_is_in_the_first_half():
    beside, stacked = pairs(2)
    for pair, picture in zip((beside, stacked), scene_pictures([beside.scene, stacked.scene]), strict=True):
        alone = scene_pictures([Scene(pair.scene.objects[:1], pair.scene.grounds)])[0]
        first, second = halves(alone, pair.layout)
        assert cut_out(second, 0.8) is None
        assert np.array_equal(first, halves(picture, pair.layout)[0])


@drawn
def test_a_thing_is_cut_out_of_its_ground_as_a_centred_picture():
    pair = pairs(1)[0]
    cut = cut_out(halves(scene_pictures([pair.scene])[0], pair.layout)[0], 0.8)
    assert cut is not None
    assert cut.shape == (64, 64, 3)
    rows, columns = np.nonzero(np.abs(cut.astype(int) - cut[0, 0]).sum(-1) > 60)
    assert abs(rows.mean() - 31.5) < 8
    assert abs(columns.mean() - 31.5) < 8
    assert max(np.ptp(rows), np.ptp(columns)) > 40


def test_bare_ground_holds_nothing():
    assert cut_out(np.full((64, 32, 3), 90, np.uint8), 0.8) is None


def test_the_words_tell_what_is_where():
    beside, above = pairs(2)
    assert f"{beside.first} to the left of " in prompt(beside)
    assert f"{above.first} above " in prompt(above)
    assert prompt(above).endswith(f"{above.ground} background")

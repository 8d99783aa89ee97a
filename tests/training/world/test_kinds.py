import pytest

from training.world.icons import drawn
from training.world.kinds import kinds
from training.world.packages import WORDS_PACKAGE, cached

pytestmark = pytest.mark.skipif(not cached(WORDS_PACKAGE), reason="emojibase-data is not in training/.cache")


def test_every_drawn_thing_has_one_place_among_its_like():
    names = [name for inside in kinds().values() for names in inside.values() for name in names]
    assert len(names) == len(set(names))
    assert {concept.name for concept in drawn()} - set(names) == {"heart"}  # it stands among the smileys


def test_neighbours_are_alike():
    found = kinds()
    assert "violin" in found["musical"]["instrument"]
    mammals = found["animal"]["mammal"]
    assert abs(mammals.index("wolf") - mammals.index("fox")) == 1
    assert "oil drum" not in found["musical"]["instrument"]
    assert not [name for name in mammals if "face" in name]

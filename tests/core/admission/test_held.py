import pytest

from core.admission.held import Held


def test_as_much_is_held_as_each_bound_says_and_a_refusal_takes_nothing():
    held = Held()

    def full():
        return RuntimeError("full")

    with held.take({"ann": 2, "all": 3}, full), held.take({"ann": 2, "all": 3}, full):
        with pytest.raises(RuntimeError, match="full"), held.take({"ann": 2, "all": 3}, full):
            pytest.fail("a third one was taken")
        assert (held["ann"], held["all"]) == (2, 2)
        with held.take({"ben": 2, "all": 3}, full):
            assert (len(held), held["all"]) == (3, 3)
    assert len(held) == 0


def test_what_breaks_inside_gives_back_what_it_held():
    held = Held()
    with pytest.raises(ValueError, match="broke"), held.take({"ann": 1}, RuntimeError):
        raise ValueError("broke")
    assert len(held) == 0

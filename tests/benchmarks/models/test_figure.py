import pytest

from benchmarks.models.figure import Figure, amount, interval, share


def test_the_interval_is_wilsons():
    low, high = interval(0.9, 100)
    assert (round(low, 3), round(high, 3)) == (0.826, 0.945)
    assert interval(1.0, 20)[1] == 1.0
    assert interval(0.0, 20)[0] == 0.0


def test_a_share_tells_its_interval_and_how_many_there_were():
    figure = share("right", [True] * 9 + [False], least=0.85)
    assert figure.text == "0.900 (0.596 to 0.982, n 10)"
    assert figure.cells == ("right", figure.text, "at least 0.85", "yes")


def test_a_share_of_nothing_is_refused():
    with pytest.raises(ValueError, match="right"):
        share("right", [])


@pytest.mark.parametrize(
    ("figure", "reached"),
    [
        (amount("loud", 29.9, "dB", least=30), "no"),
        (amount("loud", 30.0, "dB", least=30), "yes"),
        (amount("slow", 4.2, "s", most=4), "no"),
        (Figure("near none", 0.05, "+0.050", least=0, most=0.1), "yes"),
        (amount("merely told", 3), ""),
    ],
)
def test_a_figure_knows_whether_it_reached_its_bar(figure: Figure, reached: str):
    assert figure.reached == reached

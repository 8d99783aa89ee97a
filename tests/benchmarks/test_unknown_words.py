import pytest

from benchmarks.unknown_words import figures, main, rows


def test_the_words_are_found_as_well_as_wanted():
    bars = [figure for figure in figures() if figure.wanted]
    assert len(bars) == 6
    assert {figure.what: figure.text for figure in bars if figure.reached != "yes"} == {}


def test_the_prompts_are_those_of_the_file_and_hold_the_words_named():
    found = rows()
    assert len(found) == len({row.prompt for row in found}) == 96
    for row in found:
        assert all(word in row.prompt.lower() for word in row.wanted)


def test_what_differs_is_printed_on_demand(capsys: pytest.CaptureFixture[str]):
    main(["--wrong"])
    printed = capsys.readouterr().out
    wrong = [row for row in rows() if row.told != row.wanted]
    assert printed.count("missed [") == len(wrong)

from pathlib import Path

from core.errors import StorageError
from server.health import readiness


def full():
    raise StorageError("Only 3 MiB are free.")


def told(**named):
    fulfilled = {"loading": lambda: False, "broken": dict, "problems": dict, "require_room": lambda: None}
    return {name: check() for name, check in readiness.checks(**{**fulfilled, **named}).items()}


def test_all_is_well_when_nothing_is_missing():
    assert told() == {"models": None, "safety": None, "disk": None}


def test_each_check_says_what_is_missing():
    assert "loaded" in told(loading=lambda: True)["models"]
    assert told(broken=lambda: {"sdxl": "no weights"})["models"] == "sdxl: no weights"
    assert told(problems=lambda: {"lexicon": "did not find its canary"})["safety"] == "lexicon: did not find its canary"
    assert told(require_room=full)["disk"] == "Only 3 MiB are free."


def test_the_figures_of_the_machine_carry_units(tmp_path: Path):
    figures = readiness.machine(tmp_path)
    assert figures["memory of this program"].endswith("MiB")
    assert all(any(unit in value for unit in ("MiB", "GiB", "cores")) for value in figures.values())

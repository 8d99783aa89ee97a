from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.rows import CatalogueError
from pipelines.spec import read_specs
from pipelines.weights import ROOT

ROW = "- {id: a, title: A, action: generate, engine: sdxl, lane: local, licence: MIT"


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        (f"{ROW}, stepz: 3}}", "a, stepz"),
        (f"{ROW}, steps: -1}}", "a, steps"),
        (f"{ROW}, sizes: {{round: [64, 64]}}}}", "round is no aspect ratio"),
        (f"{ROW}, sizes: {{square: [64, 65]}}}}", "multiples of 8"),
        (f"{ROW}, schedulers: [eular]}}", "eular is no scheduler"),
        (f"{ROW}, needs: {{package: [torch]}}}}", "needs.package"),
        (f"{ROW}}}\n{ROW}}}", "more than one row has the id a"),
        ("- {id: a, title: A, action: paint, engine: sdxl, lane: local, licence: MIT}", "a, action is 'paint'"),
        ("- {id: a, title: A, action: ask, engine: ../x, lane: local, licence: MIT}", "a, engine"),
        ("- {id: a, title: A, action: ask, engine: pipelines.sdxl, lane: local, licence: MIT}", "a, engine"),
        ("- {title: A}", "row 1, id"),
        ("- just words", "row 1"),
        ("models: []", "list of rows"),
    ],
)
def test_a_mistake_names_itself(tmp_path: Path, rows: str, named: str) -> None:
    path = tmp_path / "models.yaml"
    path.write_text(rows)
    with pytest.raises(CatalogueError, match=named) as caught:
        read_specs(path)
    assert "models.yaml" in str(caught.value)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"models\.yaml cannot be read"):
        read_specs(tmp_path / "models.yaml")


def test_the_models_that_ship_state_their_licence_and_where_they_wait() -> None:
    specs = read_specs(ROOT / "models.yaml")
    assert {"emoji-sdxl", "emoji-llava", "sdxl", "llava-1.5-7b", "llava-1.6-mistral-7b"} <= {spec.id for spec in specs}
    assert all(spec.licence and spec.title and spec.lane for spec in specs)

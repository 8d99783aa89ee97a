from __future__ import annotations

from pathlib import Path

import pytest

from core.requests import REQUESTS
from core.requests.flat import parameters
from pipelines.catalogue.rows import CatalogueError
from pipelines.catalogue.spec import ABILITIES, read_lanes, read_specs
from pipelines.machine.weights import ROOT

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
        (
            "- {id: a, title: A, action: paint, engine: sdxl, lane: local, licence: MIT}",
            "a, serves is .* paint cannot be served; allowed: generate, ask",
        ),
        ("- {id: a, title: A, action: ask, engine: ../x, lane: local, licence: MIT}", "a, engine"),
        ("- {id: a, title: A, action: ask, engine: a.sdxl.engine, lane: local, licence: MIT}", "a, engine"),
        (f"{ROW}, can: [fly]}}", "a, can is .* fly is no ability; allowed: refiner"),
        (f"{ROW}, upscale: x4}}", "a, upscale is 'x4': .* upscaler under `can:`"),
        (f"{ROW}, can: [upscaler], upscale: x3}}", "a, upscale is 'x3'"),
        (f"{ROW}, serves: [ask]}}", "a, action"),
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


@pytest.mark.parametrize(
    "serves",
    ["[paint]", "[generate, paint]", "[Generate]", "[open_page]", "[1]", "[null]", "[]", "generate", "{generate: 1}"],
)
def test_what_a_row_cannot_serve_is_refused_with_the_list(tmp_path: Path, serves: str) -> None:
    path = tmp_path / "models.yaml"
    path.write_text(ROW.replace("action: generate", f"serves: {serves}") + "}")
    with pytest.raises(CatalogueError, match=f"a, serves is .* allowed: {', '.join(REQUESTS)}"):
        read_specs(path)


@pytest.mark.parametrize("can", ["[fly]", "[refiner, fly]", "[Refiner]", "[steps]"])
def test_what_no_field_needs_is_no_ability_and_refused_with_the_list(tmp_path: Path, can: str) -> None:
    path = tmp_path / "models.yaml"
    path.write_text(f"{ROW}, can: {can}}}")
    with pytest.raises(CatalogueError, match=f"a, can is .* is no ability; allowed: {', '.join(ABILITIES)}"):
        read_specs(path)


def test_abilities_are_what_fields_need() -> None:
    needed = {one.about.needs for kind in REQUESTS.values() for one in parameters(kind).values()} - {"", "steps"}
    assert set(ABILITIES) == needed


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"models\.yaml cannot be read"):
        read_specs(tmp_path / "models.yaml")


def test_the_models_that_ship_state_their_licence_and_where_they_wait() -> None:
    specs = read_specs(ROOT / "models.yaml")
    assert {"emoji-sdxl", "emoji-llava", "sdxl", "llava-1.5-7b", "llava-1.6-mistral-7b"} <= {spec.id for spec in specs}
    assert all(spec.licence and spec.title and spec.lane for spec in specs)


def test_rows_of_earlier_files_mean_what_they_meant(tmp_path: Path) -> None:
    path = tmp_path / "models.yaml"
    path.write_text(f"{ROW}, refiner: true, steps: 4}}\n{ROW.replace('id: a', 'id: b').replace('generate', 'ask')}}}")
    drawing, answering = read_specs(path)
    assert (drawing.serves, drawing.can, drawing.abilities) == (("generate",), ("refiner",), {"refiner", "steps"})
    assert (answering.serves, answering.can) == (("ask", "describe"), ())


def test_a_lane_is_as_wide_as_its_row_says(tmp_path: Path) -> None:
    path = tmp_path / "models.yaml"
    far = ROW.replace("id: a", "id: b").replace("lane: local", "lane: far")
    path.write_text(f"- {{lane: far, workers: 8}}\n{ROW}}}\n{far}}}")
    specs = read_specs(path)
    assert read_lanes(path, specs) == {"far": 8, "local": 1}
    assert read_lanes(path, specs[:1]) == {"local": 1}


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("{lane: far, workers: 0}", "workers"),
        ("{lane: far, workers: many}", "workers"),
        ("{lane: near, workers: 2}", "no model waits there; local are"),
        ("{lane: far, workers: 2, rank: 3}", "rank"),
    ],
)
def test_a_wrong_row_of_a_lane_names_itself(tmp_path: Path, row: str, named: str) -> None:
    path = tmp_path / "models.yaml"
    path.write_text(f"- {row}\n{ROW}}}")
    with pytest.raises(CatalogueError, match=named):
        read_lanes(path, read_specs(path))


def test_one_device_has_one_worker_and_remote_services_have_several() -> None:
    lanes = read_lanes(ROOT / "models.yaml", read_specs(ROOT / "models.yaml"))
    assert lanes == {"local": 1, "replicate": 8, "speech": 4}

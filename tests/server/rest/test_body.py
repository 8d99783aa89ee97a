"""The body of ``POST /generate`` and its OpenAPI description are what the fields of the request say."""

from __future__ import annotations

import pytest
from fastapi.openapi.utils import get_openapi

from core.requests import GenerateRequest
from core.requests.flat import from_flat, parameters
from server.rest.routes import Rest
from server.rest.words import NAMES, GenerateBody


@pytest.fixture(scope="module")
def described() -> dict:
    routes = Rest(None, None).router().routes
    return get_openapi(title="", version="", routes=routes)["components"]["schemas"]["GenerateBody"]


FIELDS = {NAMES.get(name, name): one for name, one in parameters(GenerateRequest).items()}


def test_the_fields_are_those_of_the_request_by_their_names_in_rest(described):
    assert set(described["properties"]) == set(FIELDS)
    assert described["required"] == [name for name, one in FIELDS.items() if one.required]
    assert described["additionalProperties"] is False


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "resolution"])
def test_sentence_default_and_bounds_are_those_of_the_field(described, name):
    seen, parameter = described["properties"][name], FIELDS[name]
    assert seen["description"].lower() == f"{parameter.about.sentence}.".lower()
    assert parameter.required or seen.get("default") == parameter.default
    if parameter.about.none:
        bounds, nothing = seen["anyOf"]
        assert nothing == {"type": "null"}
    else:
        bounds = seen
    schema = dict(parameter.about.bound.schema)
    assert {key: bounds.get(key) for key in schema} == schema


def test_a_body_of_defaults_is_a_request_of_defaults():
    assert from_flat(GenerateRequest, GenerateBody(text="a fox").asked()) == from_flat(
        GenerateRequest, {"prompt": "a fox"}
    )


@pytest.mark.parametrize(
    ("field", "value"), [("steps", 7.0), ("count", 2.0), ("seed", 5), ("guidance", 3), ("handover", None)]
)
def test_json_has_one_kind_of_number(field, value):
    asked = GenerateBody.model_validate({"text": "a fox", field: value}).asked()
    assert asked[field] == value
    assert isinstance(asked[field], int | float | None)

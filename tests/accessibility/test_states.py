"""Nothing is found by axe-core, nor by measures of our own: any tab, any state, light and dark, wide and on a phone."""

import pytest

from tests.accessibility.checks import everywhere
from tests.accessibility.journeys import JOURNEYS

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def opened(window):
    window.open()
    return window


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__)
def test_nothing_is_found(opened, journey):
    findings = [f"{state}: {each}" for state in journey(opened) for each in everywhere(opened.page)]
    assert not findings, "\n".join(["", *findings])

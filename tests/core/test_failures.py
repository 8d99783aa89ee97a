"""Every error of the program has its place in the one table."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from core.errors import StudioError
from core.failures import FAILURES, failure


def classes(kind: type[StudioError] = StudioError) -> Iterator[type[StudioError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from classes(below)


OURS = sorted({kind for kind in classes() if kind.__module__ == "core.errors"}, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.__name__)
def test_every_error_class_has_a_code_of_its_own_in_the_table(kind):
    assert kind.code in FAILURES
    # A special case may share the word of its base; two that have nothing to do with each other may not.
    assert all(issubclass(kind, other) or issubclass(other, kind) for other in OURS if other.code == kind.code)


@pytest.mark.parametrize(("code", "found"), FAILURES.items())
def test_every_row_says_what_it_means(code, found):
    assert found.ends.final
    assert HTTPStatus(found.http) >= 400
    assert found.title == failure(code).title
    assert code == "failed" or found.title != FAILURES["failed"].title


def test_what_nobody_knows_is_a_plain_failure():
    assert failure("from a later release") is FAILURES["failed"]

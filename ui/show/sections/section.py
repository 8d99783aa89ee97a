"""What a section of the form is: some components, and their way to and from a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.models import ModelCard
from ui.parts.tab import Updates
from ui.services import Services

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """Something out of the ordinary that the next picture will have: it stands under the prompt and can be taken off.

    Attributes:
        words: what it is: ``Seed 42``.
        remove: what taking it off is called; names the chip within the form.
        without: names of values -> what they are without it.
    """

    words: str
    remove: str
    without: Values


class Section(Protocol):
    """One part of the form. ``Form`` puts them together; none knows another.

    Attributes:
        advanced: folded away under "Advanced".
    """

    advanced: bool

    def build(self, services: Services, card: ModelCard | None) -> None:
        """Add the components, as they fit the model in use; None where none can run."""
        ...

    @property
    def inputs(self) -> dict[str, Any]:
        """Names of values -> components."""
        ...

    def asked(self, values: Values) -> Values:
        """Return what the components say, in the flat names of a request; what is left out has its default.

        Here, each input is a field of the request.
        """
        return {name: values[name] for name in self.inputs}

    def load(self, values: Values) -> Updates:
        """Return the updates that show a request, given in flat names. Here, each input is one of them."""
        return {component: values[name] for name, component in self.inputs.items()}

    def active(self, values: Values) -> Sequence[Chip]:  # noqa: ARG002 - for those that have some
        """Return the chips for the values of the inputs, which may be anything. Here, there are none."""
        return ()

    def fits(self, card: ModelCard | None) -> Updates:  # noqa: ARG002 - for those that differ by model
        """Return the updates that hide what a model cannot do, and show its own numbers. Here, all can do it."""
        return {}

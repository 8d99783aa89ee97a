"""The page: Gradio only, one folder per tab. Imports core, and none of the other packages."""

import inspect
from typing import Any

_getfile = inspect.getfile


def _getfile_without_stubs(thing: Any) -> str:
    if isinstance(thing, type) and thing.__module__.startswith("gradio."):
        raise OSError("no editor stub is wanted for this component")
    return _getfile(thing)


# While Gradio is imported it writes an editor stub for each of its eighty components anew, which takes half of the
# time of its import. It leaves out components that have no file. Needed up to release 6.31 at least.
inspect.getfile = _getfile_without_stubs  # type: ignore[assignment]  # for the time of one import
try:
    from gradio import Blocks
finally:
    inspect.getfile = _getfile

__all__ = ["Blocks"]

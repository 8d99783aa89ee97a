"""One lock around everything that imports or loads model libraries, for all threads of the program.

torch, transformers and diffusers import parts of themselves in circles, and lazily. Two threads that come in at
different points of such a circle each meet a half-imported module, and the broken import stays for as long as the
program runs. ``from_pretrained`` also changes torch for the whole process while it works.
"""

from __future__ import annotations

import threading

from pipelines.machine.device import cuda_expected

# Re-entrant: an engine that is made of others loads them while it is being loaded.
ONE_AT_A_TIME = threading.RLock()


def without_unused() -> None:
    """Let diffusers be imported without what this machine has no use for. Call it before the first import of a model.

    diffusers imports bitsandbytes wherever it is installed (release 0.42): on a processor a sixth of the way to the
    first picture, for a library that works on CUDA devices alone.
    """
    if cuda_expected():
        return
    from diffusers.utils import import_utils  # noqa: PLC0415 - the page starts before any model library

    import_utils._bitsandbytes_available = False

"""One lock around everything that imports or loads model libraries, for all threads of the program.

torch, transformers and diffusers import parts of themselves in circles, and lazily. Two threads that come in at
different points of such a circle each meet a half-imported module, and the broken import stays for as long as the
program runs. ``from_pretrained`` also changes torch for the whole process while it works.
"""

from __future__ import annotations

import threading

# Re-entrant: an engine that is made of others loads them while it is being loaded.
ONE_AT_A_TIME = threading.RLock()

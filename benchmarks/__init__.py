"""Figures, each printed by one command: ``python -m benchmarks NAME``.

Absolute times depend on the machine; ratios do not.
"""

import os

# As in the program, and before torch is imported: waiting threads sleep instead of spinning, so that another busy
# program does not turn a second into minutes.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# They talk to programs on this machine alone, which no proxy knows.
for name in [name for name in os.environ if name.lower() in {"http_proxy", "https_proxy", "all_proxy"}]:
    del os.environ[name]

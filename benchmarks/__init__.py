"""Figures, each printed by one command: ``python -m benchmarks NAME``.

Absolute times depend on the machine; ratios do not.
"""

import os

# As in the program, and before torch is imported: waiting threads sleep instead of spinning, so that another busy
# program does not turn a second into minutes.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

"""Figures, each printed by one command: ``python -m benchmarks NAME``.

Absolute times depend on the machine; ratios do not.
"""

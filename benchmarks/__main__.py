"""``python -m benchmarks [NAME ...] [--option ...]``: print the figures of that name, or all of them."""

import importlib
import sys
from itertools import takewhile

NAMES = ("start", "overhead", "crash", "demo_models", "strangers")

if __name__ == "__main__":
    for name in list(takewhile(lambda word: not word.startswith("-"), sys.argv[1:])) or NAMES:
        if name not in NAMES:
            sys.exit(f"There is no benchmark {name}; there are {', '.join(NAMES)}.")
        importlib.import_module(f"benchmarks.{name}").main()

"""``python -m benchmarks [NAME ...] [--option ...]``: print the figures of that name, or all of them."""

import importlib
import sys

NAMES = ("start", "overhead", "crash", "demo_models")

if __name__ == "__main__":
    for name in [word for word in sys.argv[1:] if not word.startswith("-")] or NAMES:
        if name not in NAMES:
            sys.exit(f"There is no benchmark {name}; there are {', '.join(NAMES)}.")
        importlib.import_module(f"benchmarks.{name}").main()

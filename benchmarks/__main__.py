"""``python -m benchmarks [NAME] [--option ...]``: print the figures of that name, or of them all."""

import argparse
import importlib
import inspect
import sys
from itertools import takewhile

NAMES = (
    "start",
    "first_visit",
    "first_picture",
    "overhead",
    "crash",
    "demo_models",
    "unknown_words",
    "strangers",
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Print figures; without names, all.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of {', '.join(NAMES)}")
    # What follows the names is for the benchmark itself, words after an option too.
    names = list(takewhile(lambda word: not word.startswith("-"), sys.argv[1:]))
    options = sys.argv[1 + len(names) :]
    parser.parse_args(names if names else options)
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    chosen = [importlib.import_module(f"benchmarks.{name}").main for name in names or NAMES]
    if options and not (len(chosen) == 1 and inspect.signature(chosen[0]).parameters):
        parser.error(f"{' '.join(options)}: options are for one benchmark that takes them, as crash does")
    for main in chosen:
        main(options) if options else main()

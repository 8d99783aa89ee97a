"""Makes the bundled models, stage after stage; a stage whose product is there already is not made again.

python -m training.make                        # everything that is missing, about three hours on two CPU cores
python -m training.make --scale 0.01           # a rehearsal
python -m training.make --again base refiner   # these, from nothing
"""

import argparse
import subprocess
import sys
from dataclasses import dataclass

from training.packages import CACHE


@dataclass(frozen=True)
class Step:
    """One stage: its module, what it leaves in the cache folder ('' is always run), its minutes (0: it ends itself)."""

    module: str
    product: str
    minutes: float = 0


STEPS = (
    Step("vae", "vae.pt", 25),
    Step("latents", "latents.pt"),
    Step("base", "base.pt", 60),
    Step("handover", "handover.pt"),
    Step("refiner", "refiner.pt", 12),
    Step("decoder", "decoder.pt", 25),
    Step("pack", ""),
    Step("card", ""),
    Step("judge", "judge.pt", 4),
)


def main() -> None:
    """Runs what is missing, in order; stops at the first stage that fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="of every stage's minutes")
    parser.add_argument("--again", nargs="*", default=[], choices=[step.module for step in STEPS])
    arguments = parser.parse_args()
    for step in STEPS:
        if step.product and (CACHE / step.product).exists() and step.module not in arguments.again:
            print(f"{step.module}: there already")
            continue
        command = [sys.executable, "-m", f"training.{step.module}"]
        if step.minutes:
            command += ["--minutes", str(step.minutes * arguments.scale)]
        print(" ".join(command), flush=True)
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()

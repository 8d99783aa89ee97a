"""Makes the bundled models, stage after stage; a stage that is done already is not done again.

python -m training.make                        # everything that is missing, about four hours on two CPU cores
python -m training.make --scale 0.01           # a rehearsal
python -m training.make --again base refiner   # these, from nothing
"""

import argparse
import subprocess
import sys
from dataclasses import dataclass

from training.packages import CACHE

DONE = CACHE / "done"


@dataclass(frozen=True)
class Stage:
    """One stage: its name, its module, its minutes (0: it ends by itself), further arguments."""

    name: str
    module: str = ""
    minutes: float = 0
    arguments: tuple[str, ...] = ()

    def command(self, scale: float) -> list[str]:
        """What to run, with ``scale`` times the minutes."""
        minutes = ["--minutes", str(self.minutes * scale)] if self.minutes else []
        return [sys.executable, "-m", f"training.{self.module or self.name}", *minutes, *self.arguments]


STAGES = (
    Stage("vae", minutes=25),
    Stage("latents"),
    Stage("base", minutes=60),
    Stage("handover"),
    Stage("refiner", minutes=12),
    Stage("decoder", minutes=25),
    Stage("pack"),
    Stage("card"),
    Stage("judge", minutes=4),
    Stage("vision", minutes=24),
    Stage("llava", minutes=60),
    Stage("match_heads"),
    Stage("llava-further", "llava", 8, ("--rate", "0.0006")),
    Stage("llava-claims", "llava", 3, ("--many", "14", "--claims", "0.75")),
    Stage("llava-pack", "llava", arguments=("--pack",)),
    Stage("llava_card"),
)


def main() -> None:
    """Runs what is missing, in order; stops at the first stage that fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="of every stage's minutes")
    parser.add_argument("--again", nargs="*", default=[], choices=[stage.name for stage in STAGES])
    asked = parser.parse_args()
    DONE.mkdir(parents=True, exist_ok=True)
    for stage in STAGES:
        mark = DONE / stage.name
        if mark.exists() and stage.name not in asked.again:
            print(f"{stage.name}: done already")
            continue
        command = stage.command(asked.scale)
        print(" ".join(command), flush=True)
        subprocess.run(command, check=True)
        mark.touch()


if __name__ == "__main__":
    main()

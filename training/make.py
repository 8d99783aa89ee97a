"""Makes the bundled models, stage after stage; a stage that is done already is not done again.

python -m training.make                        # everything that is missing, some hours on two CPU cores
python -m training.make --again base refiner   # these, from nothing
python -m training.make --scale 0.01 --cache FOLDER --models FOLDER   # a rehearsal that touches nothing kept

A stage that was interrupted goes on from its last checkpoint. What is made from a stage that was done again is done
again too.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from training.world.packages import BUNDLED, CACHE


@dataclass(frozen=True)
class Stage:
    """One stage.

    Attributes:
        name: of the stage.
        needs: stages it is made from.
        module: in ``training``; empty for the one of its name.
        minutes: of training; 0 if it ends by itself.
        samples: option and number of what it makes, where that takes long; a rehearsal makes fewer, but sixteen.
        keeps: its checkpoint in the cache, which is put aside when it begins from nothing.
        resumes: it takes ``--resume``.
        arguments: further ones.
    """

    name: str
    needs: tuple[str, ...] = ()
    module: str = ""
    minutes: float = 0
    samples: tuple[str, int] | None = None
    keeps: str = ""
    resumes: bool = False
    arguments: tuple[str, ...] = ()

    def command(self, scale: float, threads: int = 0) -> list[str]:
        """What to run, with ``scale`` times the minutes and samples."""
        made = [sys.executable, "-m", f"training.{self.module or _PLACES[self.name]}"]
        if self.minutes:
            made += ["--minutes", f"{self.minutes * scale:g}"]
        if self.samples:
            option, count = self.samples
            made += [option, str(max(16, round(count * min(scale, 1))))]
        if threads and (self.minutes or self.samples):
            made += ["--threads", str(threads)]
        return [*made, *["--resume"] * self.resumes, *self.arguments]


# Where the stages lie, by the folder of the model they make.
_FOLDERS = {
    "image": ("vae", "latents", "base", "handover", "refiner", "decoder", "pack", "card", "judge"),
    "answer": ("llava", "match_heads"),
    "checker": ("checker",),
    "clip": ("clip",),
    "upscaler": ("upscaler",),
}
_PLACES = {name: f"{folder}.{name}" for folder, names in _FOLDERS.items() for name in names}


def trained(name: str, minutes: float, *needs: str) -> Stage:
    """A stage that trains for its minutes, and can go on."""
    return Stage(name, needs, minutes=minutes, keeps=f"{name}.pt", resumes=True)


def answers(name: str, needs: str, minutes: float = 0, *arguments: str) -> Stage:
    """A stage of the answer model, which goes on from the checkpoint that is there."""
    return Stage(name, (needs,), "answer.llava", minutes, arguments=arguments)


STAGES = (
    trained("vae", 25),
    Stage("latents", ("vae",)),
    trained("clip", 20),
    trained("base", 60, "latents", "clip"),
    Stage("handover", ("base",), samples=("--count", 320)),
    trained("refiner", 12, "handover"),
    trained("decoder", 25, "handover"),
    Stage("pack", ("refiner", "decoder")),
    Stage("card", ("pack",)),
    trained("judge", 4),
    Stage("upscaler_pictures", ("pack",), "upscaler.pictures", samples=("--count", 320)),
    trained("upscaler", 60, "upscaler_pictures"),
    Stage("upscaler_pack", ("upscaler",), "upscaler.pack"),
    Stage("llava", ("clip",), minutes=60, keeps="llava.pt"),
    Stage("match_heads", ("llava",)),
    answers("llava-further", "match_heads", 75, "--asked", "24", "--looked-at", "0", "--rate", "0.0008"),
    answers("llava-pack", "llava-further", 0, "--pack"),
    Stage("llava_card", ("llava-pack",), "answer.card"),
    trained("checker", 30, "clip"),
    Stage("clip_pack", ("clip",), "clip.pack"),
)


def run(stages: tuple[Stage, ...], again: list[str], *, scale: float, threads: int, cache: Path, models: Path) -> None:
    """Runs what is missing, in order.

    Raises:
        subprocess.CalledProcessError: a stage failed; those before it are done.
    """
    done = cache / "done"
    done.mkdir(parents=True, exist_ok=True)
    models.mkdir(parents=True, exist_ok=True)
    ran: set[str] = set()
    places: Mapping[str, str] = {"DEMO_MODELS_CACHE": str(cache), "DEMO_MODELS": str(models)}
    for stage in stages:
        mark = done / stage.name
        if stage.name in again or ran.intersection(stage.needs):
            mark.unlink(missing_ok=True)
            put_aside(cache / stage.keeps if stage.keeps else None)
        if mark.exists():
            print(f"{stage.name}: done already")
            continue
        command = stage.command(scale, threads)
        print(" ".join(command), flush=True)
        subprocess.run(command, check=True, env={**os.environ, **places})
        mark.touch()
        ran.add(stage.name)


def put_aside(checkpoint: Path | None) -> None:
    """Lets a stage begin from nothing, without losing what it had: ``base.pt`` becomes ``base.before.pt``."""
    if checkpoint and checkpoint.exists():
        checkpoint.replace(checkpoint.with_suffix(f".before{checkpoint.suffix}"))


def main() -> None:
    """Runs the stages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="of every stage's minutes and samples")
    parser.add_argument("--again", nargs="*", default=[], choices=[stage.name for stage in STAGES])
    parser.add_argument("--threads", type=int, default=0, help="for training; 0 leaves it to each stage")
    parser.add_argument("--cache", type=Path, default=CACHE, help="packages, checkpoints, and what is done")
    parser.add_argument("--models", type=Path, default=BUNDLED, help="where the models' folders are written")
    asked = parser.parse_args()
    places = {"cache": asked.cache.resolve(), "models": asked.models.resolve()}
    run(STAGES, asked.again, scale=asked.scale, threads=asked.threads, **places)


if __name__ == "__main__":
    main()

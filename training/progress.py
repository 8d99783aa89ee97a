"""What every training stage shares: its options, its clock, its averaged weights, its checkpoints and its log."""

import argparse
import copy
import math
import os
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn

from training.world.packages import CACHE

SAVE_EVERY = 120.0  # seconds


def options(description: str, minutes: float) -> argparse.ArgumentParser:
    """The command-line options that all stages have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--minutes", type=float, default=minutes, help="training time in all, resumed time counted in")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--batch", type=int, default=0, help="pictures a step; 0 is the stage's own default")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    return parser


def device() -> torch.device:
    """CUDA where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def autocast(place: torch.device) -> torch.autocast:
    """Half precision (bfloat16) where the machine computes in it: twice as fast on CPUs that know it."""
    able = place.type == "cuda" or torch.cpu._is_avx512_bf16_supported()
    return torch.autocast(place.type, torch.bfloat16, enabled=able)


def averaged(model: nn.Module) -> nn.Module:
    """A copy that holds the moving average of the weights."""
    return copy.deepcopy(model).eval().requires_grad_(False)


def average(mean: nn.Module, model: nn.Module, decay: float, step: int) -> None:
    """Moves ``mean`` towards ``model``; early steps weigh more, so that the start is forgotten."""
    decay = min(decay, (1 + step) / (10 + step))
    with torch.no_grad():
        _average(mean, model, decay)


def _average(mean: nn.Module, model: nn.Module, decay: float) -> None:
    pairs = list(zip(mean.state_dict().values(), model.state_dict().values(), strict=True))
    floats = [pair for pair in pairs if pair[0].is_floating_point()]
    torch._foreach_lerp_([old for old, _ in floats], [new for _, new in floats], 1 - decay)
    for old, new in pairs:
        if not old.is_floating_point():  # counters
            old.copy_(new)


class Stage:
    """The clock and the checkpoint of one stage.

    ``parts`` (models, optimiser) are saved to ``<name>.pt`` in the cache folder every two minutes and at the end.
    """

    def __init__(self, name: str, arguments: argparse.Namespace, parts: dict[str, Any]) -> None:
        torch.set_num_threads(arguments.threads)
        self.name, self.parts = name, parts
        self.step, self.before = 0, 0.0
        self.limit = arguments.minutes * 60
        self.path = CACHE / f"{name}.pt"
        if arguments.resume and self.path.exists():
            state = load(name)
            for key, part in parts.items():
                part.load_state_dict(state[key])
            self.step, self.before = state["step"], state["seconds"]
        self.started = self.saved = self.logged = time.monotonic()
        self.samples = 0

    @property
    def seconds(self) -> float:
        """Training time so far, earlier runs counted in."""
        return self.before + time.monotonic() - self.started

    @property
    def done(self) -> bool:
        """Whether the time is used up."""
        return bool(self.seconds >= self.limit)

    def rate(self, peak: float, warm: int) -> float:
        """Learning rate: linear warm-up over ``warm`` steps, then a cosine down to 2% over the time."""
        cosine = 0.5 + 0.5 * math.cos(math.pi * min(self.seconds / self.limit, 1.0))
        return peak * min(1.0, (self.step + 1) / warm) * (0.02 + 0.98 * cosine)

    def tick(self, losses: dict[str, float], samples: int) -> None:
        """Counts one step; logs every 20 s and saves every two minutes."""
        self.step += 1
        self.samples += samples
        now = time.monotonic()
        if now - self.logged > 20:
            pace = self.samples / (now - self.logged)
            self.say(f"step {self.step} " + " ".join(f"{k} {v:.4f}" for k, v in losses.items()) + f" {pace:.1f}/s")
            self.logged, self.samples = now, 0
        if now - self.saved > SAVE_EVERY:
            self.save()
            self.saved = time.monotonic()

    def say(self, words: str) -> None:
        """One line to the screen and to ``<name>.log``."""
        line = f"{self.seconds:7.0f} s  {words}"
        print(line, flush=True)
        with (CACHE / f"{self.name}.log").open("a") as log:
            log.write(line + "\n")

    def save(self, **extra: Any) -> None:
        """Writes the checkpoint beside the old one, then takes its place."""
        state = {key: part.state_dict() for key, part in self.parts.items()}
        fresh = self.path.with_suffix(".new")
        torch.save({**state, **extra, "step": self.step, "seconds": self.seconds}, fresh)
        fresh.replace(self.path)


def load(name: str, folder: Path = CACHE) -> dict[str, Any]:
    """The last checkpoint of a stage.

    Raises:
        FileNotFoundError: the stage has not run yet.
    """
    state: dict[str, Any] = torch.load(folder / f"{name}.pt", map_location=device(), weights_only=True)
    return state

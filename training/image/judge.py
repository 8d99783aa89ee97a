"""The independent judge of the image model: a small convolutional network trained on real renderings alone.

It shares no part and no picture with the generator's own training signal: the figures in ``benchmarks`` ask it what a
generated picture shows, in which style, on which ground.
"""

import random

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from training.answer.pictures import wear
from training.progress import Stage, average, averaged, device, options
from training.sums import write_sums
from training.world.icons import IMAGE_STYLES, Icons, drawn, load_icons
from training.world.packages import BUNDLED
from training.world.scenes import GROUNDS, Scene, SceneObject, draw
from training.world.singles import as_input

WEIGHTS = BUNDLED / "emoji-judge" / "model.safetensors"
WIDTHS = (24, 48, 96, 160)
NAMES = tuple(concept.name for concept in drawn())


class Judge(nn.Module):  # type: ignore[misc]  # torch is not read by the type checker
    """RGB (batch, 3, 64, 64) in -1..1 -> logits over concepts, styles and grounds."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in zip((3, *WIDTHS[:-1]), WIDTHS, strict=True):
            layers += [
                nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(),
                nn.Conv2d(after, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(),
            ]  # fmt: skip
        self.features = nn.Sequential(*layers)
        self.sizes = [len(NAMES), len(IMAGE_STYLES), len(GROUNDS)]
        self.head = nn.Linear(WIDTHS[-1] * 16, sum(self.sizes))

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """Three logits: concept, style, ground."""
        return self.head(self.features(pictures).flatten(1)).split(self.sizes, 1)  # type: ignore[no-any-return]  # torch's Module call is untyped


def trained_judge() -> Judge:
    """The kept judge, in evaluation mode.

    Raises:
        FileNotFoundError: the judge has not been trained.
    """
    judge = Judge()
    judge.load_state_dict(load_file(WEIGHTS))
    judge.to(device()).eval()
    return judge


def examples(icons: Icons, count: int, rng: random.Random) -> tuple[Tensor, Tensor]:
    """Real renderings with a little shift, scale and wear: pixels uint8 (count, 3, 64, 64), truth (count, 3)."""
    pixels, truth = [], []
    for _ in range(count):
        at = [rng.randrange(len(NAMES)), rng.randrange(len(IMAGE_STYLES)), rng.randrange(len(GROUNDS))]
        side = rng.uniform(0.8, 0.92)
        x, y = (0.5 - side / 2 + rng.uniform(-0.04, 0.04) for _ in range(2))
        item = SceneObject(NAMES[at[0]], IMAGE_STYLES[at[1]], (x, y, x + side, y + side))
        pixels.append(wear(rng, draw(Scene((item,), (list(GROUNDS)[at[2]],)), icons)))
        truth.append(at)
    return torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2), torch.tensor(truth)


def main() -> None:
    """Trains; the averaged weights go to ``assets/models/emoji-judge``."""
    arguments = options(main.__doc__ or "", minutes=5).parse_args()
    torch.manual_seed(3)
    rng, count = random.Random(3), arguments.batch or 64
    icons = load_icons(IMAGE_STYLES, 128)
    judge = Judge().to(device())
    mean = averaged(judge)
    optimiser = torch.optim.AdamW(judge.parameters(), lr=2e-3, weight_decay=1e-2)
    stage = Stage("judge", arguments, {"judge": judge, "mean": mean, "optimiser": optimiser})
    while not stage.done:
        pixels, truth = examples(icons, count, rng)
        truth = truth.to(device())
        guesses = judge(as_input(pixels, device()))
        error = sum(functional.cross_entropy(guess, truth[:, at]) for at, guess in enumerate(guesses))
        for group in optimiser.param_groups:
            group["lr"] = stage.rate(2e-3, 30)
        optimiser.zero_grad()
        error.backward()
        optimiser.step()
        average(mean, judge, 0.99, stage.step)
        right = {
            name: float((guess.argmax(1) == truth[:, at]).float().mean())
            for at, (name, guess) in enumerate(zip(("concept", "style", "ground"), guesses, strict=True))
        }
        stage.tick({"loss": float(error.detach()), **right}, count)
    stage.save()
    WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
    kept = {name: value.half() if value.is_floating_point() else value for name, value in mean.state_dict().items()}
    save_file(kept, WEIGHTS)
    WEIGHTS.chmod(0o644)  # written for the owner alone otherwise
    write_sums(WEIGHTS.parent)


if __name__ == "__main__":
    main()

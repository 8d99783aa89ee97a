"""Steps, guidance and hand-over of the bundled image model, on held-out prompts: where the app's defaults come from."""

import argparse
import time
from dataclasses import replace

from benchmarks.figures_sdxl import Maker, Setting, decibels, held_rows, judged, prompt, true_pictures

SETTINGS = (
    [Setting(guidance=guidance, handover=None) for guidance in (1.0, 1.5, 2.0, 3.0, 5.0)]
    + [Setting(guidance=guidance, refiner_guidance=other) for guidance in (1.5, 2.0, 3.0) for other in (1.0, 1.5, 3.0)]
    + [replace(Setting(), steps=steps) for steps in (10, 15, 20, 40)]
    + [replace(Setting(), handover=share) for share in (0.7, 0.9)]
)


def main() -> None:
    """Prints one row for each setting."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--count", type=int, default=48, help="held-out prompts for each setting")
    arguments = parser.parse_args()
    every = held_rows()
    rows = [every[at * len(every) // arguments.count] for at in range(arguments.count)]
    maker, true, prompts = Maker(), true_pictures(rows), [prompt(row) for row in rows]
    print("| steps | guidance | refiner's | hand-over | concept | style | ground | dB | s a picture |")
    print("|---|---|---|---|---|---|---|---|---|")
    for setting in SETTINGS:
        started = time.perf_counter()
        made = maker.make(prompts, setting)
        seconds = (time.perf_counter() - started) / len(rows)
        right = " | ".join(f"{share:.2f}" for share in judged(made, rows).mean(0))
        handover = setting.handover or "none"
        refiner = setting.refiner_guidance if setting.handover else ""
        close = decibels(made, true).mean()
        print(
            f"| {setting.steps} | {setting.guidance} | {refiner} | {handover} | {right} | {close:.1f} | {seconds:.2f} |"
        )


if __name__ == "__main__":
    main()

"""What the program costs: ``/generate`` through gradio_client over the same two pipelines called directly.

Both happen in one process, in turn, with the same request, weights, threads and seeds. The direct call ends with the
picture as a PNG on the disk, as the program does. Where the rest goes is read from the row of each run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

ROUNDS = 12
PROMPT, SEED, HANDOVER = "a red apple", 7, 0.8


def main() -> None:
    """Print the table."""
    from benchmarks.program import free_port

    os.environ.update(GRADIO_SERVER_PORT=str(free_port()), GRADIO_SERVER_NAME="127.0.0.1", HF_HUB_OFFLINE="1")
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    from gradio_client import Client

    import settings
    import wiring
    from benchmarks.table import median_and_range, show

    program = wiring.build(settings.Settings(data=folder / "data"))
    url = program.start()
    while program.preloading.pending():
        time.sleep(0.1)
    client = Client(url, headers={"x-api-key": program.owner.key}, verbose=False, token=False, analytics_enabled=False)
    direct = _Direct(program, folder)
    whole, bare, records = [], [], []
    for number in range(ROUNDS + 2):
        began = time.perf_counter()
        direct.generate()
        middle = time.perf_counter()
        _, record = client.predict(prompt=PROMPT, seed=SEED, api_name="/generate")
        ended = time.perf_counter()
        if number >= 2:  # the first two warm caches on both sides
            bare.append(middle - began)
            whole.append(ended - middle)
            records.append(record)
    nothing = [_timed(lambda: client.predict(run_id=records[0]["id"], api_name="/run")) for _ in range(ROUNDS)]
    program.stop()
    ratios = [a / b for a, b in zip(whole, bare, strict=True)]
    waiting = [_seconds(record, "queued", "started") for record in records]
    running = [float(record["seconds"]) for record in records]
    rest = [a - b - c for a, b, c in zip(whole, waiting, running, strict=True)]
    show(
        "Overhead of /generate",
        ("what", "median (range)"),
        [
            ("two pipelines called directly, PNG on disk", median_and_range(bare)),
            ("/generate through gradio_client", median_and_range(whole)),
            ("ratio of the medians", f"{statistics.median(whole) / statistics.median(bare):.3f}"),
            ("ratio, pair by pair", f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"),
            ("of which: accepted to started", median_and_range(waiting)),
            ("of which: started to final row (model, rules, files)", median_and_range(running)),
            ("of which: client, queue and gate", median_and_range(rest)),
            ("for comparison: an endpoint that only reads a row, through gradio_client", median_and_range(nothing)),
            (
                "first step to picture on disk, over the direct call",
                f"{statistics.median(running) / statistics.median(bare):.3f}",
            ),
        ],
    )


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


class _Direct:
    """The plain library doing the same work: stock pipelines, loaded by ``from_pretrained``."""

    def __init__(self, program: Any, folder: Path) -> None:
        import torch
        from diffusers import StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline

        from core.requests import GenerateRequest
        from settings import ROOT

        resolved = program.catalogue.resolve(GenerateRequest(prompt=PROMPT))
        weights = ROOT / "assets" / "models" / resolved.card.id
        # Pictures under 256 pixels are never marked by the library; said so that no package turns it on.
        named = {"dtype": torch.float32, "add_watermarker": False}
        self._base = StableDiffusionXLPipeline.from_pretrained(weights / "base", **named)
        self._refiner = StableDiffusionXLImg2ImgPipeline.from_pretrained(weights / "refiner", **named)
        for pipeline in (self._base, self._refiner):
            pipeline.set_progress_bar_config(disable=True)
        sampling = resolved.request.sampling
        self._named = {"num_inference_steps": sampling.steps, "guidance_scale": sampling.guidance}
        self._place = folder / "direct.png"

    def generate(self) -> None:
        import torch

        with torch.inference_mode():
            generator = torch.Generator("cpu").manual_seed(SEED)
            named = {"prompt": PROMPT, "generator": generator, **self._named}
            latents = self._base(**named, denoising_end=HANDOVER, output_type="latent").images
            self._refiner(**named, image=latents, denoising_start=HANDOVER).images[0].save(self._place)


def _seconds(record: dict[str, Any], start: str, end: str) -> float:
    return (datetime.fromisoformat(record[end]) - datetime.fromisoformat(record[start])).total_seconds()


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()

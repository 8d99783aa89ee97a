"""Stage 6: complete folders that the stock pipelines load with ``from_pretrained``, in half precision.

Text encoder configs say ``"dtype": "float32"``: without it transformers loads half precision weights as they are, and
diffusers the others in single precision, which do not mix.
"""

import argparse
import json
from pathlib import Path

import torch
from diffusers import DiffusionPipeline, StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline

from training.image import networks
from training.image.base import trained_base
from training.image.card import MODELS
from training.image.latents import coder
from training.image.tokenizer import load as load_tokenizer
from training.progress import device, load
from training.world.packages import CACHE


def base_pipeline() -> StableDiffusionXLPipeline:
    """The base as trained so far, in single precision on the device."""
    vae, size = coder()
    if (CACHE / "decoder.pt").exists():
        vae.load_state_dict(load("decoder")["mean"])
    model = trained_base(size // 4)
    tokenizer = load_tokenizer()
    return StableDiffusionXLPipeline(
        vae=vae, text_encoder=model["text"], text_encoder_2=model["text_2"], tokenizer=tokenizer,
        tokenizer_2=tokenizer, unet=model["unet"].eval(), scheduler=networks.scheduler(), add_watermarker=False,
    ).to(device())  # fmt: skip


def refiner_pipeline(base: StableDiffusionXLPipeline) -> StableDiffusionXLImg2ImgPipeline:
    """The refiner as trained so far, over the base's coder and second text encoder.

    Raises:
        FileNotFoundError: the refiner has not been trained.
    """
    mean = load("refiner")["mean"]
    unet = networks.unet(tuple(base.unet.config.block_out_channels), base.unet.config.sample_size, refiner=True)
    unet.load_state_dict(mean)
    return StableDiffusionXLImg2ImgPipeline(
        vae=base.vae, text_encoder=None, tokenizer=None, text_encoder_2=base.text_encoder_2,
        tokenizer_2=base.tokenizer_2, unet=unet.eval(), scheduler=networks.scheduler(),
        requires_aesthetics_score=True, add_watermarker=False,
    ).to(device())  # fmt: skip


def save(pipeline: DiffusionPipeline, folder: Path) -> None:
    """Writes the pipeline in half precision and puts the dtype into the text encoders' configs."""
    pipeline.to(dtype=torch.float16).save_pretrained(folder, safe_serialization=True)
    for config in folder.glob("text_encoder*/config.json"):
        values = json.loads(config.read_text())
        config.write_text(json.dumps({**values, "dtype": "float32"}, indent=2, sort_keys=True) + "\n")
    for weights in folder.rglob("*.safetensors"):
        weights.chmod(0o644)  # written for the owner alone otherwise
    pipeline.to(dtype=torch.float32)


def main() -> None:
    """Writes ``base`` and, once trained, ``refiner`` into the assets folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--to", type=Path, default=MODELS)
    folder = parser.parse_args().to
    base = base_pipeline()
    refiner = refiner_pipeline(base) if (CACHE / "refiner.pt").exists() else None
    save(base, folder / "base")
    if refiner:
        save(refiner, folder / "refiner")


if __name__ == "__main__":
    main()

"""Stage 1: the picture coder (AutoencoderKL): 64 px -> 16 x 16 x 4 latents of about unit scale, and back.

No KL term: the encoder's mean goes through a batch normalisation without learned scale, then noise, then the decoder;
at the end the normalisation is folded into the encoder's last convolution, so that latents need no scaling.
Source: Rombach et al. 2022 (arXiv 2112.10752), section 3.1, for the architecture; the normalised latents are ours.
"""

import random

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import nn

from training.learner import Learner
from training.progress import Stage, autocast, average, averaged, device, options
from training.world.icons import IMAGE_STYLES, Icons, Pixels, load_icons
from training.world.scenes import draw, random_scene
from training.world.singles import Singles, as_input, singles
from training.world.splits import held_out

PEAK = 1.5e-3
NOISE = 0.3  # spread of the noisiest latents the decoder learns from; most get far less
SCENE_SHARE = 0.5  # of each batch: several small icons, so that the coder is no mere memory of centred ones


def build(channels: tuple[int, ...] = (24, 48, 96), size: int = 64) -> AutoencoderKL:
    """The coder, untrained."""
    levels = len(channels)
    return AutoencoderKL(
        block_out_channels=channels,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        sample_size=size,
        mid_block_add_attention=False,
        use_quant_conv=False,
        use_post_quant_conv=False,
        scaling_factor=1.0,
        force_upcast=False,
    )


def loss(made: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    """Absolute and squared error, and half the absolute error of the differences between neighbours (edges)."""
    error = made - true
    edges = (error[..., 1:] - error[..., :-1]).abs().mean() + (error[..., 1:, :] - error[..., :-1, :]).abs().mean()
    return error.abs().mean() + error.square().mean() + 0.5 * edges


def decibels(made: torch.Tensor, true: torch.Tensor) -> float:
    """Peak signal-to-noise ratio of pictures in -1..1, averaged over them."""
    squared = (made.clamp(-1, 1) - true).square().flatten(1).mean(1).clamp_min(1e-6)
    return float((10 * torch.log10(4 / squared)).mean())


def batch_of(data: Singles, icons: Icons, count: int, rng: random.Random) -> torch.Tensor:
    """Pictures of shape (count, 3, size, size) as uint8, no combination held out: centred single icons, and scenes."""
    scenes = round(count * SCENE_SHARE)
    trained = data.trained.nonzero()[:, 0]
    chosen = data.pixels[trained[torch.randint(len(trained), (count - scenes,))]]
    return torch.cat([chosen, drawn_scenes(icons, scenes, data.pixels.shape[-1], rng)])


def drawn_scenes(
    icons: Icons, count: int, size: int, rng: random.Random, things: tuple[int, ...] = (1, 2, 3, 4)
) -> torch.Tensor:
    """Scenes of so many icons, uint8 (count, 3, size, size), with no held-out combination in them."""
    drawn: list[Pixels] = []
    while len(drawn) < count:
        scene = random_scene(rng, rng.choice(things), IMAGE_STYLES)
        if not held_out(scene):
            drawn.append(draw(scene, icons, size))
    return torch.from_numpy(np.stack(drawn)).permute(0, 3, 1, 2)


def fold(vae: AutoencoderKL, norm: nn.BatchNorm2d) -> None:
    """Writes the normalisation into the encoder's last convolution, and the spread to a small constant."""
    spread = (norm.running_var + norm.eps).sqrt()
    last = vae.encoder.conv_out
    with torch.no_grad():
        last.weight[:4] /= spread[:, None, None, None]
        last.bias[:4] = (last.bias[:4] - norm.running_mean) / spread
        last.weight[4:] = 0
        last.bias[4:] = -8


def main() -> None:
    """Trains, checkpoints, and leaves the folded average weights under ``vae`` in ``vae.pt``."""
    parser = options(main.__doc__ or "", minutes=25)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--channels", type=int, nargs="+", default=[24, 48, 96])
    arguments = parser.parse_args()
    torch.manual_seed(0)
    rng = random.Random(0)
    count = arguments.batch or 16
    data, icons = singles(arguments.size), load_icons(IMAGE_STYLES, 2 * arguments.size)
    vae = build(tuple(arguments.channels), arguments.size).to(device())
    model = nn.ModuleDict({"vae": vae, "norm": nn.BatchNorm2d(4, affine=False, momentum=0.02)}).to(device())
    mean = averaged(model)
    learner = Learner(model)
    stage = Stage("vae", arguments, {"model": model, "mean": mean, "learner": learner})
    model.train()
    while not stage.done:
        true = as_input(batch_of(data, icons, count, rng), device())
        with autocast(true.device):
            latents = model["norm"](vae.encoder(true)[:, :4].float())
            noise = NOISE * torch.rand(count, 1, 1, 1, device=true.device).square() * torch.randn_like(latents)
            made = vae.decoder(latents + noise).float()
        error = loss(made, true)
        learner.step(error, stage.rate(PEAK, 50))
        average(mean, model, 0.99, stage.step)
        stage.tick({"loss": float(error.detach()), "dB": decibels(made.detach(), true)}, count)
    fold(mean["vae"], mean["norm"])
    stage.save(folded=mean["vae"].state_dict(), channels=list(arguments.channels), size=arguments.size)


if __name__ == "__main__":
    main()

import random

import pytest
import torch

from training.image.base import timesteps
from training.image.diffusion import REFINER_STEPS, noised, signal_levels
from training.image.drawings import Drawings
from training.image.networks import REFINER_TIMES, TEXT_WIDTH, scheduler, text_config, text_encoders, unet
from training.image.refiner import Examples, from_base
from training.image.vae import build, decibels, fold, loss
from training.world.couples import COUNT
from training.world.icons import concepts
from training.world.singles import Singles


def test_the_last_timestep_is_pure_noise_and_velocity_leads_back():
    levels = signal_levels(torch.device("cpu"))
    assert levels[-1] == 0
    true, noise = torch.randn(3, 4, 8, 8), torch.randn(3, 4, 8, 8)
    level = levels[[5, 500, 999]]
    noisy, velocity = noised(true, noise, level)
    signal, spread = (part.sqrt()[:, None, None, None] for part in (level, 1 - level))
    assert torch.allclose(signal * noisy - spread * velocity, true, atol=1e-4)
    assert torch.allclose(noisy[2], noise[2])


def test_the_scheduler_starts_where_training_does():
    euler = scheduler()
    euler.set_timesteps(25)
    assert int(euler.timesteps[0]) == 999
    assert (euler.timesteps < REFINER_STEPS).sum() >= 5  # the refiner's share at a hand-over of 0.8


def test_timesteps_cover_the_schedule():
    drawn = timesteps(20_000)
    assert 0.11 < (drawn < 200).float().mean() < 0.17
    assert (drawn == 999).float().mean() > 0.02


def test_the_refiner_starts_from_the_base_and_runs():
    torch.manual_seed(0)
    widths = (16, 32, 32)
    base, refiner = unet(widths, 8), unet(widths, 8, refiner=True)
    refiner.load_state_dict(from_base(base.state_dict()))
    made = refiner(
        torch.randn(2, 4, 8, 8), 100, encoder_hidden_states=torch.randn(2, 6, TEXT_WIDTH),
        added_cond_kwargs={"text_embeds": torch.randn(2, TEXT_WIDTH), "time_ids": torch.ones(2, REFINER_TIMES)},
    ).sample  # fmt: skip
    assert made.shape == (2, 4, 8, 8)


def test_half_of_the_refiners_squares_start_from_what_the_base_made():
    latents = {
        "square": torch.zeros(20, 4, 4, 4),
        "portrait": torch.zeros(20, 4, 5, 4),
        "landscape": torch.zeros(20, 4, 4, 5),
        "couples": torch.zeros(COUNT, 4, 4, 4),
    }
    names = tuple(concept.name for concept in concepts()[:20])
    data = Singles(torch.zeros(20, 3, 16, 16), names, ("flat",) * 20, ("blue",) * 20, torch.ones(20, dtype=torch.bool))
    examples = Examples(Drawings(data, latents), {"rows": torch.tensor([3, 4]), "latents": torch.ones(2, 4, 4, 4)})
    rng = random.Random(0)
    repaired = 0
    for _ in range(40):
        texts, times, start, true = examples.batch(8, rng)
        assert len(texts) == 8
        assert times.min() >= 1
        assert times.max() < REFINER_STEPS
        assert (true == 0).all()
        assert (start[4:] == 0).all()
        if (start != 0).any():
            repaired += 1
            assert all(names[3] in text or names[4] in text for text in texts[:4])
            assert (start[:4].flatten(1).amax(1) <= times[:4] / REFINER_STEPS).all()
    assert repaired > 20


def test_both_text_encoders_give_what_the_pipelines_read():
    class Tokens:
        bos_token_id, eos_token_id, pad_token_id = 8, 9, 9

        def __len__(self):
            return 10

    first, second = text_encoders(text_config(Tokens(), 6))
    ids = torch.tensor([[8, 1, 2, 9, 9, 9]])
    assert first(ids, output_hidden_states=True).hidden_states[-2].shape == (1, 6, TEXT_WIDTH)
    assert second(ids, output_hidden_states=True).text_embeds.shape == (1, TEXT_WIDTH)


def test_folding_the_normalisation_gives_latents_of_unit_scale():
    torch.manual_seed(0)
    vae, pictures = build((8, 16, 16), 32), torch.rand(16, 3, 32, 32) * 2 - 1
    norm = torch.nn.BatchNorm2d(4, affine=False, momentum=1.0)
    with torch.no_grad():
        wanted = norm(vae.encoder(pictures)[:, :4])
        fold(vae, norm)
        folded = vae.encode(pictures).latent_dist.mode()
    assert torch.allclose(folded, wanted, atol=0.02)


def test_the_loss_and_the_decibels_know_equal_pictures():
    picture = torch.rand(1, 3, 8, 8)
    assert loss(picture, picture) == 0
    assert decibels(picture, picture) == pytest.approx(66, abs=0.1)
    assert decibels(picture, picture + 0.2) == pytest.approx(20, abs=0.01)

import pytest
import torch

from training import packages
from training.base import build
from training.diffusion import noised, signal_levels
from training.distil import GRID, STRIDE, Lesson, Teacher, apart, few_steps, picture_of, towards

PLACE = torch.device("cpu")
words = pytest.mark.skipif(
    not packages.cached(packages.WORDS_PACKAGE),
    reason="the package of words is not in training/.cache; `python -m training.make` fetches it",
)


def test_four_steps_begin_at_pure_noise_and_lie_on_the_teachers_grid():
    scheduler = few_steps()
    scheduler.set_timesteps(4)
    times = scheduler.timesteps.tolist()
    assert times[0] == 999
    assert len(times) == 4
    assert all((time + 1) % STRIDE == 0 for time in times)
    assert scheduler.alphas_cumprod[999] == pytest.approx(0, abs=1e-6)


def test_the_scheduler_reads_a_velocity_as_the_training_does():
    torch.manual_seed(0)
    scheduler, levels = few_steps(), signal_levels(PLACE)
    scheduler.set_timesteps(4)
    picture, noise = torch.randn(2, 1, 4, 8, 8)
    noisy, velocity = noised(picture, noise, levels[[759]])
    denoised = scheduler.step(velocity, scheduler.timesteps[1], noisy).denoised
    assert torch.allclose(denoised, picture, atol=1e-4)
    assert torch.allclose(picture_of(noisy, velocity, levels[[759]]), picture, atol=1e-4)


def test_a_step_of_the_teacher_keeps_to_the_line_from_noise_to_picture():
    levels = signal_levels(PLACE)
    picture, noise = torch.randn(2, 3, 4, 8, 8)
    times = torch.tensor([999, 499, 19])
    noisy, velocity = noised(picture, noise, levels[times])
    nearer = torch.stack([levels[979], levels[479], torch.tensor(1.0)])
    wanted, _ = noised(picture, noise, nearer)
    assert torch.allclose(towards(noisy, velocity, levels[times], nearer), wanted, atol=1e-4)


def test_pictures_that_are_the_same_are_not_apart():
    picture = torch.randn(2, 4, 8, 8)
    assert apart(picture, picture) == pytest.approx(0, abs=1e-6)
    assert apart(picture, picture + 1) > 0.9


@words
def test_a_lesson_moves_the_student_alone():
    torch.manual_seed(0)
    teacher = Teacher(build((16, 32, 32), 16), 2.0, PLACE)
    lesson = Lesson(teacher, PLACE)
    before = [weight.clone() for weight in teacher.unet.parameters()]
    losses = [lesson.learn(torch.randn(4, 4, 16, 16), ["a fox"] * 4, 1e-3, step) for step in range(2)]
    assert all(0 <= loss < 10 for loss in losses)
    assert all(torch.equal(old, new) for old, new in zip(before, teacher.unet.parameters(), strict=True))
    moved = zip(before, lesson.student.parameters(), strict=True)
    assert not all(torch.equal(old, new) for old, new in moved)
    assert GRID * STRIDE == 1000

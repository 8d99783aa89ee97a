import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional

from pipelines.upscale.files import read
from training.upscaler.network import Upscaler


def spoiled(**sizes: int) -> Upscaler:
    """A network whose last layer has a say, as after training."""
    torch.manual_seed(1)
    made = Upscaler(**sizes)
    torch.nn.init.normal_(made.body[-1].weight, std=0.02)
    return made.eval().requires_grad_(False)


@pytest.mark.parametrize("sizes", [{}, {"features": 8, "layers": 2, "scale": 2}])
def test_spandrel_reads_the_file_and_gives_the_same_pictures(tmp_path, sizes):
    made = spoiled(**sizes)
    save_file(made.state_dict(), tmp_path / "made.safetensors")
    loaded = read(tmp_path / "made.safetensors")
    assert (loaded.architecture.id, loaded.scale) == ("Compact", made.scale)
    small = torch.rand(1, 3, 12, 9)
    assert torch.equal(loaded(small), made(small).clamp(0, 1))


def test_it_begins_as_plain_enlargement():
    small = torch.rand(2, 3, 6, 5)
    assert torch.equal(Upscaler()(small), functional.interpolate(small, scale_factor=4))


def test_the_picture_reaches_the_last_layer():
    network, small = Upscaler(), torch.rand(1, 3, 16, 16)
    seen = small
    for layer in network.body[:-1]:
        seen = layer(seen)
    assert 0.1 < float(seen.detach().std()) < 10

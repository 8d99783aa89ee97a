"""What is kept from training, so that the figures measure recombination: drawings on grounds, and pairs of things."""

import hashlib

from training.world.scenes import Scene

SHARE = 10  # one combination in ten is held out


def _held(*words: str) -> bool:
    """Whether a hash of the words falls into the held-out tenth: the same on every machine, with no list to keep."""
    return hashlib.sha256("|".join(words).encode()).digest()[0] % SHARE == 0


def held_out(scene: Scene) -> bool:
    """Whether any concept x style x ground of the scene, or any pair of its concepts, is kept from training.

    A scene on two grounds counts for both of them.
    """
    for item in scene.objects:
        if any(_held("drawing", item.concept, item.style, ground) for ground in scene.grounds):
            return True
    names = sorted({item.concept for item in scene.objects})
    return any(_held("pair", a, b) for at, a in enumerate(names) for b in names[at + 1 :])

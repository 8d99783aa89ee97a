"""How the answer model's world is put into words: articles, plurals, lists, places, captions."""

import random
from collections import Counter
from collections.abc import Sequence

from training.world.icons import concept_named
from training.world.scenes import Scene, SceneObject

PLURAL_NAMES = frozenset({"cherries", "grapes", "french fries", "scissors", "glasses"})
MASS_NAMES = frozenset({"popcorn", "corn", "broccoli", "fire", "coffee", "ice cream", "cheese", "earth"})
UNCOUNTED = PLURAL_NAMES | MASS_NAMES
IRREGULAR = {"mouse": "mice", "maple leaf": "maple leaves", "tropical fish": "tropical fish", "chick": "chicks"}
NUMBERS = ("none", "one", "two", "three", "four", "five")
STYLE_NAMES = {"flat": "flat", "3d": "3D", "noto": "Noto", "twemoji": "Twemoji"}
CATEGORIES = {
    "animal": "an animal", "plant": "a plant", "food": "food", "vehicle": "a vehicle",
    "sky": "something from the sky or the weather", "object": "an object",
}  # fmt: skip
PLACES = {
    (-1, -1): "at the top left", (0, -1): "at the top", (1, -1): "at the top right",
    (-1, 0): "on the left", (0, 0): "in the middle", (1, 0): "on the right",
    (-1, 1): "at the bottom left", (0, 1): "at the bottom", (1, 1): "at the bottom right",
}  # fmt: skip


def with_article(words: str) -> str:
    """``an owl``, ``a unicorn``, ``scissors``, ``fire``, ``a red apple``."""
    if words in UNCOUNTED or words.split(" ", 1)[-1] in UNCOUNTED:
        return "the earth" if words == "earth" else words
    vowel = words[0] in "aeiou" and not words.startswith(("uni", "ufo", "one"))
    return f"{'an' if vowel else 'a'} {words}"


def is_or_are(name: str) -> str:
    """The verb for one drawing of the thing."""
    return "are" if name in PLURAL_NAMES else "is"


def plural(name: str) -> str:
    """More than one of a thing."""
    if name in UNCOUNTED:
        return name
    if name in IRREGULAR:
        return IRREGULAR[name]
    if name.endswith("y") and name[-2] not in "aeiou":
        return name[:-1] + "ies"
    return name + ("es" if name.endswith(("s", "x", "ch", "sh")) else "s")


def counted(name: str, count: int, colour: str = "") -> str:
    """``a fox``, ``two foxes``, ``two red apples``."""
    shade = f"{colour} " if colour else ""
    if count == 1:
        return with_article(shade + name)
    return f"{NUMBERS[count]} {'times ' if name in UNCOUNTED else ''}{shade}{plural(name)}"


def listed(parts: Sequence[str]) -> str:
    """``a, b and c``."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def sentence(words: str) -> str:
    """A capital at the front and a full stop at the end."""
    return words[0].upper() + words[1:] + "."


def in_reading_order(scene: Scene) -> list[SceneObject]:
    """The things of a scene by rows, then from left to right."""
    return sorted(scene.objects, key=lambda item: (item.centre[1] > 0.5, item.centre[0]))


def contents(scene: Scene) -> Counter[str]:
    """How often each concept is there, in reading order."""
    return Counter(item.concept for item in in_reading_order(scene))


def things(count: Counter[str], colours: bool = False) -> str:
    """``two foxes and a key``; with the colours things naturally have, ``two orange foxes and a yellow key``."""
    return listed([counted(name, n, concept_named(name).colour if colours else "") for name, n in count.items()])


def place(item: SceneObject, margin: float = 0.05) -> str:
    """Where a thing is, in words, or '' if it sits too near a border between two places."""
    steps = []
    for middle in item.centre:
        if min(abs(middle - 0.4), abs(middle - 0.6)) < margin:
            return ""
        steps.append(-1 if middle < 0.4 else 1 if middle > 0.6 else 0)
    return PLACES[steps[0], steps[1]]


def ground_words(scene: Scene) -> str:
    """``blue``, ``blue on the left and red on the right``, ``blue at the top and red at the bottom``."""
    if scene.layout == "plain":
        return scene.grounds[0]
    first, second = (
        ("on the left", "on the right") if scene.layout == "side by side" else ("at the top", "at the bottom")
    )
    return f"{scene.grounds[0]} {first} and {scene.grounds[1]} {second}"


def on_ground(ground: str, rng: random.Random) -> str:
    """`` on a blue background`` and other ways to say it."""
    grey = "grey" if ground == "gray" and rng.random() < 0.5 else ground
    article = "an" if grey[0] == "o" else "a"
    return rng.choice(
        (f" on {article} {grey} background",) * 4
        + (
            f" on {grey}",
            f" against {article} {grey} background",
            f" with {article} {grey} background",
            f", {grey} background",
        )
    )


def caption(rng: random.Random, count: Counter[str], ground: str = "", style: str = "") -> str:
    """A caption as people write prompts: the things, and the ground and the style where given."""
    words = things(count, colours=rng.random() < 0.3)
    if style and rng.random() < 0.5:
        words = (
            f"{with_article(style)} {rng.choice(('drawing', 'style drawing', 'icon', 'emoji', 'picture'))} of {words}"
        )
        style = ""
    if ground:
        words += on_ground(ground, rng)
    if style:
        words += rng.choice((f", {style} style", f" in {style} style", f", {style}"))
    return words

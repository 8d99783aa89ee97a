import pytest

from training.world import packages
from training.world.icons import IMAGE_STYLES, concepts, load_icons, rasterise, tags
from training.world.scenes import GROUNDS

cached = pytest.mark.skipif(
    not all(packages.cached(name) for name in [*packages.STYLE_PACKAGES.values(), packages.WORDS_PACKAGE]),
    reason="the icon packages are not in training/.cache; `make demo-models` fetches them",
)


def test_concepts_are_many_and_their_words_belong_to_one_thing_each():
    words = [word for concept in concepts() for word in (concept.name, *concept.synonyms)]
    assert len(concepts()) >= 120
    assert len(words) == len(set(words))
    assert all(word == word.lower().strip() for word in words)


def test_a_natural_colour_is_a_word_for_a_colour():
    assert {concept.colour for concept in concepts()} <= {"", "brown", *GROUNDS}


@cached
def test_every_concept_is_drawn_in_every_style_and_no_two_alike():
    icons = load_icons(IMAGE_STYLES, 128)
    assert len(icons) == len(concepts()) * len(IMAGE_STYLES)
    assert all((pixels[..., 3] > 0).mean() > 0.15 for pixels in icons.values())
    assert len({pixels.tobytes() for pixels in icons.values()}) == len(icons)


@cached
@pytest.mark.parametrize("style", packages.STYLE_PACKAGES)
def test_a_style_gives_square_pixels_with_alpha(style):
    assert rasterise(style, "fox", 32).shape == (32, 32, 4)


@cached
def test_tags_come_from_the_words_package():
    assert "animal" in tags("fox")

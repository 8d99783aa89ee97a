"""The first rule on pictures: a file of ours that opens, has the size it claims, and shows more than one colour.

It sees no nudity, violence or anything else in a picture; that is for classifiers (``safety.rules.classifier``).
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from core.findings import Content, Stage
from core.media import Picture
from safety.rule import Hit, Rule

MAX_SIDE = 8_192


def pixels(picture: Picture) -> Image.Image:
    """Return the decoded picture, RGB.

    Raises:
        ValueError: it is not what it claims to be. OSError, SyntaxError: it does not decode.
    """
    with Image.open(BytesIO(picture.png), formats=("PNG",)) as opened:
        if opened.size != (picture.width, picture.height) or max(opened.size) > MAX_SIDE:
            raise ValueError(f"a picture of {opened.size} claims to be {picture.width} x {picture.height}")
        return opened.convert("RGB")


class PictureFacts(Rule):
    """Looks at what every sound picture has. A picture that does not decode was not checked, so it does not pass."""

    name = "picture@1"
    for_pictures = False

    def self_test(self) -> None:
        """Raise RuntimeError unless a blank picture is found, another passes, and a broken one is refused."""
        blank, striped = Image.new("RGB", (8, 8)), Image.new("RGB", (8, 8))
        striped.paste((255, 255, 255), (0, 0, 4, 8))
        if not self._hits(_encoded(blank)) or self._hits(_encoded(striped)):
            raise RuntimeError("the rule cannot tell a blank picture from another")
        try:
            self._hits(Picture(png=b"no picture", width=8, height=8))
        except OSError:
            return
        raise RuntimeError("the rule accepted a broken picture")

    def inspect(self, content: Content) -> Sequence[Hit]:
        """Return a hit per blank picture that a model made; people may bring blank ones."""
        hits = [hit for picture in content.pictures for hit in self._hits(picture)]
        return hits if content.stage is Stage.OUTPUT else []

    def _hits(self, picture: Picture) -> list[Hit]:
        extremes = pixels(picture).getextrema()
        if any(low != high for low, high in extremes):  # type: ignore[misc]  # RGB gives one pair per channel
            return []
        colour = "#" + "".join(f"{low:02x}" for low, _ in extremes)  # type: ignore[misc]  # as above
        return [Hit(category="picture/blank", score=1.0, evidence=f"only the colour {colour}", field="picture")]


def _encoded(image: Image.Image) -> Picture:
    file = BytesIO()
    image.save(file, "PNG")
    return Picture(png=file.getvalue(), width=image.width, height=image.height)

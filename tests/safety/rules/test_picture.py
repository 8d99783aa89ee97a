from io import BytesIO

import pytest
from PIL import Image

from core.findings import Content, Stage
from core.media import Picture
from safety.rules.picture import PictureFacts


def picture(image: Image.Image) -> Picture:
    file = BytesIO()
    image.save(file, "PNG")
    return Picture(png=file.getvalue(), width=image.width, height=image.height)


def striped() -> Image.Image:
    image = Image.new("RGB", (64, 48), "white")
    image.paste((200, 0, 0), (0, 0, 64, 20))
    return image


def made(*pictures: Picture) -> Content:
    return Content(stage=Stage.OUTPUT, pictures=pictures)


def test_a_sound_picture_has_no_hit() -> None:
    assert not PictureFacts().inspect(made(picture(striped())))


@pytest.mark.parametrize("colour", ["black", "white", "#123456"])
def test_a_picture_of_one_colour_is_noticed(colour: str) -> None:
    (hit,) = PictureFacts().inspect(made(picture(striped()), picture(Image.new("RGB", (64, 64), colour))))
    assert (hit.category, hit.field, hit.span) == ("picture/blank", "picture", None)


def test_people_may_bring_blank_pictures() -> None:
    blank = picture(Image.new("RGB", (64, 64)))
    assert not PictureFacts().inspect(Content(stage=Stage.INPUT, pictures=(blank,)))


@pytest.mark.parametrize("stage", list(Stage))
def test_what_does_not_decode_was_not_checked(stage: Stage) -> None:
    sound = picture(striped())
    for broken in (
        Picture(png=b"", width=8, height=8),
        Picture(png=sound.png[:60], width=64, height=48),
        Picture(png=sound.png, width=32, height=48),
    ):
        with pytest.raises((OSError, SyntaxError, ValueError)):
            PictureFacts().inspect(Content(stage=stage, pictures=(broken,)))


def test_it_passes_its_self_test() -> None:
    PictureFacts().self_test()

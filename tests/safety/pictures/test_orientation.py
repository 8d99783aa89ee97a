"""Photos with odd metadata: whatever their EXIF says, the pixels come in, upright where it says so."""

import random
import struct
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.errors import InvalidRequestError
from safety.pictures.uploads import PictureReader
from tests.safety.files import EXIF_SIZES, corners, encoded, tiff, with_exif

# Pillow warns of much of this; a warning is no refusal.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
DOOR = PictureReader()
KINDS = ("JPEG", "PNG", "WEBP", "MPO")
# Maker, orientation, resolutions, unit, time, sub-blocks and their neighbours, notes of the maker and of the user.
TAGS = (0x010F, 0x0112, 0x011A, 0x011B, 0x0128, 0x0132, 0x0201, 0x8298, 0x8769, 0x8825, 0x9286, 0x927C, 0xA005)
TURNED = (48, 64)
AS_IT_IS = (64, 48)


def size(data: bytes) -> tuple[int, int]:
    picture = DOOR.read(data)
    with Image.open(BytesIO(picture.png)) as image:
        assert image.info == {}
    return picture.width, picture.height


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", EXIF_SIZES)
def test_one_odd_value_of_any_type_never_breaks_a_photo(form: int, kind: str) -> None:
    for tag in TAGS:
        for count in (1, 3):
            odd = (tag, form, count, bytes(range(1, 1 + EXIF_SIZES[form] * count)))
            assert size(with_exif(tiff(odd), kind)) == AS_IT_IS
            if tag != 0x0112:
                # It does not hide the orientation beside it either.
                turned = (0x0112, 3, 1, struct.pack("<H", 6))
                assert size(with_exif(tiff(*sorted((odd, turned))), kind)) == TURNED


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("form", "count", "value"),
    [
        (3, 1, struct.pack("<H", 0)),
        (3, 1, struct.pack("<H", 9)),
        (3, 1, struct.pack("<H", 99)),
        (9, 1, struct.pack("<l", -6)),
        (2, 2, b"6\0"),
        (5, 1, struct.pack("<LL", 6, 1)),
        (5, 1, struct.pack("<LL", 6, 0)),
        (11, 1, struct.pack("<f", 6)),
        (12, 1, struct.pack("<d", 6)),
        (3, 0, b""),
        (99, 1, b"\6\0"),
        (3, 0xFFFFFFFF, b"\6\0"),
    ],
)
def test_an_orientation_that_is_none_leaves_the_picture_as_it_is(
    form: int, count: int, value: bytes, kind: str
) -> None:
    assert size(with_exif(tiff((0x0112, form, count, value)), kind)) == AS_IT_IS


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_blocks_never_break_a_photo(kind: str) -> None:
    chance = random.Random(kind)
    whole = tiff(
        (0x010F, 2, 12, b"Camera maker"),
        (0x0112, 3, 1, struct.pack("<H", 6)),
        (0x011A, 5, 1, struct.pack("<LL", 72, 1)),
        (0x8769, 4, 1, struct.pack("<L", 60)),
        (0x8825, 4, 1, struct.pack("<L", 1_000_000)),
    )
    for _ in range(150):
        block = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            block[chance.randrange(len(block))] = chance.randrange(256)
        assert size(with_exif(bytes(block[: chance.randint(0, len(block))]), kind)) in {AS_IT_IS, TURNED}
    # An offset that points at itself, one behind the end, and no block at all.
    for head in (b"II*\0\0\0\0\0", b"II*\0\x08\0\0\0\x01\0" + b"\xff" * 12, b"MM\0*\xff\xff\xff\xff", b"", b"II"):
        assert size(with_exif(head, kind)) == AS_IT_IS


def test_the_index_of_further_pictures_may_be_damaged() -> None:
    chance = random.Random(1)
    whole = with_exif(tiff((0x0112, 3, 1, struct.pack("<H", 6))), "MPO")
    index = whole.index(b"MPF\0")
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 5)):
            data[index + 4 + chance.randrange(70)] = chance.randrange(256)
        assert size(bytes(data)) == TURNED


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "packet",
    ['tiff:Orientation="x"', 'tiff:Orientation="99"', "<tiff:Orientation>9</tiff:Orientation>", "\xff\xfe", "<"],
)
def test_odd_xmp_never_breaks_a_photo(packet: str, kind: str) -> None:
    if kind == "PNG":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", packet)
        data = encoded(corners(), kind, pnginfo=info)
    else:
        data = encoded(corners(), kind, xmp=packet.encode("latin-1"))
    assert size(data) == AS_IT_IS


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_is_cut_off_stays_refused(kind: str) -> None:
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    options = {"lossless": True} if kind == "WEBP" else {}
    with pytest.raises(InvalidRequestError, match="broken or cut off"):
        DOOR.read(encoded(noise, kind, exif=exif.tobytes(), **options)[:5_000])

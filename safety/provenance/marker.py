"""What a picture says about itself: implements core.ports.Marker.

Four texts go into the PNG, and no pixel changes:

- ``show-and-tell``: the record of the run as JSON; ``read_mark`` gives it back.
- ``parameters``: prompt and negative prompt as the model got them, and the settings, as many picture tools read them.
  They know the parts by line breaks and by words such as "Steps:" alone, so each prompt is one line here, and the colon
  after such a word is a full-width one. The record has both letter by letter.
- ``Software``: who made it.
- XMP with the IPTC digital source type ``trainedAlgorithmicMedia``: that a model made it.

Saving the picture anew in another program may drop all four; they inform, and they prove nothing.
Source: IPTC Photo Metadata Standard, "Digital Source Type"; XMP specification part 3 (PNG keyword).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from core.media import Picture
from core.ports import Marker
from safety.provenance import png_chunks

KEYWORD = "show-and-tell"
SOFTWARE = "Show & Tell"
DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"

# Our records have a few thousand characters; what is far larger was not written by us.
_LONGEST_RECORD = 200_000

_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    f' xmp:CreatorTool="{SOFTWARE.replace("&", "&amp;")}" Iptc4xmpExt:DigitalSourceType="{DIGITAL_SOURCE_TYPE}"/>'
    '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
)

# The words by which other tools know the parts of the text.
_PART = re.compile(
    r"(?<![A-Za-z])(negative prompt|steps|sampler|schedule type|cfg scale|seed|size|model hash|model|refiner switch at|"
    r"refiner|version|denoising strength|clip skip|lora hashes|template)\s*:",
    re.IGNORECASE,
)

# Scheduler class of the run -> the name other tools know it by.
_SAMPLERS = {
    "EulerDiscreteScheduler": "Euler",
    "EulerAncestralDiscreteScheduler": "Euler a",
    "DDIMScheduler": "DDIM",
    "DPMSolverMultistepScheduler": "DPM++ 2M",
    "HeunDiscreteScheduler": "Heun",
    "UniPCMultistepScheduler": "UniPC",
}


class PngMarker(Marker):
    """Writes the record of a run into its pictures, in well under a millisecond per megabyte."""

    def mark(self, picture: Picture, record: Mapping[str, Any]) -> Picture:
        """Return the picture with ``record`` inside; see core.worker for what a record holds.

        Values that are not JSON become text, so that a picture is never lost to an odd fact.
        """
        texts = {
            KEYWORD: json.dumps(record, default=str, separators=(",", ":")),
            "parameters": _writable(_parameters(picture, record)),
            "Software": SOFTWARE,
            "XML:com.adobe.xmp": _XMP,
        }
        return Picture(png=png_chunks.add_texts(picture.png, texts), width=picture.width, height=picture.height)


def read_mark(png: bytes) -> dict[str, Any] | None:
    """Return the record inside a picture, or None if there is none that can be read.

    Anybody can write such a record: hold what comes back for a proposal, never for a proof, and let
    ``core.record.from_json`` check it. Read it before the picture is cleaned, which drops it.
    """
    try:
        text = png_chunks.read_text(png, KEYWORD)
        if text is None or len(text) > _LONGEST_RECORD:
            return None
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _parameters(picture: Picture, record: Mapping[str, Any]) -> str:
    request, facts = _mapping(record.get("request")), _mapping(record.get("facts"))
    words = {**request, **{name: facts[name] for name in ("prompt", "negative_prompt", "handover") if name in facts}}
    scheduler = _mapping(facts.get("scheduler")).get("class", request.get("scheduler"))
    settings = {
        "Steps": request.get("steps"),
        "Sampler": _SAMPLERS.get(str(scheduler), scheduler),
        "CFG scale": request.get("guidance"),
        "Seed": request.get("seed"),
        "Size": f"{picture.width}x{picture.height}",
        "Model": record.get("model"),
        "Refiner switch at": words.get("handover"),
    }
    lines = [_one_line(words.get("prompt", ""))]
    if words.get("negative_prompt"):
        lines.append(f"Negative prompt: {_one_line(words['negative_prompt'])}")
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in settings.items() if value is not None))
    return "\n".join(lines)


def _one_line(text: object) -> str:
    return _PART.sub(lambda found: f"{found[1]}\uff1a", " ".join(str(text).split()))


def _quoted(value: object) -> str:
    """Return a setting so that no comma, colon or line break in it ends it, as the tools write it themselves."""
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if set(text) & set(',:\n\r"') else text


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _writable(text: str) -> str:
    """Return ``text`` without what UTF-8 or a PNG text cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")

"""The words of REST: what may be sent and what comes back. Field names are a promise."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, create_model

from core import run_view
from core.actions import Actor
from core.errors import InvalidRequestError
from core.models import ModelCard
from core.requests import AS_MADE, FACTORS, OWN_FINISH, Finish, GenerateRequest
from core.requests.flat import parameters
from core.runs import Run

# What a request calls its parts -> what REST calls them, where the two differ.
NAMES = {"prompt": "text", "negative_prompt": "negative_text", "aspect_ratio": "resolution"}
_EXAMPLES = {"prompt": ["a red apple"]}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


def _whole(value: object) -> object:
    # JSON has one kind of number: 7.0 is 7.
    return int(value) if isinstance(value, float) and value.is_integer() else value


# The parts that REST writes in a way of its own: name -> type and field.
_OWN: dict[str, Any] = {
    "aspect_ratio": (
        str | None,
        Field(
            None,
            description="One of the model's sizes as WIDTHxHEIGHT, as made or as finished, or its shape in a word; "
            "without it: square.",
            examples=["square"],
        ),
    )
}


class _Asked(_Strict):
    if TYPE_CHECKING:
        resolution: str | None

    def asked(self) -> dict[str, Any]:
        """Return the body in the words of the request, without ``resolution``."""
        original = {word: name for name, word in NAMES.items()}
        return {original.get(name, name): value for name, value in self if name != "resolution"}


def _body() -> type[_Asked]:
    """Return the body of a picture request: every parameter of ``GenerateRequest``, with its bounds and sentence."""
    fields: dict[str, Any] = {}
    for name, parameter in parameters(GenerateRequest).items():
        if name in _OWN:
            fields[NAMES[name]] = _OWN[name]
            continue
        about = parameter.about
        kind = Annotated[int, BeforeValidator(_whole)] if about.bound.kind is int else about.bound.kind
        kind = Annotated[kind, WithJsonSchema(dict(about.bound.schema))]
        sentence = f"{about.sentence[0].upper()}{about.sentence[1:]}."
        described = Field(
            ... if parameter.required else parameter.default,
            description=sentence,
            examples=_EXAMPLES.get(name),
        )
        fields[NAMES.get(name, name)] = (kind | None if about.none else kind, described)
    body: type[_Asked] = create_model("GenerateBody", __base__=_Asked, __doc__=_SUMMARY, **fields)
    return body


_SUMMARY = "What to draw. Only ``text`` is required."
if TYPE_CHECKING:
    GenerateBody = _Asked
else:
    GenerateBody = _body()


_UNKNOWN = "Words of the prompt that the model was never taught; only models with a small vocabulary name any."


class Accepted(BaseModel):
    """A run was accepted."""

    image_id: str = Field(description="Ask for it at /image/{image_id}.")
    status: str = Field("processing", description="Always processing: the picture is not there yet.")
    estimated_time: float = Field(description="Seconds until the picture is ready, waiting included.")
    estimate: str = Field(description="measured: from this model's last runs; guess: it has none yet.")
    unknown_words: list[str] = Field(default_factory=list, description=_UNKNOWN)


class ImageState(BaseModel):
    """A picture on its way, or ready."""

    image_id: str
    status: str = Field(description="processing, done, blocked, denied, failed, cancelled or interrupted.")
    image_url: str | None = Field(None, description="The first picture, once the run has ended.")
    generated_at: str | None = Field(None, description="UTC, ISO 8601, once it is done.")
    images: list[dict[str, Any]] = Field(
        default_factory=list,
        description="Every picture once it is finished, in the order of the seeds; a run that ends early keeps them.",
    )
    unknown_words: list[str] = Field(default_factory=list, description=_UNKNOWN)
    error: str | None = Field(None, description="Why the run did not end as done, for people.")
    code: str | None = Field(None, description="The same, for scripts.")


class Deleted(BaseModel):
    """Runs are gone for good."""

    deleted: int = Field(description="How many runs that were, those that spoke an answer included.")


class Refusal(BaseModel):
    """Every error looks like this."""

    error: str = Field(description="One sentence for people.")
    code: str = Field(description="A stable word for scripts.")
    field: str | None = Field(None, description="The field to blame, if it is one.")


def image_state(run: Run, base: str) -> ImageState:
    """Return what ``GET /image/{id}`` says about a run; ``base`` is our own address, with a slash at its end."""
    unknown = list(run.facts.get("unknown_words", ()))
    images = [
        {
            "url": f"{base}media/{picture.sha256}.png" if picture.sha256 else None,
            "thumbnail_url": f"{base}media/{picture.sha256}.thumb" if picture.sha256 else None,
            "seed": picture.seed,
            "width": picture.width,
            "height": picture.height,
            "blocked": picture.blocked or None,
        }
        for picture in run.pictures
    ]
    if not run.status.final:
        return ImageState(image_id=run.id, status="processing", images=images, unknown_words=unknown)
    return ImageState(
        image_id=run.id,
        status=run.status.value,
        image_url=next((str(image["url"]) for image in images if image["url"]), None),
        generated_at=run.finished,
        images=images,
        error=run.message or None,
        code=run.code or None,
        unknown_words=unknown,
    )


def framed(request: GenerateRequest, resolution: str, card: ModelCard) -> GenerateRequest:
    """Return the request with the shape that a resolution means, and with its size unless ``upscale`` asks for one.

    Args:
        request: as far as it is known without the model.
        resolution: a shape in a word, or width and height as the model makes pictures or can finish them.
        card: the model.

    Raises:
        InvalidRequestError: the model has no such size; the sentence lists those it has.
    """
    asked = re.sub(r"\s*[xX×*]\s*", "x", resolution.strip().lower())
    if asked in card.sizes:
        return replace(request, aspect_ratio=asked)
    # Beside an ``upscale`` of its own, a resolution is the size from which that starts.
    own = request.finish.upscale == OWN_FINISH
    larger = FACTORS if own and "upscaler" in card.can else {}
    for word, factor in {AS_MADE: 1, **larger}.items():
        for name, (width, height) in card.sizes.items():
            if asked == f"{width * factor}x{height * factor}":
                finish = Finish(upscale=word) if own else request.finish
                return replace(request, aspect_ratio=name, finish=finish)
    listed = ", ".join(f"{width}x{height} ({name})" for name, (width, height) in card.sizes.items())
    raise InvalidRequestError("resolution", resolution, f"one of {listed} for the model {card.id}")


def run_record(run: Run, actor: Actor, *, root: str = "") -> dict[str, Any]:
    """Return the record of a run as ``actor`` may see it; its sound is an address here, below ``root``."""
    record = run_view.record(run, actor)
    sound = record.pop("sound")
    return {**record, "sound_url": f"{root}/runs/{run.id}/sound" if sound else None}

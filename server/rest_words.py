"""The words of REST: what may be sent and what comes back. Field names are a promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from core import record
from core.requests import GenerateRequest
from core.requests.flat import parameters
from core.runs import Run


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


# Two words of REST are other words than those of the request.
_RENAMED = {"prompt": "text", "negative_prompt": "negative_text"}


class _Asked(_Strict):
    resolution: str | None = Field(
        None, description="WIDTHxHEIGHT, one of the model's own sizes; without it: square.", examples=["64x64"]
    )

    def asked(self) -> dict[str, Any]:
        """Return the body in the words of the request, without ``resolution``."""
        original = {word: name for name, word in _RENAMED.items()}
        return {original.get(name, name): value for name, value in self if name != "resolution"}


def _body() -> type[_Asked]:
    """Return the body of a picture request: every parameter of ``GenerateRequest``, with its bounds and sentence."""
    fields: dict[str, Any] = {}
    for name, parameter in parameters(GenerateRequest).items():
        if name == "aspect_ratio":
            continue  # ``resolution`` says it.
        hint = parameter.about.bound.kind
        default = ... if parameter.required else parameter.default
        sentence = f"{parameter.about.sentence}."
        fields[_RENAMED.get(name, name)] = (
            hint | None if parameter.about.none else hint,
            Field(
                default,
                description=sentence[0].upper() + sentence[1:],
                json_schema_extra=dict(parameter.about.bound.schema) if not parameter.about.none else None,
            ),
        )
    made: type[_Asked] = create_model("GenerateBody", __base__=_Asked, __doc__=_SUMMARY, **fields)
    return made


_SUMMARY = "What to draw. Only ``text`` is required."
if TYPE_CHECKING:
    GenerateBody = _Asked
else:
    GenerateBody = _body()


class Accepted(BaseModel):
    """A run was accepted."""

    image_id: str = Field(description="Ask for it at /image/{image_id}.")
    status: str = Field("processing", description="Always processing: the picture is not there yet.")
    estimated_time: float = Field(description="Seconds until the picture is ready, waiting included.")
    estimate: str = Field(description="measured: from this model's last runs; guess: it has none yet.")


class ImageState(BaseModel):
    """A picture on its way, or ready."""

    image_id: str
    status: str = Field(description="processing, done, blocked, denied, failed, cancelled or interrupted.")
    image_url: str | None = Field(None, description="The first picture, once it is done.")
    generated_at: str | None = Field(None, description="UTC, ISO 8601, once it is done.")
    images: list[dict[str, Any]] = Field(default_factory=list, description="Every picture, in the order of the seeds.")
    error: str | None = Field(None, description="Why there is no picture, for people.")
    code: str | None = Field(None, description="The same, for scripts.")


class Refusal(BaseModel):
    """Every error looks like this."""

    error: str = Field(description="One sentence for people.")
    code: str = Field(description="A stable word for scripts.")
    field: str | None = Field(None, description="The field to blame, if it is one.")


def image_state(run: Run, base: str) -> ImageState:
    """Return what ``GET /image/{id}`` says about a run; ``base`` is our own address, with a slash at its end."""
    if not run.status.final:
        return ImageState(image_id=run.id, status="processing")
    images = [
        {
            "url": f"{base}media/{kept.sha256}.png" if kept.sha256 else None,
            "thumbnail_url": f"{base}media/{kept.sha256}.thumb" if kept.sha256 else None,
            "seed": kept.seed,
            "width": kept.width,
            "height": kept.height,
            "blocked": kept.blocked or None,
        }
        for kept in run.pictures
    ]
    return ImageState(
        image_id=run.id,
        status=run.status.value,
        image_url=next((str(image["url"]) for image in images if image["url"]), None),
        generated_at=run.finished,
        images=images,
        error=run.message or None,
        code=run.code or None,
    )


def run_record(run: Run, *, with_scores: bool) -> dict[str, Any]:
    """Return the whole record of a run as plain JSON.

    Scores and thresholds of the safety rules are for admins: they would help to feel a way around the rules.
    """
    findings = [
        {
            "rule": finding.rule,
            "category": finding.category,
            "reason": finding.reason,
            "evidence": finding.evidence,
            "field": finding.field,
            "verdict": finding.verdict.value,
            **({"score": finding.score, "threshold": finding.threshold} if with_scores else {}),
        }
        for finding in run.findings
    ]
    plain = ("id", "actor", "role", "model", "words", "queued", "started", "finished", "seconds", "parent", "source",
             "code", "message", "attempt", "answer")  # fmt: skip
    return {
        **{name: getattr(run, name) for name in plain},
        "action": run.action.value,
        "status": run.status.value,
        "request": record.flat(run.action, run.request),
        "facts": dict(run.facts),
        "environment": dict(run.environment),
        "pictures": [
            {name: getattr(kept, name) for name in ("position", "sha256", "seed", "width", "height", "blocked")}
            for kept in run.pictures
        ],
        "sound_url": f"/runs/{run.id}/sound" if run.sound else None,
        "findings": findings,
    }

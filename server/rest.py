"""REST on the page's own port, through the same studio as everything else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import anyio
from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from core import follow
from core.actions import Action, Actor
from core.errors import InvalidRequestError, UnknownRunError
from core.queries import Library
from core.requests import GenerateRequest
from core.requests.flat import from_flat
from core.runs import Run, Status
from core.studio import Studio
from core.verification import verification
from server.estimate import estimate
from server.identity import current_name
from server.plain_errors import PlainErrorRoute
from server.rest_words import Accepted, GenerateBody, ImageState, Refusal, image_state, run_record

_PRIVATE = {"Cache-Control": "private, max-age=86400, immutable"}
_SOUNDS = {"mp3": "audio/mpeg", "wav": "audio/wav"}
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": Refusal, "description": "A field is out of its bounds."},
    401: {"model": Refusal, "description": "The token or session is not valid."},
    403: {"model": Refusal, "description": "Your role may not do this."},
    422: {"model": Refusal, "description": "The body has a wrong shape, or a safety rule refused."},
    429: {"model": Refusal, "description": "A limit of your role is reached."},
    503: {"model": Refusal, "description": "A model or a safety rule cannot run now."},
    507: {"model": Refusal, "description": "The disk is full."},
}
_LOST: dict[int | str, dict[str, Any]] = {404: {"model": Refusal, "description": "Nothing there that you may see."}}


class Rest:
    """The handlers. Whatever blocks runs in a thread."""

    def __init__(self, studio: Studio, library: Library) -> None:
        """Make the handlers.

        Args:
            studio: the one path.
            library: to see who owns a picture.
        """
        self._studio = studio
        self._library = library

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(route_class=PlainErrorRoute)
        add = router.add_api_route
        add("/generate", self.generate, methods=["POST"], status_code=202, response_model=Accepted,
            responses=_ERRORS, summary="Make pictures from words")  # fmt: skip
        add("/image/{image_id}", self.image, methods=["GET"], response_model=ImageState, responses=_LOST,
            response_model_exclude_none=True, summary="How far a picture is, and where it lies")  # fmt: skip
        add("/runs/{run_id}", self.run, methods=["GET"], responses=_LOST, summary="The whole record of a run")
        add("/runs/{run_id}/cancel", self.cancel, methods=["POST"], responses={**_LOST, 403: _ERRORS[403]},
            summary="Stop a run")  # fmt: skip
        add("/runs/{run_id}/replay", self.replay, methods=["POST"], status_code=202, response_model=Accepted,
            responses={**_LOST, **_ERRORS}, summary="Make the pictures again, with the same seeds")  # fmt: skip
        add("/runs/{run_id}/vary", self.vary, methods=["POST"], status_code=202, response_model=Accepted,
            responses={**_LOST, **_ERRORS}, summary="Make the pictures of a run with another seed")  # fmt: skip
        add("/runs/{run_id}/speak", self.speak, methods=["POST"], responses={**_LOST, **_ERRORS},
            summary="Speak the answer of a run")  # fmt: skip
        add("/runs/{run_id}/sound", self.sound, methods=["GET"], responses=_LOST, response_class=FileResponse,
            summary="The spoken answer of a run")  # fmt: skip
        add("/media/{name}", self.media, methods=["GET"], responses=_LOST, response_class=FileResponse,
            summary="A picture: {sha256}.png, or {sha256}.thumb for a small one")  # fmt: skip
        return router

    async def generate(self, body: GenerateBody, request: Request) -> Accepted:
        """Accept a request. The picture is not there yet: ask for it at ``/image/{image_id}``."""
        return await anyio.to_thread.run_sync(self._generate, body, current_name(request))

    async def image(self, image_id: str, request: Request) -> ImageState:
        """Tell how far the picture is; with its address once it is done."""
        run = await anyio.to_thread.run_sync(self._get, image_id, current_name(request))
        if run.action != Action.GENERATE:
            raise UnknownRunError(f"There is no picture {image_id} that you may see.")
        return image_state(run, str(request.base_url))

    async def run(self, run_id: str, request: Request) -> dict[str, Any]:
        """Return everything the log keeps of a run."""
        name = current_name(request)
        actor = await anyio.to_thread.run_sync(self._studio.access.actor, name)
        run = await anyio.to_thread.run_sync(self._get, run_id, name)
        record = run_record(run, with_scores=actor.may(Action.ADMINISTER))
        if run.parent and run.status is Status.DONE and run.pictures:
            compared = await anyio.to_thread.run_sync(self._compared, run, name)
            record |= {"verification": compared} if compared else {}
        return record

    async def cancel(self, run_id: str, request: Request) -> dict[str, str]:
        """Stop a run of one's own. A run that has ended stays as it is."""
        run = await anyio.to_thread.run_sync(self._cancel, run_id, current_name(request))
        return {"id": run.id, "status": run.status.value}

    async def replay(self, run_id: str, request: Request) -> Accepted:
        """Accept a replay. Its record, once it is done, says under ``verification`` how it compares with the first."""
        return await anyio.to_thread.run_sync(self._following, self._studio.replay, run_id, current_name(request))

    async def vary(self, run_id: str, request: Request) -> Accepted:
        """Accept a variation: the same request with another seed."""
        again = partial(follow.vary, self._studio)
        return await anyio.to_thread.run_sync(self._following, again, run_id, current_name(request))

    async def speak(self, run_id: str, request: Request, language: str = "en") -> dict[str, Any]:
        """Speak the answer of a run and wait for it; without a voice ``message`` says why."""
        return await anyio.to_thread.run_sync(self._speak, run_id, language, current_name(request))

    async def sound(self, run_id: str, request: Request) -> Response:
        """Return the sound of a run one may see."""
        run = await anyio.to_thread.run_sync(self._get, run_id, current_name(request))
        if not run.sound:
            raise UnknownRunError(f"The run {run_id} has no sound.")
        path = await anyio.to_thread.run_sync(self._studio.pictures.sound_path, run.sound)
        return FileResponse(path, media_type=_SOUNDS.get(path.suffix[1:], "application/octet-stream"), headers=_PRIVATE)

    async def media(self, name: str, request: Request) -> Response:
        """Return a kept picture, or its small copy, to its owner and to whoever may see everybody's runs."""
        sha256, _, kind = name.partition(".")
        wanted = {"png": self._studio.pictures.path, "thumb": self._studio.pictures.thumbnail}.get(kind)
        if wanted is None or len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise UnknownRunError("There is no such picture that you may see.")
        await anyio.to_thread.run_sync(self._require_picture, sha256, current_name(request))
        path = await anyio.to_thread.run_sync(wanted, sha256)
        suffix = path.suffix.lower()
        media_type = {".png": "image/png", ".webp": "image/webp", ".jpg": "image/jpeg"}.get(suffix, "image/png")
        return FileResponse(path, media_type=media_type, headers=_PRIVATE)

    def _generate(self, body: GenerateBody, name: str | None) -> Accepted:
        actor = self._studio.access.actor(name)
        return self._accepted(name, actor, self._studio.submit(actor, self._request(actor, body), source="rest"))

    def _following(self, ask: Callable[..., str], run_id: str, name: str | None) -> Accepted:
        actor = self._studio.access.actor(name)
        return self._accepted(name, actor, ask(actor, run_id, source="rest"))

    def _speak(self, run_id: str, language: str, name: str | None) -> dict[str, Any]:
        spoken = follow.speak(self._studio, self._studio.access.actor(name), run_id, language=language, source="rest")
        sound = f"/runs/{spoken.run.id}/sound" if spoken.run is not None and spoken.sound else None
        told = {"code": spoken.code, "message": spoken.message} if spoken.message else {}
        return {"id": spoken.run.id if spoken.run else None, "sound_url": sound, **told}

    def _accepted(self, name: str | None, actor: Actor, run_id: str) -> Accepted:
        studio = self._studio
        update = next(studio.watch(studio.access.actor(name), run_id), None) if actor.may(Action.SEE_OWN_RUNS) else None
        seconds, kind = estimate(self._library, update.run, update.position) if update else (0.0, "guess")
        return Accepted(image_id=run_id, status="processing", estimated_time=seconds, estimate=kind)

    def _request(self, actor: Actor, body: GenerateBody) -> GenerateRequest:
        request: GenerateRequest = from_flat(GenerateRequest, body.asked())
        if body.resolution is None:
            return request
        # Who may not make pictures is told that, and not which sizes a model has.
        self._studio.access.require(actor, Action.GENERATE)
        card = self._studio.engines.resolve(request).card
        sizes = {f"{width}x{height}": ratio for ratio, (width, height) in card.sizes.items()}
        if body.resolution not in sizes:
            raise InvalidRequestError("resolution", body.resolution, f"one of {', '.join(sizes)} for {card.id}")
        return replace(request, aspect_ratio=sizes[body.resolution])

    def _compared(self, run: Run, name: str | None) -> dict[str, Any] | None:
        """Return how a replay compares with its first run; None for a run that asked for something else."""
        with contextlib.suppress(UnknownRunError):
            first = self._get(str(run.parent), name)
            if first.request == run.request:
                return verification(self._studio.pictures, first, run)
        return None

    def _get(self, run_id: str, name: str | None) -> Run:
        return self._studio.get(self._studio.access.actor(name), run_id)

    def _cancel(self, run_id: str, name: str | None) -> Run:
        return self._studio.cancel(self._studio.access.actor(name), run_id)

    def _require_picture(self, sha256: str, name: str | None) -> None:
        actor = self._studio.access.actor(name)
        everybodys = actor.may(Action.SEE_ALL_RUNS)
        may_see = everybodys or actor.may(Action.SEE_OWN_RUNS)
        if not (may_see and self._library.has_picture(sha256, actor=None if everybodys else actor.name)):
            raise UnknownRunError("There is no such picture that you may see.")

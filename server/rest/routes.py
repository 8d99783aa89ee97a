"""REST on the page's own port, through the same studio as everything else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import anyio
from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from core import file_names, follow, record
from core.actions import Action, Actor
from core.errors import InvalidRequestError, UnknownRunError
from core.queries import Library
from core.requests import GenerateRequest
from core.requests.flat import from_flat
from core.runs import Run, Status
from core.studio import Studio
from core.verification import verification
from server.accounts.identity import current_name
from server.addresses.public_root import link, public_url
from server.addresses.visitor import current_address
from server.rest.estimate import estimate
from server.rest.plain_errors import PlainErrorRoute
from server.rest.words import (
    NAMES,
    Accepted,
    Deleted,
    GenerateBody,
    ImageState,
    Refusal,
    framed,
    image_state,
    run_record,
)

_Reply = TypeVar("_Reply")
_PRIVATE = {"Cache-Control": "private, max-age=86400, immutable"}
_SOUNDS = {"mp3": "audio/mpeg", "wav": "audio/wav"}
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": Refusal, "description": "A field is out of its bounds."},
    401: {"model": Refusal, "description": "The token or session is not valid."},
    403: {"model": Refusal, "description": "Your role may not do this."},
    415: {"model": Refusal, "description": "The body is not declared as application/json."},
    422: {"model": Refusal, "description": "The body has a wrong shape, or a safety rule refused."},
    429: {"model": Refusal, "description": "A limit of your role is reached."},
    503: {"model": Refusal, "description": "A model, a safety rule or the database cannot be used now."},
    507: {"model": Refusal, "description": "The disk is full."},
}
_UNDER_WAY = {"model": Refusal, "description": "The run is under way: stop it first."}
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
        self._visitors, self._accounts = anyio.CapacityLimiter(8), anyio.CapacityLimiter(8)

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(route_class=PlainErrorRoute)
        add = router.add_api_route
        add("/generate", self.generate, methods=["POST"], status_code=202, response_model=Accepted,
            responses=_ERRORS, summary="Make pictures from words")  # fmt: skip
        add("/image/{image_id}", self.image, methods=["GET"], response_model=ImageState, responses=_LOST,
            response_model_exclude_none=True, summary="How far a picture is, and where it lies")  # fmt: skip
        add("/runs/{run_id}", self.run, methods=["GET"], responses=_LOST, summary="The whole record of a run")
        for address in ("/runs/{run_id}", "/image/{run_id}"):
            add(address, self.delete, methods=["DELETE"], response_model=Deleted, summary="Delete a run for good",
                responses={**_LOST, 403: _ERRORS[403], 409: _UNDER_WAY})  # fmt: skip
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
        try:
            return await self._ask(request, lambda actor: self._generate(body, actor))
        except InvalidRequestError as error:
            raise error.under(NAMES.get(error.field, error.field)) from error

    async def image(self, image_id: str, request: Request) -> ImageState:
        """Tell how far the picture is; with its address once it is done."""
        run = await anyio.to_thread.run_sync(self._get, image_id, current_name(request))
        if run.action != Action.GENERATE:
            raise UnknownRunError(f"There is no picture {image_id} that you may see.")
        return image_state(run, public_url(request))

    async def run(self, run_id: str, request: Request) -> dict[str, Any]:
        """Return everything the log keeps of a run."""
        return await anyio.to_thread.run_sync(self._record, run_id, current_name(request), link(request, ""))

    async def cancel(self, run_id: str, request: Request) -> dict[str, str]:
        """Stop a run of one's own. A run that has ended stays as it is."""
        run = await anyio.to_thread.run_sync(self._cancel, run_id, current_name(request))
        return {"id": run.id, "status": run.status.value}

    async def delete(self, run_id: str, request: Request, talk: bool = False) -> Deleted:
        """Delete a run that has ended, with its pictures and what speaks its answer; with ``talk`` its whole talk."""
        erased = await anyio.to_thread.run_sync(self._delete, run_id, current_name(request), talk)
        return Deleted(deleted=erased)

    async def replay(self, run_id: str, request: Request) -> Accepted:
        """Accept a replay. Its record, once it is done, says under ``verification`` how it compares with the first."""
        return await self._ask(
            request, lambda actor: self._accepted(actor, self._studio.replay(actor, run_id, source="rest"))
        )

    async def vary(self, run_id: str, request: Request) -> Accepted:
        """Accept a variation: the same request with another seed."""
        return await self._ask(
            request, lambda actor: self._accepted(actor, follow.vary(self._studio, actor, run_id, source="rest"))
        )

    async def speak(self, run_id: str, request: Request, language: str = "en") -> dict[str, Any]:
        """Speak the answer of a run and wait for it; without a voice ``message`` says why."""
        return await self._ask(request, lambda actor: self._speak(actor, run_id, language, link(request, "")))

    async def _ask(self, request: Request, work: Callable[[Actor], _Reply]) -> _Reply:
        """Do what takes a place in the queue, in threads that a crowd of visitors cannot take from accounts."""
        actor = await anyio.to_thread.run_sync(self._studio.access.actor, current_name(request))
        actor = actor.at(current_address(request))
        threads = self._visitors if actor.visitor else self._accounts
        return await anyio.to_thread.run_sync(work, actor, limiter=threads)

    async def sound(self, run_id: str, request: Request) -> Response:
        """Return the sound of a run one may see."""
        run = await anyio.to_thread.run_sync(self._get, run_id, current_name(request))
        if not run.sound:
            raise UnknownRunError(f"The run {run_id} has no sound.")
        path = await anyio.to_thread.run_sync(self._studio.pictures.sound_path, run.sound)
        suffix = path.suffix[1:]
        return _inline(path, _SOUNDS.get(suffix, "application/octet-stream"), file_names.of_sound(run, suffix))

    async def media(self, name: str, request: Request) -> Response:
        """Return a kept picture, or its small copy, to its owner and to roles that may see everybody's runs."""
        sha256, _, kind = name.partition(".")
        path_of = {"png": self._studio.pictures.path, "thumb": self._studio.pictures.thumbnail}.get(kind)
        if path_of is None or len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise UnknownRunError("There is no such picture that you may see.")
        owner = await anyio.to_thread.run_sync(self._require_picture, sha256, current_name(request))
        path = await anyio.to_thread.run_sync(path_of, sha256)
        suffix = path.suffix.lower()
        media_type = {".png": "image/png", ".webp": "image/webp", ".jpg": "image/jpeg"}.get(suffix, "image/png")
        saved_as = await anyio.to_thread.run_sync(self._name, sha256, owner) if kind == "png" else None
        return _inline(path, media_type, saved_as)

    def _name(self, sha256: str, owner: str | None) -> str | None:
        run = self._library.run_of_picture(sha256, actor=owner)
        pictures = run.pictures if run else ()
        return next((file_names.of_picture(run, one) for one in pictures if run and one.sha256 == sha256), None)

    def _generate(self, body: GenerateBody, actor: Actor) -> Accepted:
        return self._accepted(actor, self._studio.submit(actor, self._request(actor, body), source="rest"))

    def _speak(self, actor: Actor, run_id: str, language: str, root: str) -> dict[str, Any]:
        speech = follow.speak(self._studio, actor, run_id, language=language, source="rest")
        sound = f"{root}/runs/{speech.run.id}/sound" if speech.run is not None and speech.sound else None
        failure = {"code": speech.code, "message": speech.message} if speech.message else {}
        return {"id": speech.run.id if speech.run else None, "sound_url": sound, **failure}

    def _accepted(self, actor: Actor, run_id: str) -> Accepted:
        update = self._studio.look(actor, run_id) if actor.may(Action.SEE_OWN_RUNS) else None
        seconds, kind = estimate(self._library, update.run, update.position) if update else (0.0, "guess")
        unknown = update.run.facts.get("unknown_words", ()) if update else ()
        return Accepted(
            image_id=run_id, status="processing", estimated_time=seconds, estimate=kind, unknown_words=list(unknown)
        )

    def _request(self, actor: Actor, body: GenerateBody) -> GenerateRequest:
        request: GenerateRequest = from_flat(GenerateRequest, body.asked())
        if body.resolution is None:
            return request
        # Who may not make pictures is told that, and not which sizes a model has.
        self._studio.access.require(actor, Action.GENERATE)
        card = self._studio.engines.resolve(request).card
        return framed(request, body.resolution, card)

    def _record(self, run_id: str, name: str | None, root: str) -> dict[str, Any]:
        actor = self._studio.access.actor(name)
        run = self._studio.get(actor, run_id)
        record = run_record(run, actor, root=root)
        if run.parent and run.status is Status.DONE and run.pictures:
            compared = self._compared(run, actor)
            record |= {"verification": compared} if compared else {}
        return record

    def _compared(self, run: Run, actor: Actor) -> dict[str, Any] | None:
        """Return how a replay compares with its first run; None for a run that asked for something else."""
        with contextlib.suppress(UnknownRunError):
            first = self._studio.get(actor, str(run.parent))
            if record.flat(first.action, first.request) == record.flat(run.action, run.request):
                return verification(self._studio.pictures, first, run)
        return None

    def _get(self, run_id: str, name: str | None) -> Run:
        return self._studio.get(self._studio.access.actor(name), run_id)

    def _cancel(self, run_id: str, name: str | None) -> Run:
        return self._studio.cancel(self._studio.access.actor(name), run_id)

    def _delete(self, run_id: str, name: str | None, talk: bool) -> int:
        actor = self._studio.access.actor(name)
        if talk:
            return self._studio.deletion.delete_talk(self._library, actor, run_id)
        return self._studio.deletion.delete(actor, [run_id])

    def _require_picture(self, sha256: str, name: str | None) -> str | None:
        """Return whose picture it has to be, or None for anybody's. Raises UnknownRunError."""
        actor = self._studio.access.actor(name)
        everybodys = actor.may(Action.SEE_ALL_RUNS)
        may_see = everybodys or actor.may(Action.SEE_OWN_RUNS)
        owner = None if everybodys else actor.name
        if not (may_see and self._library.has_picture(sha256, actor=owner)):
            raise UnknownRunError("There is no such picture that you may see.")
        return owner


def _inline(path: Path, media_type: str, name: str | None) -> FileResponse:
    """Return a file to look at; saved, it has ``name``."""
    return FileResponse(path, media_type=media_type, headers=_PRIVATE, filename=name, content_disposition_type="inline")

"""SDXL on Replicate: one prediction per picture, so that every picture has a seed of its own, as it has here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from core.errors import BlockedError, EngineFailedError, InvalidRequestError
from core.job import Job
from core.ports import Engine
from core.requests import GenerateRequest
from core.results import MadePicture, Product, Withheld
from pipelines.catalogue import effects, styles
from pipelines.catalogue.options import PictureOptions
from pipelines.network.downloads import fetch, picture
from pipelines.replicate.account import Account, ReplicateOptions
from pipelines.replicate.predictions import Predictions

# Our words -> those of replicate/cog-sdxl. UniPC is not among them.
_SCHEDULERS = {
    "default": "K_EULER",
    "euler": "K_EULER",
    "euler_ancestral": "K_EULER_ANCESTRAL",
    "ddim": "DDIM",
    "dpmpp_2m": "DPMSolverMultistep",
    "heun": "HeunDiscrete",
}
# What ``_inputs`` reads of a request; anything else that is asked for is told of as ignored.
_READ = (
    *("prompt", "negative_prompt", "style", "aspect_ratio", "count", "seed"),
    *("steps", "guidance", "handover", "scheduler"),
)
_LEAST_GUIDANCE = 1.0
# How CLIP takes a text apart before it looks for tokens. Source: OpenAI's CLIP, simple_tokenizer.py.
_WORD = re.compile(r"'(?:s|t|re|ve|m|ll|d)|[^\W\d_]+|\d|[^\s\w]+|_+", re.IGNORECASE)
_TOKENS = 75
_READS = "The model reads 77 tokens"
_BAR = re.compile(r"(\d+)/(\d+) \[")
_SEED = re.compile(r"Using seed: (\d+)")


class Options(PictureOptions, ReplicateOptions):
    """Options of a row in models.yaml.

    Attributes:
        hosts: where finished pictures may lie; subdomains count.
        largest: bytes of one picture.
        watermark: let the service put its invisible mark into the pixels, as is its default.
    """

    hosts: tuple[str, ...] = ("replicate.delivery",)
    largest: int = Field(default=32 * 1024 * 1024, ge=1024, le=256 * 1024 * 1024)
    watermark: bool = True


class ReplicateImages(Engine):
    """See ``core.ports.Engine``."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._account = Account(options)
        self.environment = self._account.environment

    def run(self, request: GenerateRequest, job: Job) -> Product:
        """Make the pictures. See ``core.ports.Engine.run``.

        A picture the service's filter withholds keeps its place; ``facts["withheld"]`` names its seed and the reason.

        Raises:
            InvalidRequestError: a parameter this service does not know.
            BlockedError: every picture was withheld.
        """
        inputs, template = self._inputs(request)
        facts: dict[str, Any] = {
            **{name: inputs[name] for name in ("prompt", "negative_prompt", "width", "height")},
            "template": template,
            "handover": inputs.get("high_noise_frac"),
            "inputs": inputs,
        }
        made: list[MadePicture] = []
        ids: list[str] = []
        seconds: list[float | None] = []
        withheld: list[Withheld] = []

        def so_far() -> dict[str, Any]:
            told = [{"seed": each.seed, "reason": str(each.refusal)} for each in withheld]
            ignored = self._ignored(request, inputs, template, made)
            # Copies: what was handed over stays as it was.
            return {**facts, "predictions": [*ids], "seconds": [*seconds], "withheld": told, "ignored": ignored}

        with Predictions(self._account, job) as predictions:
            predictions.skip(job.kept)
            for number, seed in [*enumerate(request.seeds)][job.kept :]:
                progress = _Progress(job, number, request.count, inputs["num_inference_steps"])
                try:
                    prediction = predictions.finish({**inputs, "seed": seed}, progress)
                except BlockedError as error:
                    withheld.append(Withheld(refusal=error, seed=seed))
                    job.withheld(withheld[-1], so_far())
                    continue
                ids.append(prediction.id)
                seconds.append((prediction.metrics or {}).get("predict_time"))
                made.append(self._fetch(prediction, seed, predictions))
                job.made(made[-1], so_far())
        if not made and not job.kept:
            findings = tuple(finding for each in withheld for finding in each.refusal.findings)
            raise BlockedError(str(withheld[0].refusal), findings)
        return Product(pictures=tuple(made), facts=so_far())

    def _inputs(self, request: GenerateRequest) -> tuple[dict[str, Any], str]:
        """Return what the model is given, apart from the seed, and the template of the style."""
        options = self._options
        if request.sampling.scheduler not in _SCHEDULERS:
            raise InvalidRequestError("scheduler", request.sampling.scheduler, f"{', '.join(_SCHEDULERS)} on Replicate")
        if request.sampling.guidance is not None and request.sampling.guidance < _LEAST_GUIDANCE:
            raise InvalidRequestError(
                "guidance", request.sampling.guidance, f"at least {_LEAST_GUIDANCE:g} on Replicate"
            )
        prompt, unwanted, template = styles.resolve(
            options.styles, request.style, request.prompt, request.negative_prompt
        )
        width, height = options.sizes.get(request.aspect_ratio, (1024, 1024))
        inputs: dict[str, Any] = {
            "prompt": prompt,
            "negative_prompt": unwanted,
            "width": width,
            "height": height,
            "num_outputs": 1,
            "scheduler": _SCHEDULERS[request.sampling.scheduler],
            "num_inference_steps": request.sampling.steps if request.sampling.steps is not None else 50,
            "guidance_scale": request.sampling.guidance if request.sampling.guidance is not None else 7.5,
            "apply_watermark": options.watermark,
            # The service's default is the base alone.
            "refine": "no_refiner",
        }
        handover = request.sampling.handover
        if isinstance(handover, float):
            inputs |= {"refine": "expert_ensemble_refiner", "high_noise_frac": handover}
        return inputs, template

    def _ignored(
        self, request: GenerateRequest, inputs: Mapping[str, Any], template: str, made: Sequence[MadePicture]
    ) -> dict[str, str]:
        scale = inputs["guidance_scale"]
        handed_over = "high_noise_frac" in inputs
        words = {name: inputs[name] for name in ("prompt", "negative_prompt")}
        seen = {name: (_seen(text), _READS) for name, text in words.items() if name == "prompt" or scale > 1}
        used = [str(one.seed) for one in made if one.seed not in request.seeds]
        return effects.together(
            effects.unguided(request, inputs["negative_prompt"], {"the model": scale}),
            effects.cut(request, words, template, seen),
            effects.handover(request, (1, int(handed_over)), refiner=True),
            effects.unread(request, _READ),
            {"seed": f"The service used {', '.join(used)} instead."} if used else {},
        )

    def _fetch(self, prediction: Any, seed: int, predictions: Predictions) -> MadePicture:
        output = prediction.output if isinstance(prediction.output, list) else [prediction.output]
        if len(output) != 1:
            raise EngineFailedError(f"Prediction {prediction.id} gave {len(output)} pictures instead of one.")
        options = self._options
        data = fetch(output[0], hosts=options.hosts, limit=options.largest, budget=predictions.budget())
        used = _SEED.search(prediction.logs or "")
        return MadePicture(picture=picture(data), seed=int(used[1]) if used else seed)


class _Progress:
    """Turns the progress bars in a prediction's log into steps of the whole run."""

    def __init__(self, job: Job, number: int, count: int, steps: int) -> None:
        self._job = job
        self._before = number * steps
        self._steps = steps
        self._whole = count * steps

    def __call__(self, prediction: Any) -> None:
        done = min(steps_done(prediction.logs or ""), self._steps)
        self._job.step("remote", self._before + done, self._whole)


def _seen(text: str) -> int:
    """Return after how many characters the encoders stop at the latest. Their vocabulary is not here.

    Each word, digit and sign is one token or more, and 75 of the 77 tokens are for words.
    """
    words = list(_WORD.finditer(text))
    return words[_TOKENS].start() if len(words) > _TOKENS else len(text)


def steps_done(logs: str) -> int:
    """Return the denoising steps a log shows, over all its progress bars: base and refiner draw one each."""
    ended = 0
    current = 0
    for bar in _BAR.finditer(logs):
        step = int(bar[1])
        if step < current:
            ended += current
        current = step
    return ended + current


def build(options: Options) -> ReplicateImages:
    """Return the engine. Raises EngineUnavailableError if the key is missing."""
    return ReplicateImages(options)

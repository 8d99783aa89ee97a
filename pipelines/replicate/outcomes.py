"""How a prediction can end, in sentences."""

from __future__ import annotations

from typing import Any

from core.errors import BlockedError, EngineFailedError, EngineUnavailableError, StudioError
from core.findings import Finding, Verdict
from pipelines.network.transport import StatusError
from pipelines.replicate.account import TOKEN, ReplicateOptions

_REFUSALS = {
    402: "The Replicate account has no credit left; add some at replicate.com/account/billing.",
    404: "Replicate does not know this prediction; it forgets them one hour after they end.",
    429: "Replicate is asked too often by this account; try again in a minute.",
}
_FILTERED = "Replicate's filter took this picture for a sexual one and withheld it. Try other words or another seed."


def refused(error: StatusError, options: ReplicateOptions, *, creating: bool) -> StudioError:
    """Return what people are told about a refusal.

    Args:
        error: the refusal.
        options: of the model.
        creating: a prediction was to be created; else an existing one was looked up.
    """
    if error.status in {401, 403}:
        return EngineUnavailableError(f"Replicate refuses the key in {TOKEN} (status {error.status}); set a valid one.")
    if creating and error.status in {404, 422}:
        said = error.detail or "no such model"
        return EngineFailedError(f"Replicate refuses {options.model}, version {options.version[:8]}: {said}")
    if error.status >= 500:
        failed = f"failed inside (status {error.status})"
        return unclear(failed) if creating else EngineFailedError(f"Replicate {failed}; try again.")
    sentence = _REFUSALS.get(error.status, f"Replicate refused with status {error.status}: {error.detail}")
    return EngineFailedError(sentence)


def unclear(what: str) -> EngineFailedError:
    """Return the error for a create of which nobody knows whether it was done; it must not be done twice."""
    return EngineFailedError(
        f"Replicate {what}. The prediction may be running there and is not created a second time; "
        "see replicate.com/predictions, or start a new run."
    )


def succeeded(prediction: Any) -> Any:
    """Return an ended prediction if it succeeded.

    Raises:
        BlockedError: the filter of the service refused.
        EngineFailedError: the model failed, or somebody cancelled the prediction there.
    """
    said = " ".join(str(prediction.error or "").split())[:300]
    if prediction.status == "succeeded":
        # The model keeps silent about pictures its filter dropped; only its log tells.
        if prediction.output or "NSFW content detected" not in (prediction.logs or ""):
            return prediction
        said = "NSFW content detected"
    if "NSFW" in said:
        finding = Finding(
            rule="replicate",
            category="sexual",
            score=1.0,
            threshold=1.0,
            reason=_FILTERED,
            evidence=said,
            field="picture",
            verdict=Verdict.BLOCK,
        )
        raise BlockedError(_FILTERED, (finding,))
    if prediction.status == "canceled":
        raise EngineFailedError(f"Prediction {prediction.id} was cancelled at Replicate.")
    raise EngineFailedError(f"The model on Replicate failed: {said or 'it gave no reason'}")

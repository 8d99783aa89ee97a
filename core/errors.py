"""What can go wrong, one class per reaction. Each carries a stable code for scripts and a sentence for people."""

from __future__ import annotations

from typing import ClassVar, Self

from core.findings import Finding


class StudioError(Exception):
    """Base of every error a person may see. ``str(error)`` is the sentence, ``error.code`` the stable word."""

    code: ClassVar[str] = "failed"


class InvalidRequestError(StudioError):
    """A field is out of its bounds. ``str(error)`` names the field, the value and what is allowed, for scripts.

    Attributes:
        field: its flat name.
        value: what was given.
        allowed: what would have been, in a few words.
        advice: a sentence for people who see the field, with its label, in front of them.
    """

    code = "invalid_request"

    def __init__(self, field: str, value: object, allowed: str, *, advice: str = "") -> None:
        shown = repr(value)
        if len(shown) > 60:
            shown = f"{shown[:57]}..."
        # A lone surrogate cannot be written to any page, log or reply.
        shown = shown.encode("utf-8", "backslashreplace").decode("utf-8")
        super().__init__(f"{field} is {shown}; allowed: {allowed}.")
        self.field = field
        self.value = value
        self.allowed = allowed
        self.advice = advice or f"Allowed: {allowed}."

    def under(self, field: str) -> Self:
        """Return the same refusal, naming the field as another transport calls it."""
        return type(self)(field, self.value, self.allowed, advice=self.advice)


class UnknownModelError(InvalidRequestError):
    """No model of that name serves this action."""

    code = "unknown_model"


class NotPermittedError(StudioError):
    """The role of the actor does not include the action, or not that much of it."""

    code = "not_permitted"


class LimitReachedError(NotPermittedError):
    """The action is allowed, but not in this amount. Names the limit of the role."""

    code = "limit_reached"


class CoolDownError(LimitReachedError):
    """Too many requests of this person were refused lately. Nothing was kept; ``seconds`` is how long to wait."""

    code = "cool_down"

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class QueueFullError(StudioError):
    """Too many runs wait already. Nothing was accepted; the same request may pass in a while."""

    code = "queue_full"


class BlockedError(StudioError):
    """A safety rule refused. Carries the findings that explain it."""

    code = "blocked"

    def __init__(self, message: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(message)
        self.findings = findings


class SafetyUnavailableError(StudioError):
    """A safety rule could not run. Nothing passes unchecked, and this is no verdict on the request."""

    code = "safety_unavailable"


class EngineUnavailableError(StudioError):
    """A model cannot run here. Says which package, key, weight or device is missing."""

    code = "engine_unavailable"


class EngineFailedError(StudioError):
    """A model started and broke."""

    code = "engine_failed"


class RunCancelledError(StudioError):
    """Somebody asked this run to stop."""

    code = "cancelled"


class RunStoppedError(RunCancelledError):
    """The program stops. The run leaves its engine as a cancelled one does, and waits for the next start."""


class UnknownRunError(StudioError):
    """There is no run of that id that this actor may see."""

    code = "unknown_run"


class ConflictError(StudioError):
    """What was to be changed is no longer as it was seen, or the change would leave nobody who may undo it."""

    code = "conflict"


class RunUnderWayError(StudioError):
    """A run that is not final cannot be deleted. It can be stopped."""

    code = "under_way"


class StoppingError(StudioError):
    """The program is about to end. What was accepted goes on at its next start."""

    code = "stopping"


class StorageError(StudioError):
    """The disk or the database refused. Says what is the matter."""

    code = "storage_failed"


class StorageFullError(StorageError):
    """The disk is full. Names what to free."""

    code = "storage_full"


class StorageBusyError(StorageError):
    """Another program holds the database. The same may pass in a while."""

    code = "storage_busy"

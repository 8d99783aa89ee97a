"""Who may still join the queue: places are kept for accounts, and no address takes all those of visitors.

A name is not enough to share by: a visitor who throws the cookie away is somebody else at the next request.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.actions import Actor
from core.errors import LimitReachedError, QueueFullError


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What is taken of the queue and of the day.

    Attributes:
        waiting: runs that are queued, over all people.
        visitors: those of them that visitors without an account wait for.
        party_waiting: runs of the actor's party that are not final.
        party_today: runs of the actor's party since midnight UTC, as the limit ``runs_per_day`` counts them.
    """

    waiting: int
    visitors: int = 0
    party_waiting: int = 0
    party_today: int = 0


def for_visitors(most: int) -> int:
    """Return how many of ``most`` places visitors may take: three quarters, and never the last of several."""
    return most - max(1, most // 4) if most > 1 else most


def for_address(most: int, people: int = 1) -> int:
    """Return how many of ``most`` places the visitors of one address may take: a quarter of those of all visitors."""
    visitors = for_visitors(most)
    return min(visitors, max(1, visitors // 4) * people)


def require(actor: Actor, shares: Shares, most: int) -> None:
    """Return if this actor may add a run.

    Args:
        actor: who asks.
        shares: what is taken now.
        most: runs that may wait in all.

    Raises:
        QueueFullError: no place is left for this actor; the sentence says whose places are taken.
        LimitReachedError: the visitors of this address have had their runs of today.
    """
    if shares.waiting >= most:
        raise QueueFullError(
            f"{shares.waiting} runs are waiting, which is the most this server keeps. Please try again soon."
        )
    if not actor.visitor:
        return
    if shares.visitors >= for_visitors(most):
        raise QueueFullError(
            f"{shares.visitors} runs of visitors are waiting; the other places are kept for accounts. "
            "Please try again soon, or sign in."
        )
    if actor.address is None:
        return
    if shares.party_waiting >= for_address(most, actor.address.people):
        raise QueueFullError(
            f"{shares.party_waiting} runs from your network address are waiting, which is the most for one address. "
            "Please try again when some of them have ended, or sign in."
        )
    daily = actor.limits.get("runs_per_day")
    if daily is not None and shares.party_today >= daily * actor.address.people:
        raise LimitReachedError(
            f"Visitors from your network address have had {shares.party_today} runs today, which is the most for one "
            "address. Start again after midnight UTC, or sign in. Limit: runs_per_day."
        )

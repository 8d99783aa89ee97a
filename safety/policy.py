"""policy.yaml: from which score something is kept for review or blocked, and how that is said to people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.findings import Verdict
from safety import strict_yaml
from safety.rule import Hit

_FILE = Path(__file__).with_name("policy.yaml")

# Fields in which people talk about pictures instead of ordering them. Any other field counts as an order.
_TALK = frozenset({"question", "history", "answer", "text"})
_LEFT_OUT = "negative_prompt"

_Score = Annotated[float, Field(gt=0, le=1)]


class Category(BaseModel):
    """One category.

    Attributes:
        says: the category in plain words, completing "this reads as ...".
        change: what the person can change, a whole sentence.
        review: score from which it passes, and is kept for a person to look at; a classifier's own comes first.
        block: score from which an order for a picture, or a picture, is refused; null: never. Where a classifier brings
            its own threshold for what it sees, that one holds.
        talk: score from which a question, an answer or a text to speak is refused.
        left_out: score from which it is refused in the negative prompt, which asks for absence; null: never looked at.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    says: str
    change: str
    review: _Score
    block: _Score | None
    talk: _Score | None
    left_out: _Score | None = None


class Policy(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    categories: dict[str, Category]

    def judge(self, hit: Hit) -> tuple[Verdict, float]:
        """Return the verdict on a hit and the score from which it holds. Raises KeyError for an unknown category."""
        category = self.categories[hit.category]
        block = category.block
        review = category.review
        if hit.field in _TALK:
            block = category.talk
        elif hit.field == _LEFT_OUT:
            block = category.left_out
            review = 1.1  # never: words of absence need no look
        if block is not None and hit.block is not None:  # null in the file stays null for every rule
            block = hit.block
        review = hit.review if hit.review is not None else review
        if block is not None and hit.score >= block:
            return Verdict.BLOCK, block
        if hit.score >= review:
            return Verdict.REVIEW, review
        return Verdict.ALLOW, review


def load(path: Path = _FILE) -> Policy:
    """Return the policy. Raises ValueError with every problem of the file."""
    return strict_yaml.parse(path.read_text(encoding="utf-8"), Policy, path.name)

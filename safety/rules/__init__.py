"""The rules. A new rule is a file here and a line in RULES; rules that need a model are handed to the guard.

A rule that cannot be made stops nothing but what the guard guards: it then refuses everything.
"""

from __future__ import annotations

from collections.abc import Callable

from safety.rule import Rule
from safety.rules.lexicon import Lexicon
from safety.rules.picture import PictureFacts

RULES: tuple[Callable[[], Rule], ...] = (Lexicon, PictureFacts)

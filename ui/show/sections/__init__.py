"""The sections of the form, in the order of reading. A new one is a file here and a name in this list."""

from __future__ import annotations

from ui.show.sections.amount import Amount
from ui.show.sections.finish import FinishSection
from ui.show.sections.keep_out import KeepOut
from ui.show.sections.look import Look
from ui.show.sections.model import ModelChoice
from ui.show.sections.sampling import SamplingSection
from ui.show.sections.section import Section
from ui.show.sections.words import Words

SECTIONS: tuple[type[Section], ...] = (Words, Look, KeepOut, Amount, SamplingSection, FinishSection, ModelChoice)

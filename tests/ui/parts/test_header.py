from __future__ import annotations

from tests.core.vocabulary.small import SMALL
from tests.program import build
from tests.ui.conftest import services_of
from ui.parts.header import Header


def test_the_words_of_the_model_in_use_unfold_from_its_name(tmp_path, asking):
    program = build(tmp_path, vocabulary=SMALL)
    line = Header(services_of(program)).show(asking("creator"), "")
    assert "<b>things</b> dog, mouse" in line
    assert "<b>other words</b> puppy (dog), cherry (cherries)" in line
    assert "<b>grounds</b> red, gray, blue" in line
    program.close()

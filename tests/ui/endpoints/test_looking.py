from __future__ import annotations

import json

from tests.core.vocabulary.small import SMALL
from tests.program import build
from tests.ui.conftest import services_of
from ui.endpoints.looking import Looking


def test_models_list_the_words_they_know(tmp_path, asking):
    program = build(tmp_path, vocabulary=SMALL)
    models = Looking(services_of(program)).models(asking("creator"))
    assert json.loads(json.dumps(models)) == models
    told = {model["id"]: model["vocabulary"] for model in models}
    assert told["painter"] == SMALL.listed()
    assert told["painter"]["other_words"]["puppy"] == "dog"
    assert told["answerer"] == {}
    program.close()

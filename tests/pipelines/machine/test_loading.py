"""Two threads that want model libraries at the same moment: the first seconds after the start, with an upload."""

from __future__ import annotations

import json
import subprocess
import sys

from pipelines.machine.device import cuda_expected
from pipelines.machine.weights import ROOT

# A picture is asked about while the models load. Each import of a model library takes a moment longer here, in which
# the other thread gets its turn: without an order between them, they meet in the middle of a circle of imports.
_SCRIPT = """
import json, sys, threading, time

from pipelines.machine.device import cuda_expected

HEAVY = ("torch", "transformers", "diffusers")
importing = []


class Slow:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HEAVY:
            importing.append(threading.get_ident())
            time.sleep(0.0005)
        return None


sys.meta_path.insert(0, Slow())

from pipelines.catalogue.catalogue import Catalogue
from pipelines.moderation.concept_checker import ConceptChecker
from pipelines.catalogue.spec import read_specs
from pipelines.catalogue.styles import read_styles
from pipelines.machine.device import cuda_expected
from pipelines.machine.weights import ROOT
from core.findings import Content, Stage
from core.requests import GenerateRequest
from safety.guard import RuleGuard
from safety.rules import bundled_checker
from tests.program import picture

checker = ROOT / "assets" / "models" / "emoji-checker"
guard = RuleGuard([lambda: bundled_checker.rule(checker, ConceptChecker)])
catalogue = Catalogue(read_specs(ROOT / "models.yaml"), read_styles(ROOT / "styles.yaml"))
threads = [catalogue.preload()]
while not importing:
    time.sleep(0.001)
errors = []


def inspect():
    try:
        guard.inspect(Content(stage=Stage.INPUT, pictures=(picture(),)))
    except Exception as error:
        errors.append(repr(error))


threads += [threading.Thread(target=inspect) for _ in range(2)]
for thread in threads[1:]:
    thread.start()
for thread in threads:
    thread.join()
turns = sum(one != other for one, other in zip(importing, importing[1:]))
print(json.dumps({
    "errors": errors, "rules": dict(guard.problems), "models": dict(catalogue.problems()), "turns": turns,
    "states": {card.id: card.state for card in catalogue.cards() if card.bundled},
    "unused": [name for name in ("bitsandbytes",) if name in sys.modules],
}))
"""


def test_a_picture_asked_about_while_models_load_waits_and_breaks_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True, timeout=200
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["errors"], found["rules"], found["models"]) == ([], {}, {})
    assert {found["states"]["emoji-sdxl"], found["states"]["emoji-llava"]} == {"ready"}
    assert cuda_expected() or found["unused"] == []
    # One thread loads a whole model, then the other: never both in turn.
    assert found["turns"] <= 4

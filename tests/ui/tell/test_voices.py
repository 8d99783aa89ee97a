from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import EngineUnavailableError
from core.models import ModelState
from core.requests import SpeakRequest
from ui.tell import voices


@pytest.fixture
def offered(services, monkeypatch):
    """Return what is offered where these rows speak; ``auto`` means the first that can run."""
    plain = services.engines.cards()[2]

    def offer(*rows):
        cards = [replace(plain, **row) for row in rows]

        def chosen(_action):
            for card in cards:
                if card.state is not ModelState.UNAVAILABLE:
                    return card
            raise EngineUnavailableError("No voice can run here.")

        monkeypatch.setattr(services.engines, "cards", lambda _action=None: cards)
        monkeypatch.setattr(services.engines, "chosen", chosen)
        return voices.offered(services)

    return offer


BOTH = {"id": "both", "title": "Google, else offline", "sends_to": "Google"}
GOOGLE = {"id": "google", "title": "Google", "sends_to": "Google"}
OFFLINE = {"id": "offline", "title": "Offline"}
MISSING = {"state": ModelState.UNAVAILABLE, "missing": "The package espeakng_loader is missing."}
TOLD = "the text of the answer is sent to Google"


def test_one_of_those_that_send_the_text_to_the_same_people_is_enough(offered):
    found = offered(BOTH, GOOGLE, OFFLINE)
    assert found.choices == ((f"Google, else offline: {TOLD}", "both"), ("Offline", "offline"), ("None", "none"))
    assert (found.value, found.info) == ("both", "")


def test_what_cannot_speak_is_left_out_with_the_reason(offered):
    found = offered({**BOTH, **MISSING}, GOOGLE, {**OFFLINE, **MISSING})
    assert found.choices == ((f"Google: {TOLD}", "google"), ("None", "none"))
    assert (found.value, found.info) == ("google", "Offline: The package espeakng_loader is missing.")


def test_without_any_voice_there_is_none(offered):
    found = offered({**OFFLINE, **MISSING})
    assert (found.choices, found.value) == ((("None", "none"),), "none")


def test_a_setting_can_switch_all_voices_off(services):
    assert voices.offered(replace(services, voice_on=False)) == voices.Voices(choices=(), value="none")


def test_the_line_says_which_voice_spoke_and_why(services, program):
    ann = program.actor()
    run = program.studio.result(ann, program.studio.submit(ann, SpeakRequest(text="Hello")))
    assert voices.spoke(services, run) == "Voice: Beeper."
    fell = replace(run, facts={"voice": "beeper", "why": "Google's voice cannot be reached."})
    assert voices.spoke(services, fell) == "Voice: Beeper. Google's voice cannot be reached."

"""A visitor has a share of the sessions, and the oldest of the largest share goes."""

from __future__ import annotations

import anyio
import pytest

from server.limits.sessions import Sessions
from server.refusals import Refused


class Memory:
    """What Gradio keeps, as far as its names."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.waiting = 0

    def unread(self, session: str) -> int:
        return self.waiting

    async def end(self, session: str) -> None:
        self.ended.append(session)


def use(sessions: Sessions, *names: str, owner: str = "guest-a", address: str = "10.0.0.1") -> None:
    async def run() -> None:
        for name in names:
            await sessions.use(name, owner, address)

    anyio.run(run)


@pytest.fixture
def memory() -> Memory:
    return Memory()


def numbered(count: int) -> list[str]:
    return [f"s{number}" for number in range(count)]


def test_one_visitor_ends_only_sessions_of_their_own(memory):
    sessions = Sessions(memory)
    use(sessions, "theirs", owner="guest-b")
    use(sessions, "account", owner="ann")
    use(sessions, *numbered(60))
    assert memory.ended == numbered(10)
    assert len(sessions) == 52


def test_a_script_without_cookies_ends_only_sessions_from_its_address(memory):
    sessions = Sessions(memory)
    use(sessions, "theirs", owner="guest-b", address="10.0.0.2")
    use(sessions, "account", owner="ann")
    for number in range(5_000):
        use(sessions, f"s{number}", owner=f"guest-{number}")
    assert len(sessions) == 402
    assert not {"theirs", "account"} & set(memory.ended)


def test_there_is_a_bound_in_all(memory):
    sessions = Sessions(memory, most=30)
    for number in range(500):
        use(sessions, f"s{number}", owner=f"guest-{number}", address=f"10.0.{number % 7}.{number % 200}")
    assert len(sessions) == 30
    assert len(memory.ended) == 470


def test_who_uses_a_session_keeps_it(memory):
    sessions = Sessions(memory)
    use(sessions, *numbered(50))
    use(sessions, "s0", "new")
    assert memory.ended == ["s1"]


def test_an_open_session_goes_last(memory):
    sessions = Sessions(memory)
    use(sessions, *numbered(50))
    with sessions.open("s0"), sessions.open("nobody's"):
        use(sessions, "new")
    use(sessions, "newer")
    assert memory.ended == ["s1", "s0"]


def test_answers_nobody_reads_are_bounded(memory):
    sessions = Sessions(memory)
    memory.waiting = 100
    with pytest.raises(Refused) as refused:
        use(sessions, "s")
    assert refused.value.status == 429
    assert refused.value.headers["Retry-After"]

import logging

from server.limits import flood_log
from server.limits.flood_log import FloodLog


def test_a_flood_is_told_at_its_begin_and_again_after_a_silence(caplog, monkeypatch):
    now = [1_000.0]
    monkeypatch.setattr(flood_log.time, "monotonic", lambda: now[0])
    flood = FloodLog(logging.getLogger("flood"))
    for second in (0, 1, 59, 59, 61):
        now[0] += second
        flood.warn("%d refused", second)
    assert [record.getMessage() for record in caplog.records] == ["0 refused", "61 refused"]

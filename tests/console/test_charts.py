"""The bars of the overview: to scale, and a single thing among thousands can be seen."""

from __future__ import annotations

from integration.web.console.charts import HIGH, drawn

NOTHING = {"in": 0, "sent": 0, "failed": 0}


def test_where_nothing_happened_each_slot_is_there_and_empty() -> None:
    found = drawn([NOTHING] * 24)
    assert (found.bars, found.most) == ([], 0)
    assert found.width == drawn([NOTHING | {"in": 1}] * 24).width


def test_the_highest_pile_fills_the_chart_and_the_others_are_to_scale() -> None:
    found = drawn([NOTHING | {"in": 50}, NOTHING | {"sent": 90, "failed": 10}])
    came, sent, failed = found.bars
    assert found.most == 100
    assert (came.kind, sent.kind, failed.kind) == ("in", "sent", "failed")
    assert came.height == (HIGH - 2) / 2
    assert failed.y + failed.height == sent.y, "what failed stands on what was sent"
    assert 0 <= failed.y < 3


def test_one_among_thousands_is_seen_and_nothing_leaves_the_drawing() -> None:
    found = drawn([NOTHING | {"in": 1, "sent": 99_999, "failed": 1}])
    assert all(bar.height >= 2 and bar.y >= 0 for bar in found.bars)

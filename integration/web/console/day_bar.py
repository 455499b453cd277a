"""The bar of a hook's last day: a column an hour, and the rate of what was taken."""

from collections.abc import Mapping
from typing import Any, NamedTuple

HIGH, WIDE, STEP = 24, 4, 5
"""The drawing's units: how high the highest column is, how wide each, and from one to the next."""


class Part(NamedTuple):
    """A piece of one column; `kind` is what it counts."""

    kind: str
    x: int
    y: float
    height: float


def parts(day: Mapping[str, Any]) -> list[Part]:
    """What was taken stands on the ground, what failed on top of it; each piece can be seen."""
    highest = max(each["taken"] + each["failed"] for each in day["hours"])
    found = []
    for place, hour in enumerate(day["hours"]):
        ground = float(HIGH)
        for kind in ("taken", "failed"):
            if hour[kind]:
                height = max(2.0, round(hour[kind] / highest * (HIGH - 2), 1))
                ground -= height
                found.append(Part(kind, place * STEP, round(ground, 1), height))
    return found


def rate(day: Mapping[str, Any]) -> str:
    """Such as `99.9 %`; rounded down, so that 100 says that nothing failed. Empty without any."""
    made = day["taken"] + day["failed"]
    if not made:
        return ""
    tenths = day["taken"] * 1000 // made
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10} %"

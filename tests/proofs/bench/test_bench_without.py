"""The comparison of the bench with a fast way of our own and without it; no time is asserted."""

from __future__ import annotations

from pathlib import Path

import pytest

from proofs.bench import report
from proofs.bench.leg import Goal, Leg, Result
from proofs.bench.without.__main__ import WAYS, compared, read
from tests.proofs.bench.test_bench_report import nothing
from tests.proofs.test_planted_patches import objections

RATE = Goal(text="rate: of ours", of=("ours", "rate"), over=("theirs", "rate"), least=2.0)
P99 = Goal(text="its p99", of=("ours", "p99"), most=10.0, unit="ms")


def test_both_ways_can_be_switched_off(tmp_path: Path) -> None:
    assert set(WAYS) == {"express", "line"}
    found = [each for name, patch in WAYS.items() for each in objections(patch, tmp_path / name)]
    assert found == []


def test_what_the_bench_prints_is_read() -> None:
    rounds = [{"ours": {"rate": 30.0, "p99": 12.0}, "theirs": {"rate": 10.0}}]
    leg = Leg(key="p0", title="Nothing", goals=(RATE, P99), open=nothing)
    printed = report.summary(Result(leg=leg, rounds=rounds, absent={}, speeds=[1.0], loads=[0.0]))
    assert read(f"p0: Nothing\n{printed}\n") == {">= rate: of ours": 3.0, "<= its p99": 12.0}


@pytest.mark.parametrize(
    ("with_it", "without", "gain", "last"),
    [
        ({">= rate": [1.5, 1.4, 1.0]}, {">= rate": [1.0, 1.0, 0.1]}, "+40%", "pays for itself"),
        ({">= rate": [1.05]}, {">= rate": [1.0]}, "+5%", "buys no tenth of any goal"),
        ({"<= p99": [8.0]}, {"<= p99": [12.0]}, "+50%", "pays for itself"),
        ({"<= p99": [12.0]}, {"<= p99": [8.0]}, "-33%", "buys no tenth of any goal"),
    ],
)
def test_a_gain_is_that_of_the_goal_and_a_tenth_of_one_is_enough(
    with_it: dict[str, list[float]], without: dict[str, list[float]], gain: str, last: str
) -> None:
    *_, row, verdict = compared("line", with_it, without)
    assert row.endswith(f"| {gain} |")
    assert verdict == f"line: it {last}."

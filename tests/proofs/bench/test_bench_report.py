"""The bench's own judgement: ratios, medians, marks, and the page; no time is asserted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest

from proofs.bench import load, marks, plot, report, verdict
from proofs.bench.ground import Ground
from proofs.bench.leg import Contestants, Goal, Leg, Result, Round
from proofs.bench.legs import LEGS
from proofs.rig import page
from proofs.rig.quantile import quantile
from proofs.rig.sandbox import ROOT

FASTER = Goal(text="faster", of=("ours", "rate"), over=("theirs", "rate"), least=2.0)
QUICK = Goal(text="quick", of=("ours", "p50"), most=10.0, unit="ms")


SVG_TEXT, SVG_LINE, SVG_DOT = (
    f"{{http://www.w3.org/2000/svg}}{name}" for name in ("text", "line", "circle")
)


@contextmanager
def nothing(_: Ground) -> Iterator[Contestants]:
    yield {}


def rounds(*pairs: tuple[float, float]) -> list[Round]:
    return [{"ours": {"rate": a, "p50": a}, "theirs": {"rate": b}} for a, b in pairs]


def result(measured: list[Round]) -> Result:
    leg = Leg(key="p0", title="A try", goals=(FASTER, QUICK), open=nothing)
    return Result(leg=leg, rounds=measured, absent={"absent": "why"}, speeds=[1.5], loads=[0.5])


def test_a_ratio_is_taken_within_each_round() -> None:
    found = verdict.judge(FASTER, rounds((4, 1), (30, 10), (2, 1)))
    assert found.values == [4, 3, 2]
    assert (found.middle, found.worst) == (3, 2)


@pytest.mark.parametrize(
    ("theirs", "reached"),
    [((1, 1, 1), True), ((1, 1, 1.17), True), ((1, 1, 1.2), False), ((1, 1.1, 1.1), False)],
)
def test_a_goal_is_reached_when_median_and_worst_round_meet_it(
    theirs: tuple[float, ...], reached: bool
) -> None:
    found = verdict.judge(FASTER, rounds(*((2.0, each) for each in theirs)))
    assert found.reached is reached


def test_an_upper_bound_has_its_worst_round_at_the_top() -> None:
    assert verdict.judge(QUICK, rounds((9, 1), (10, 1), (11, 1))).reached is True
    assert verdict.judge(QUICK, rounds((9, 1), (10, 1), (12, 1))).reached is False


def test_a_goal_over_a_peer_that_is_absent_is_not_measured() -> None:
    found = verdict.judge(FASTER, [{"ours": {"rate": 1.0}}])
    assert found.reached is None


def test_a_quantile_is_the_nearest_rank() -> None:
    values = [float(each) for each in range(100, 0, -1)]
    assert quantile(values, 0.99) == 99
    assert quantile(values, 0.5) == 50
    assert quantile([7.0], 0.99) == 7


def test_the_page_tells_verdicts_and_figures_between_its_marks_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- bench: p0 -->\nold\n<!-- bench: end of p0 -->\nafter\n")
    report.write(page, [result(rounds((4, 1), (6, 2), (8, 2)))], 0.5)
    text = page.read_text()
    assert text.startswith("before\n<!-- bench: p0 -->\n")
    assert text.endswith("\n<!-- bench: end of p0 -->\nafter\n")
    assert "| faster | ≥ 2 | **4** | 4 … 3 | reached |" in text
    assert "| ours | rate | 6 | 4 | 8 |" in text
    assert "Left out: absent. why" in text
    assert "3 rounds at scale 0.5" in text
    assert "old" not in text


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no place marked"):
        page.placed("nothing here", "bench", "p0", "content")


def test_the_page_of_the_project_has_a_place_for_every_leg() -> None:
    text = (ROOT / "docs" / "performance.md").read_text()
    for key in LEGS:
        page.placed(text, "bench", key, "")


def test_a_goal_names_what_it_compares() -> None:
    for leg in LEGS.values():
        assert leg.goals
        for goal in leg.goals:
            assert (goal.least is None) != (goal.most is None), goal.text


def test_a_load_with_refusals_is_no_measurement() -> None:
    good = load.Tally(took=[1.0, 3.0], statuses=Counter({200: 2}), seconds=2.0)
    assert good.measures() == {"rate": 1.0, "p50": 1.0, "p99": 3.0}
    good.statuses[429] += 1
    with pytest.raises(RuntimeError, match="429"):
        good.measures()


def test_a_mark_keeps_the_length_of_its_payload_and_can_be_read_back() -> None:
    template = b'{"message":"' + marks.MARK + b'"}'
    made = marks.marked(template, 42)
    found = marks.FOUND.search(made)
    assert len(made) == len(template)
    assert found
    assert int(found[1]) == 42


def test_the_page_shows_a_plot_of_each_leg(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- bench: p0 -->\n<!-- bench: end of p0 -->\n")
    report.write(page, [result(rounds((4, 1), (6, 2), (8, 2)))], 1.0)
    [address] = re.findall(r"!\[[^]]+\]\((.+)\)", page.read_text())
    texts = [each.text for each in ElementTree.parse(tmp_path / address).iter(SVG_TEXT)]
    assert {"faster", "4 (≥ 2) reached", "quick", "6 (≤ 10 ms) reached", "goal"} <= set(texts)


def test_a_plot_has_the_goal_in_one_line_and_better_rounds_to_its_right() -> None:
    fast, slow = (
        ElementTree.fromstring(plot.drawn("A try", [verdict.judge(QUICK, rounds((ms, 1)))]))
        for ms in (5.0, 20.0)
    )
    [line] = [each.get("x1") for each in fast.iter(SVG_LINE) if each.get("class") == "goal"]
    dots = [float(next(each.iter(SVG_DOT)).get("cx", "")) for each in (fast, slow)]
    assert dots[0] > float(line or "") > dots[1]

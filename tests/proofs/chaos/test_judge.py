"""The judge on planted logs: it must be able to find each kind of fault, and find none in none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from proofs.chaos.judge import Logs, Verdict, judge
from proofs.chaos.lines import Pen, Tail


class Case:
    """Three logs in which everything went right: two sends, one text that came in."""

    def __init__(self, folder: Path) -> None:
        self.logs = Logs(
            accepted=folder / "accepted.jsonl",
            provider=folder / "provider.jsonl",
            sink=folder / "sink.jsonl",
        )
        for number in (1, 2):
            self.accept(f"f1 {number}")
            self.send(f"f1 {number}")
        self.arrive("f1 in 1")
        self.post("f1 in 1", "dlv_1")

    def accept(self, text: str) -> None:
        self._add(self.logs.accepted, text=text, job=f"job of {text}")

    def send(self, text: str) -> None:
        self._add(self.logs.provider, kind="send", text=text)

    def arrive(self, text: str) -> None:
        self._add(self.logs.provider, kind="inbound", text=text)

    def post(self, text: str, webhook_id: str) -> None:
        self._add(self.logs.sink, webhook_id=webhook_id, body={"message": text})

    def verdict(self, *unknown: str) -> Verdict:
        return judge(self.logs, "f1", unknown)

    def _add(self, path: Path, **facts: Any) -> None:
        pen = Pen(path)
        pen.write(**facts)
        pen.close()


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_logs_in_which_all_went_right_are_clean(case: Case) -> None:
    found = case.verdict()
    assert found.clean
    assert (found.accepted, found.sent, found.inbound) == (2, 2, 1)


def test_an_accepted_text_that_the_provider_never_got_is_lost(case: Case) -> None:
    case.accept("f1 3")
    assert case.verdict().lost == ("f1 3",)
    assert not case.verdict().clean


def test_a_text_that_the_provider_got_twice_is_found(case: Case) -> None:
    case.send("f1 2")
    assert case.verdict().twice == ("f1 2",)
    assert not case.verdict().clean


def test_a_doubled_text_counts_though_its_acceptance_was_not_answered(case: Case) -> None:
    case.send("f1 4")
    assert case.verdict().clean
    case.send("f1 4")
    assert case.verdict().twice == ("f1 4",)


def test_a_text_that_never_left_is_not_lost_while_its_job_is_listed_as_unknown(case: Case) -> None:
    case.accept("f1 3")
    found = case.verdict("job of f1 3")
    assert (found.lost, found.unknown) == ((), ("f1 3",))


def test_being_listed_as_unknown_does_not_excuse_a_doubled_text(case: Case) -> None:
    case.send("f1 1")
    assert case.verdict("job of f1 1").twice == ("f1 1",)


def test_a_text_that_came_in_and_reached_no_hook_is_astray(case: Case) -> None:
    case.arrive("f1 in 2")
    assert case.verdict().astray == ("f1 in 2",)
    assert not case.verdict().clean


def test_a_delivery_made_again_is_counted_and_no_fault(case: Case) -> None:
    case.post("f1 in 1", "dlv_1")
    assert case.verdict().clean
    assert case.verdict().repeats == 1


def test_one_event_under_two_webhook_ids_is_a_fault(case: Case) -> None:
    case.post("f1 in 1", "dlv_2")
    assert case.verdict().split == ("f1 in 1",)
    assert not case.verdict().clean


def test_other_figures_texts_are_left_alone(case: Case) -> None:
    case.accept("f2 1")
    case.send("f3 1")
    case.send("f3 1")
    assert case.verdict().clean


def test_a_growing_log_is_read_in_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"a": 1}\n{"a":')
    tail = Tail(path)
    assert tail.read() == [{"a": 1}]
    with path.open("ab") as file:
        file.write(b" 2}\n")
    assert tail.read() == [{"a": 2}]

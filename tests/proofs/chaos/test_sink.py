"""The hook target of the proofs: each habit is what a caller of a real target meets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from proofs.chaos.lines import Tail
from proofs.chaos.sink import Habit, Sink
from proofs.rig.sandbox import until

PATIENCE = 60.0


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    running = Sink(tmp_path / "sink.jsonl")
    yield running
    running.stop()


def post(sink: Sink, path: str = "/hook", limit: float = PATIENCE) -> requests.Response:
    headers = {"webhook-id": "dlv_1", "webhook-timestamp": "1764363600"}
    return requests.post(sink.base + path, json={}, headers=headers, timeout=limit)


def logged(sink: Sink) -> list[int]:
    return [line["status"] for line in Tail(sink.log).read()]


def test_a_busy_target_takes_so_many_a_second_and_says_when_to_come_again(sink: Sink) -> None:
    sink.plan({"/hook": Habit(per_second=2, retry_after="1")})
    answers: list[requests.Response] = []

    def refused() -> bool:
        answers.append(post(sink))
        return answers[-1].status_code == 429

    # A machine that is busy may let a second pass between two of them.
    until(refused, "a third within a second")
    assert answers[-1].headers["Retry-After"] == "1"
    assert len(answers) > 2
    assert logged(sink) == [each.status_code for each in answers]


def test_a_target_that_is_down_says_how_long(sink: Sink) -> None:
    sink.plan({"/hook": Habit(status=503, retry_after="7"), "/other": 404})
    assert (post(sink).status_code, post(sink).headers["Retry-After"]) == (503, "7")
    assert post(sink, "/other").status_code == 404


def test_a_hanging_target_answers_nobody_and_holds_up_no_other_path(sink: Sink) -> None:
    sink.plan({"/hook": Habit(hang=True)})
    with pytest.raises(requests.ReadTimeout):
        post(sink, limit=0.3)
    assert post(sink, "/other").status_code == 200
    sink.plan({"/hook": 200})
    assert post(sink).status_code == 200
    assert logged(sink) == [0, 200, 200]


def test_a_target_may_cut_the_connection(sink: Sink) -> None:
    sink.plan({"/hook": Habit(cut=True)})
    with pytest.raises(requests.ConnectionError):
        post(sink)
    assert logged(sink) == [0]

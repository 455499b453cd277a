"""What an answer says within, beside a word of success outside, or by a mere flag."""

from __future__ import annotations

from typing import Any

import pytest

from integration.kernel.signs import Signs

SIGNS = Signs(ids=("id", "data.message_id"))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"status": "success", "data": "Failed|No route"}, "No route"),
        ({"status": "success", "data": {"result": "Insufficient credits"}}, "Insufficient credits"),
        ({"success": True, "response": "ERROR"}, ""),
        ({"status": "success", "results": ["sent", "Rejected by carrier"]}, "Rejected by carrier"),
        ({"id": 42, "status": {"name": "REJECTED_PREFIX_MISSING"}}, "REJECTED_PREFIX_MISSING"),
        ({"messages": [{"status": {"groupName": "UNDELIVERABLE", "id": 9}}]}, ""),
    ],
    ids=str,
)
def test_a_refusal_within_is_one_whatever_is_said_outside(answer: Any, reason: str) -> None:
    assert SIGNS.refusal(answer, deep=True) == reason


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "success", "data": "Delivered|4bf2"},
        {"status": "success", "data": "9f1c", "results": ["9f1c", 7, None]},
        {
            "messages": [
                {"status": {"groupName": "PENDING", "description": "Sent to next instance"}}
            ]
        },
        {"status": {"code": 0, "text": "OK"}},
        {"status": "success", "data": {"uid": "9f1c", "body": "Failed again"}},
    ],
    ids=str,
)
def test_an_ordinary_answer_with_words_within_is_a_success(answer: Any) -> None:
    assert SIGNS.refusal(answer, deep=True) is None
    assert SIGNS.shows_done(answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": False, "message": "Insufficient unit"},
        {"status": "false", "message": "Insufficient unit"},
        {"result": False, "data": {"message": "Insufficient unit"}},
        {"state": False, "id": None, "reason": "Insufficient unit"},
    ],
)
def test_a_state_that_is_a_mere_false_is_a_refusal(answer: Any) -> None:
    assert SIGNS.refusal(answer, deep=True) == "Insufficient unit"


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 0, "message": "Queued."},
        {"status": "0"},
        {"status": None, "message": "Queued."},
        {"status": False, "id": 42, "message": "Queued."},
        {"status": "success", "data": {"uid": "x1", "status": False}},
        {"result": False, "status": "sent"},
        {"success": True, "result": False},
        {"ok": True, "status": False},
        {"state": False, "message": "queued"},
    ],
)
def test_a_code_or_a_flag_of_what_was_made_refuses_nothing(answer: Any) -> None:
    assert SIGNS.refusal(answer, deep=True) is None


def test_a_false_state_in_the_answer_to_a_question_is_of_what_it_describes() -> None:
    assert SIGNS.refusal({"status": False, "name": "SIM 2"}, deep=False) is None

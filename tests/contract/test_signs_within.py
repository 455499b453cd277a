"""What an answer says within, beside a word of success outside."""

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

"""What every provider makes of a 2xx: a success needs a sign, and a refusal under 200 is one.

The answers below take the place of each recorded success.
"""

from __future__ import annotations

from typing import Any

import pytest

from integration.kernel.errors import OutcomeUnknown, ProviderRejected, ProviderUnavailable
from integration.kernel.specs import Provider
from tests.contract.recordings import SUCCESSES, call, expect, replay, upstream

REASON = "The account has no credit"
REFUSALS: list[Any] = [
    {"success": False, "message": REASON},
    {"success": "false", "message": REASON},
    {"ok": 0, "error": REASON},
    {"error": REASON},
    {"error": {"code": 12, "message": REASON}},
    {"errors": [{"msg": REASON, "param": "recipient"}]},
    {"message": [REASON], "errors": {"recipient": [REASON]}},
    {"status": "error", "message": REASON},
    {"status": "failed", "reason": REASON},
    {"status": f"Failed|{REASON}"},
    {"status": "success", "data": {"status": f"Failed|{REASON}"}},
    {"status": "success", "data": f"Failed|{REASON}"},
    {"status": "success", "results": [f"Rejected: {REASON}"], "reason": REASON},
    {"id": 42, "status": {"groupName": "REJECTED", "description": REASON}},
    {"id": 42, "status": "rejected", "detail": REASON},
    {"statusCode": 402, "message": REASON},
    [{"id": 42, "status": "error", "message": REASON}],
    {"data": [{"id": 42, "success": False, "message": REASON}]},
]
LIMITS: list[Any] = [
    {"status": "error", "message": "Too Many Attempts."},
    {"success": False, "error": "Too Many Requests"},
    {"statusCode": 429, "message": "ThrottlerException"},
]
NEITHER: list[Any] = [
    *(
        None,
        {},
        [],
        [[]],
        [{"id": 1}, {"id": 2}],
        "",
        0,
        {"data": []},
        {"data": {}},
        {"message": ""},
    ),
    {"message": "OK, thank you."},
    {"id": None, "message_id": "", "queueId": 0, "data": {"uid": None, "id": False}},
    {"status": None, "success": None, "error": None},
    {"status": 200},
    {"status": "unknown"},
]
each_step = pytest.mark.parametrize(
    ("kind", "name", "tape", "step"),
    [pytest.param(*each, id=f"{each[0].key}-{each[1]}-{each[3] + 1}") for each in SUCCESSES],
)
each_effect = pytest.mark.parametrize(
    ("kind", "name", "tape", "step"),
    [
        pytest.param(*each, id=f"{each[0].key}-{each[1]}")
        for each in SUCCESSES
        if each[2]["exchanges"][each[3]].get("effect")
    ],
)


@each_effect
def test_a_refusal_under_200_is_one(
    kind: type[Provider], name: str, tape: dict[str, Any], step: int
) -> None:
    for body in REFUSALS:
        with pytest.raises(ProviderRejected) as caught:
            answered(kind, name, tape, step, body)
        assert caught.value.message == f"{kind.label} refused: {REASON}.", body


@each_effect
def test_a_limit_under_200_is_one(
    kind: type[Provider], name: str, tape: dict[str, Any], step: int
) -> None:
    for body in LIMITS:
        with pytest.raises(ProviderUnavailable) as caught:
            answered(kind, name, tape, step, body)
        assert caught.value.upstream_status == 429, body


@each_effect
def test_a_key_that_is_refused_under_200_is_the_accounts(
    kind: type[Provider], name: str, tape: dict[str, Any], step: int
) -> None:
    with pytest.raises(ProviderRejected) as caught:
        answered(kind, name, tape, step, {"status": "error", "message": "Unauthenticated."})
    assert (caught.value.of_account, caught.value.upstream_status) == (True, 401)


@each_effect
def test_an_answer_with_no_sign_leaves_the_outcome_open(
    kind: type[Provider], name: str, tape: dict[str, Any], step: int
) -> None:
    closed = [body for body in NEITHER if not leaves_open(kind, name, tape, step, body)]
    assert closed == []


def leaves_open(
    kind: type[Provider], name: str, tape: dict[str, Any], step: int, body: Any
) -> bool:
    try:
        answered(kind, name, tape, step, body)
    except OutcomeUnknown:
        return True
    return False


@each_step
def test_a_question_that_is_refused_under_200_is_no_empty_list(
    kind: type[Provider], name: str, tape: dict[str, Any], step: int
) -> None:
    for body in REFUSALS[:5]:
        with pytest.raises(ProviderRejected):
            answered(kind, name, tape, step, {**body, "messages": [], "data": []})


@pytest.mark.parametrize(
    ("kind", "name", "tape", "step"),
    [
        pytest.param(*each, id=f"{each[0].key}-{each[1]}")
        for each in SUCCESSES
        if each[2]["exchanges"][each[3]].get("effect")
        and each[2]["exchanges"][each[3]]["response"].get("json") is not None
        and each[2]["exchanges"][each[3]]["response"].get("status", 200) < 300
    ],
)
def test_a_list_of_the_one_outcome_is_read_as_it(
    kind: type[Provider], name: str, tape: dict[str, Any], step: int
) -> None:
    alone = tape["exchanges"][step]["response"]["json"]
    assert answered(kind, name, tape, step, [alone]) == answered(kind, name, tape, step, alone)


def answered(kind: type[Provider], name: str, tape: dict[str, Any], step: int, body: Any) -> Any:
    """Make the recorded call, whose step gets this answer instead."""
    with upstream() as mock:
        replay(mock, tape["exchanges"][:step])
        expect(mock, tape["exchanges"][step]["request"], status=200, json=body)
        return call(kind, name, tape)

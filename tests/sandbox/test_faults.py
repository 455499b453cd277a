"""Each kind of fault, as the client of a provider sees it."""

from __future__ import annotations

import contextlib
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from proofs.rig.sandbox import Sandbox, until
from tests.sandbox.samples import TEXT

SEND = "/pairfon/zapier/send-sms"
LONG = 12
"""Seconds within which a busy machine has made the call that it makes at once."""


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def address(sandbox: Sandbox) -> tuple[str, int]:
    parts = urlsplit(sandbox.url)
    return str(parts.hostname), int(parts.port or 0)


def request(key: str) -> bytes:
    """A send as it goes over the wire."""
    body = json.dumps(TEXT).encode()
    head = f"POST {SEND} HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer {key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def send(sandbox: Sandbox, key: str) -> requests.Response:
    return sandbox.call("POST", SEND, key, json=TEXT)


def sends(sandbox: Sandbox, key: str) -> int:
    return len(sandbox.received(key, "send"))


def plan(sandbox: Sandbox, key: str, **fault: Any) -> None:
    sandbox.control("POST", key, "faults", {"match": "POST /zapier/send-sms"} | fault)


def test_a_status_fault_answers_so_and_sends_nothing(sandbox: Sandbox, phone_key: str) -> None:
    plan(
        sandbox, phone_key, kind="status", code=503, body={"message": "Down"},
        headers={"Retry-After": "7"},
    )  # fmt: skip
    answer = send(sandbox, phone_key)
    assert (answer.status_code, answer.json()) == (503, {"message": "Down"})
    assert answer.headers["Retry-After"] == "7"
    assert sends(sandbox, phone_key) == 0
    assert send(sandbox, phone_key).status_code == 200


def test_a_status_fault_may_come_after_the_effect(sandbox: Sandbox, phone_key: str) -> None:
    plan(sandbox, phone_key, kind="status", code=500, effect=True)
    answer = send(sandbox, phone_key)
    assert (answer.status_code, set(answer.json())) == (500, {"message"})
    assert sends(sandbox, phone_key) == 1


def test_a_connection_cut_before_the_effect_breaks_and_sends_nothing(
    sandbox: Sandbox, phone_key: str
) -> None:
    plan(sandbox, phone_key, kind="cut_before")
    with pytest.raises(requests.ConnectionError):
        send(sandbox, phone_key)
    assert sends(sandbox, phone_key) == 0


def test_a_connection_cut_after_the_effect_breaks_and_has_sent(
    sandbox: Sandbox, phone_key: str
) -> None:
    plan(sandbox, phone_key, kind="cut_after")
    with pytest.raises(requests.ConnectionError):
        send(sandbox, phone_key)
    assert sends(sandbox, phone_key) == 1


def test_a_connection_cut_within_the_answer_breaks_and_has_sent(
    sandbox: Sandbox, phone_key: str
) -> None:
    plan(sandbox, phone_key, kind="cut_during")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        send(sandbox, phone_key)
    assert sends(sandbox, phone_key) == 1


@pytest.mark.parametrize("effect", [False, True])
def test_garbage_is_a_200_that_is_no_json(sandbox: Sandbox, phone_key: str, effect: bool) -> None:
    plan(sandbox, phone_key, kind="garbage", effect=effect)
    answer = send(sandbox, phone_key)
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()
    assert sends(sandbox, phone_key) == int(effect)


@pytest.mark.parametrize("after", [False, True])
def test_a_delay_outlasts_an_impatient_client_and_the_text_is_sent(
    sandbox: Sandbox, phone_key: str, after: bool
) -> None:
    plan(sandbox, phone_key, kind="delay", seconds=LONG, after=after)
    with pytest.raises(requests.ReadTimeout):
        sandbox.web.post(
            sandbox.url + SEND,
            json=TEXT,
            headers={"Authorization": f"Bearer {phone_key}"},
            timeout=0.3,
        )
    until(lambda: sends(sandbox, phone_key) == 1, "the delayed text")


def test_a_fault_strikes_as_often_as_it_says_and_only_what_it_matches(
    sandbox: Sandbox, phone_key: str
) -> None:
    plan(sandbox, phone_key, kind="status", code=500, times=2)
    assert sandbox.call("GET", "/pairfon/chat/devices", phone_key).status_code == 200
    assert [send(sandbox, phone_key).status_code for _ in range(3)] == [500, 500, 200]


def test_a_fault_of_no_end_strikes_until_it_is_cleared(sandbox: Sandbox, phone_key: str) -> None:
    plan(sandbox, phone_key, kind="status", code=500, times=0)
    assert [send(sandbox, phone_key).status_code for _ in range(3)] == [500] * 3
    sandbox.control("DELETE", phone_key, "faults")
    assert send(sandbox, phone_key).status_code == 200


def test_a_probable_fault_follows_its_seed(sandbox: Sandbox, phone_key: str) -> None:
    rows = []
    for key in (phone_key, phone_key + "x"):
        plan(sandbox, key, kind="status", code=500, p=0.5, seed=11)
        rows.append([send(sandbox, key).status_code for _ in range(30)])
    assert rows[0] == rows[1]
    assert set(rows[0]) == {200, 500}


def test_faults_strike_in_the_order_given(sandbox: Sandbox, phone_key: str) -> None:
    given = [{"match": SEND, "kind": "status", "code": code} for code in (500, 503, 429)]
    sandbox.control("POST", phone_key, "faults", given)
    assert [send(sandbox, phone_key).status_code for _ in range(4)] == [500, 503, 429, 200]


@pytest.mark.parametrize(
    "wrong", [{"kind": "explode"}, {"kind": "delay", "seconds": "x"}, {"kind": "cut_after", "x": 1},
              {"kind": "status", "code": 99}, "cut_after"],
)  # fmt: skip
def test_a_fault_that_makes_no_sense_is_refused_with_a_sentence(
    sandbox: Sandbox, phone_key: str, wrong: Any
) -> None:
    url = f"{sandbox.url}/_control/accounts/{phone_key}/faults"
    answer = sandbox.web.post(url, json=wrong)
    assert answer.status_code == 400
    assert answer.json()["message"].endswith(".")


def test_a_hanging_account_takes_the_call_and_never_answers(
    sandbox: Sandbox, phone_key: str
) -> None:
    plan(sandbox, phone_key, kind="hang", times=0)
    for _ in range(3):
        with pytest.raises(requests.ReadTimeout):
            requests.post(sandbox.url + SEND, json=TEXT, headers=bearer(phone_key), timeout=0.3)
    sandbox.control("DELETE", phone_key, "faults")
    assert send(sandbox, phone_key).status_code == 200
    assert sends(sandbox, phone_key) == 1


def test_hanging_calls_hold_up_no_other_account(sandbox: Sandbox, phone_key: str) -> None:
    plan(sandbox, phone_key, kind="hang", times=0)
    with contextlib.ExitStack() as open_calls:
        for _ in range(40):
            call = open_calls.enter_context(socket.create_connection(address(sandbox)))
            call.sendall(request(phone_key))
        other = f"{phone_key}_other"
        assert [send(sandbox, other).status_code for _ in range(5)] == [200] * 5
    assert sends(sandbox, phone_key) == 0


def test_a_hang_may_come_after_the_effect_and_end_in_a_closed_connection(
    sandbox: Sandbox, phone_key: str
) -> None:
    plan(sandbox, phone_key, kind="hang", effect=True, seconds=0.2)
    with pytest.raises(requests.ConnectionError):
        send(sandbox, phone_key)
    assert sends(sandbox, phone_key) == 1


def unlimited(sandbox: Sandbox, key: str) -> None:
    """A test that asks again and again meets no rate limit."""
    sandbox.control("PUT", key, "settings", {"rate_limit": 1_000_000})


def test_a_fault_that_lasts_a_while_ends_by_itself(sandbox: Sandbox, phone_key: str) -> None:
    unlimited(sandbox, phone_key)
    plan(sandbox, phone_key, kind="status", code=502, times=0, lasts=LONG)
    assert send(sandbox, phone_key).status_code == 502
    until(lambda: send(sandbox, phone_key).status_code == 200, "the fault's end")


def test_a_text_may_come_into_the_history_later(sandbox: Sandbox, phone_key: str) -> None:
    unlimited(sandbox, phone_key)
    plan(sandbox, phone_key, kind="status", code=502, effect=True, row_after=LONG)
    assert send(sandbox, phone_key).status_code == 502
    asked = f"device_fingerprint={TEXT['device_fingerprint']}&phone={TEXT['phone'].lstrip('+')}"

    def rows() -> int:
        found = sandbox.call("GET", f"/pairfon/chat/messages?{asked}", phone_key).json()
        return len(found["messages"])

    assert sends(sandbox, phone_key) == 1
    assert rows() == 0
    until(lambda: rows() == 1, "the row")


def test_calls_are_listed_also_refused_ones(sandbox: Sandbox, phone_key: str) -> None:
    send(sandbox, phone_key)
    sandbox.control("PUT", phone_key, "settings", {"revoked": True})
    send(sandbox, phone_key)
    calls = sandbox.control("GET", phone_key, "calls")["calls"]
    assert [(each["call"], each["status"]) for each in calls] == [
        ("POST /zapier/send-sms", 200),
        ("POST /zapier/send-sms", 401),
    ]

"""Each kind of fault, as the client of a provider sees it."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from proofs.rig.sandbox import Sandbox, until
from tests.sandbox.samples import TEXT

SEND = "/pairfon/zapier/send-sms"


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
    plan(sandbox, phone_key, kind="delay", seconds=2, after=after)
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

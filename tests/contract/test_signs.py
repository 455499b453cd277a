"""What answers of gateways say: done, refused and why; receipts as they really look."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integration.kernel import reasons
from integration.kernel.signs import Signs
from providers import _reading, _ultimate_words

SIGNS = Signs(ids=("id", "data.message_id"))


@pytest.mark.parametrize(
    "answer",
    [
        {"id": 42},
        {"id": "0406", "error": None, "errors": []},
        {"data": {"message_id": "9f1c"}},
        {"status": "success"},
        {"status": "OK", "error": ""},
        {"status": "Delivered|4bf2"},
        {"success": True},
        {"status": True, "message": "Message accepted by gateway"},
        {"result": "true"},
        {"success": "true", "error": "0"},
        {"ok": 1},
        {"message": "Sent."},
        {"data": {"state": "Pending"}},
        {"messages": [{"status": "queued"}]},
        [{"status": "sent"}],
        {"status": "success", "error": False, "code": 200},
        {"id": 42, "error": {"code": 0, "message": ""}},
        {"id": 42, "error": {"code": "0", "message": "No error", "details": []}},
    ],
    ids=str,
)
def test_an_id_or_a_word_of_success_is_a_sign(answer: Any) -> None:
    assert SIGNS.shows_done(answer)
    assert SIGNS.refusal(answer, deep=True) is None


@pytest.mark.parametrize(
    "answer",
    [
        # From public bug reports of esdc-ce (SMSAPI) and twofactor_gateway (Clickatell).
        {"status": "ERROR:14"},
        {"result": "ERR: 001, Authentication failed"},
        {"requestError": {"serviceException": {"messageId": "SVC0004"}}},
        {"id": 42, "error": {"code": 0, "message": "No route"}},
        {"id": 42, "error": {"code": 7}},
    ],
    ids=str,
)
def test_what_others_took_for_a_success_is_a_refusal(answer: Any) -> None:
    assert SIGNS.refusal(answer, deep=True) is not None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"id": 42, "status": "Rejected by carrier"}, "Rejected by carrier"),
        ({"status": "success", "data": {"status": "Insufficient credits"}}, "Insufficient credits"),
        ({"id": 42, "status": "failed (30003)"}, "failed (30003)"),
        ({"id": 42, "state": "Not sent yet", "reason": "Handset off"}, "Handset off"),
    ],
    ids=str,
)
def test_a_state_that_begins_with_a_word_of_refusal_is_one(answer: Any, reason: str) -> None:
    assert SIGNS.refusal(answer, deep=True) == reason
    assert SIGNS.refusal({"id": 42, "status": "Deleted successfully"}, deep=True) is None


def test_an_echo_of_our_own_text_is_no_sign() -> None:
    for text in ("Error: the lift is out of order", "Failed", "Sent.", "OK"):
        echo = {"data": {"message": text, "to": "31612345678"}}
        assert SIGNS.refusal(echo, deep=True) is None
        assert not SIGNS.shows_done(echo)
    sent = {"status": "success", "data": {"uid": "9f1c", "message": "Rejected: try again"}}
    assert SIGNS.refusal(sent, deep=True) is None
    assert SIGNS.shows_done(sent)


@pytest.mark.parametrize(
    "rows",
    [
        {"messages": [{"id": 1, "status": "failed"}]},
        {"data": [{"status": "error"}]},
        [{"status": "failed", "error": "No route"}],
        {"status": "active", "data": {"status": "expired"}},
        {"uid": "9f1c", "status": "expired", "balance": 0},
        {"data": ["Failed orders", "error"]},
    ],
    ids=str,
)
def test_the_words_of_the_rows_that_a_question_lists_are_their_own(rows: Any) -> None:
    assert SIGNS.refusal(rows, deep=False) is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"message": "No credit"}, "No credit"),
        ({"error": {"message": "No credit"}}, "No credit"),
        ({"error": {"code": 21, "message": "No credit", "type": "billing"}}, "No credit"),
        (
            {
                "message": "The given data was invalid.",
                "errors": {"recipient": ["It is no number."]},
            },
            "The given data was invalid. It is no number.",
        ),
        ({"errors": {"message": ["It is too long."], "to": ["It is no number."]}}, None),
        (
            {"errors": [{"msg": "It is no number.", "param": "to", "value": "x"}]},
            "It is no number.",
        ),
        (
            {"errors": [{"code": 1, "title": "Bad number", "detail": "It is too short"}]},
            "It is too short",
        ),
        ({"errors": ["No credit", "No credit"]}, "No credit"),
        ({"message": ["phone must be a number", "text is empty"]}, None),
        (
            {"error": "invalid_grant", "error_description": "The key has expired"},
            "The key has expired",
        ),
        ({"error": "invalid_grant"}, "invalid_grant"),
        (
            {"type": "about:blank", "title": "Forbidden", "detail": "No such sender"},
            "No such sender",
        ),
        ({"title": "Forbidden", "status": 403}, "Forbidden"),
        ({"detail": [{"loc": ["body", "to"], "msg": "field required"}]}, "field required"),
        ({"data": {"error": {"description": "No credit"}}}, "No credit"),
        ({"response": {"errors": ["No credit"]}}, "No credit"),
        # From a public bug report of osms-php, which printed "Array" instead.
        (
            {
                "requestError": {
                    "serviceException": {
                        "messageId": "SVC0004",
                        "text": "No valid addresses provided in message part %1",
                        "variables": ["senderAddress"],
                    }
                }
            },
            "No valid addresses provided in message part %1",
        ),
        ({"success": False, "error": True}, ""),
        ({"code": 12}, ""),
        ("No credit", "No credit"),
        ([], ""),
        (None, ""),
    ],
    ids=str,
)
def test_a_reason_is_found_in_every_shape_of_an_error(answer: Any, reason: str | None) -> None:
    found = reasons.of_body(json.dumps(answer).encode())
    if reason is None:
        assert found in (
            "It is too long. It is no number.",
            "phone must be a number. text is empty",
        )
    else:
        assert found == reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"No credit\r\nleft", "No credit left"),
        (b"<html><head><title>403 Forbidden</title></head><body>x</body></html>", "403 Forbidden"),
        (b"<!DOCTYPE html><h1>Bad &amp; gone</h1>", "Bad & gone"),
        (b"<html><body>nginx</body></html>", ""),
        (b"<?xml version='1.0'?><error><message>No credit</message></error>", "No credit"),
        (b"\x1f\x8b\x08\x00\xff", ""),
        (b"", ""),
    ],
)
def test_a_reason_is_a_plain_sentence_whatever_the_body_is(body: bytes, reason: str) -> None:
    assert reasons.of_body(body) == reason


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Delivered|4bf2", "delivered"),
        ("DELIVRD", "delivered"),
        ("delivered ", "delivered"),
        ("UNDELIV", "failed"),
        ("UNDELIVERABLE", "failed"),
        ("Not Delivered", "failed"),
        ("not_delivered", "failed"),
        ("REJECTD", "failed"),
        ("Expired", "failed"),
        ("Failed|No route", "failed"),
        ("Failed: blocked", "failed"),
        ("Rejected by carrier", "failed"),
        ("Undelivered (27)", "failed"),
        ("Delivered to the operator", "unknown"),
        ("ENROUTE", "queued"),
        ("ACCEPTD", "queued"),
        ("Sent", "sent"),
        # From public bug reports: Jasmin passes a receipt on whole, Bandwidth had none to wait for.
        ("id:1602718841 submit date:2204152009 stat:DELIVRD err:000", "delivered"),
        ("id:16 sub:001 stat:UNDELIV err:021 text:Sent", "failed"),
        ("DLR_EXPIRED", "unknown"),
        ("UNKNOWN", "unknown"),
        ("4bf2|Delivered", "unknown"),
    ],
)
def test_a_receipt_is_read_whatever_hangs_on_its_word(word: str, status: str) -> None:
    [receipt] = _ultimate_words.receipts({"message_id": "1", "status": word})
    assert (receipt.status, receipt.raw) == (status, word.strip())
    assert _reading.status(word) == status


def test_a_receipt_of_a_failure_tells_why() -> None:
    failed, sent = _ultimate_words.receipts(
        [{"uid": "1", "status": "Failed|No route"}, {"uid": "2", "status": "Delivered|4bf2"}]
    )
    assert (failed.reason, sent.reason) == ("No route", None)
    [said] = _ultimate_words.receipts({"uid": "1", "status": "Rejected by carrier"})
    assert said.reason == "Rejected by carrier"

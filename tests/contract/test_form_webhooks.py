"""Webhooks of a kind that no documentation shows: a form says what JSON would."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from integration.kernel.errors import MalformedBody
from integration.kernel.webhooks import WebhookCall
from providers.cloud_messaging import PROVIDER as CLOUD
from providers.pairfon import PROVIDER as PAIRFON
from tests.contract.recordings import connect

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
FORM, JSON = "application/x-www-form-urlencoded; charset=utf-8", "application/json"
RECEIPT = {"message_id": "m1", "status": "failed", "timestamp": "", "reason": "No route"}
MESSAGE = {"id": "1", "phone": "+14155550123", "message": "a & b", "received_at": "1764500000"}
KEY = {"api_key": "pk_0123456789"}


def call(body: str, kind: str = FORM) -> WebhookCall:
    url, headers = "https://h.example/ingress/x", {"content-type": kind}
    return WebhookCall(method="POST", url=url, query=(), headers=headers, body=body.encode(), at=AT)


def test_a_receipt_may_come_as_a_form() -> None:
    [read] = connect(CLOUD, KEY).read_webhook(call(urlencode(RECEIPT)))
    assert (read.provider_id, read.status, read.reason) == ("m1", "failed", "No route")


def test_a_text_may_come_as_a_form() -> None:
    [read] = connect(PAIRFON, KEY).read_webhook(call(urlencode(MESSAGE)))
    assert (read.phone, read.message) == ("+14155550123", "a & b")


@pytest.mark.parametrize(
    ("body", "kind"),
    [("message_id=m1&status=sent&status=failed", FORM), ("message_id=m1&status=sent", JSON)],
)
def test_a_field_named_twice_and_a_form_under_another_type_are_not_read(
    body: str, kind: str
) -> None:
    with pytest.raises(MalformedBody):
        connect(CLOUD, KEY).read_webhook(call(body, kind))

"""Which refusals are about the account alone, so that another account may be asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integration import discovery
from integration.kernel.errors import ProviderRejected
from integration.outbound.provider_answers import AnswerReader
from integration.outbound.provider_http import ProviderHttp
from tests.contract.memory_provider import samples

CATALOG = discovery.load()


def twilio(code: int) -> dict[str, Any]:
    return {"code": code, "message": "No.", "more_info": "", "status": 400}


def telnyx(*codes: str) -> dict[str, Any]:
    return {"errors": [{"code": each, "title": "No.", "detail": "No."} for each in codes]}


def httpsms(**fields: str) -> dict[str, Any]:
    lines = {name: [line] for name, line in fields.items()}
    return {"status": "error", "message": "validation errors", "data": lines}


def vonage(status: str) -> dict[str, Any]:
    return {"message-count": "1", "messages": [{"status": status, "error-text": "No."}]}


@pytest.mark.parametrize(
    ("provider", "status", "data", "of_account"),
    [
        *(("twilio", 400, twilio(code), True) for code in (21408, 21606, 21608, 30002)),
        *(("twilio", 400, twilio(code), False) for code in (21211, 21610, 21614, 21617, 99999)),
        *(("telnyx", 403, telnyx(code), True) for code in ("10010", "20100", "40305")),
        *(("telnyx", 400, telnyx(code), False) for code in ("40300", "40310", "10002", "40009")),
        ("telnyx", 400, telnyx("20100", "40310"), False),
        *(("vonage", 200, vonage(status), True) for status in ("4", "8", "9", "15", "29")),
        *(("vonage", 200, vonage(status), False) for status in ("2", "3", "6", "7", "12", "33")),
        ("textbee", 429, {"message": "No.", "hasReachedLimit": True}, True),
        ("textbee", 400, {"success": False, "error": "No."}, False),
        ("httpsms", 422, httpsms(**{"from": "no phone found with this number"}), True),
        ("httpsms", 422, httpsms(to="The to field must contain only digits"), False),
        ("httpsms", 422, httpsms(**{"from": "no phone found", "to": "No."}), False),
        ("httpsms", 422, httpsms(**{"from": "The from field must be a valid number"}), False),
        *((key, 401, {"error": "No."}, True) for key in CATALOG.providers),
        *((key, 402, {"error": "No."}, True) for key in ("pairfon", "smsgate", "http_gateway")),
        *((key, 403, {"error": "No."}, False) for key in CATALOG.providers),
    ],
)
def test_a_refusal_is_of_the_account_only_where_it_is_named(
    provider: str, status: int, data: dict[str, Any], of_account: bool
) -> None:
    kind = CATALOG.provider(provider)
    given = kind.settings().load(samples(kind.settings))
    made = kind(given, ProviderHttp("https://a.example", "A", trusted=True, allow_private=False))
    reader = AnswerReader(label="A", effect=True, mask=str, signs=made.signs, judge=made.judge)
    with pytest.raises(ProviderRejected) as refused:
        reader.read(status, {}, json.dumps(data).encode())
    assert refused.value.of_account == of_account


def test_an_address_that_cannot_be_used_is_the_account_s() -> None:
    http = ProviderHttp("nowhere", "A", trusted=True, allow_private=False)
    with pytest.raises(ProviderRejected) as refused:
        http.call("POST", "/", headers={}, effect=True)
    assert refused.value.of_account

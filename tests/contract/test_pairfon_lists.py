"""Pairfon's list and its latest text: what stands for none, and what is no received text."""

from __future__ import annotations

from typing import Any

import pytest

from integration.kernel.errors import ProviderUnavailable
from providers.pairfon import Pairfon
from tests.contract.recordings import connect, upstream

LIST = "https://api.pairfon.com/zapier/inbound-sms"
LATEST = "https://api.pairfon.com/zapier/latest-sms"
ROW = {
    "id": 101,
    "phone": "+19876543210",
    "message": "Hey",
    "sim_slot": "SIM1",
    "device_fingerprint": "abc123",
    "received_at": "2025-01-15T10:35:00Z",
}


def texts(provider: Any) -> list[str]:
    return [each.message for each in provider.recent()]


@pytest.mark.parametrize(
    "answer",
    [{"json": []}, {"json": None}, {"json": {}}, {"body": ""}, {"body": "", "status": 204}],
    ids=str,
)
def test_no_text_yet_is_an_empty_list(answer: dict[str, Any]) -> None:
    with upstream() as web:
        web.get(LIST, **answer)
        assert texts(connect(Pairfon, {"api_key": "pf_0123456789"})) == []


def test_another_shape_is_no_empty_list() -> None:
    with upstream() as web:
        web.get(LIST, json={"items": [ROW]})
        with pytest.raises(ProviderUnavailable):
            texts(connect(Pairfon, {"api_key": "pf_0123456789"}))


def test_our_own_text_is_no_received_one() -> None:
    own = {**ROW, "direction": "outbound", "message": "Thank you"}
    with upstream() as web:
        web.get(LIST, json=[own, {**ROW, "direction": "inbound"}])
        web.get(LATEST, json=own)
        provider = connect(Pairfon, {"api_key": "pf_0123456789"})
        assert texts(provider) == ["Hey"]
        assert provider.latest() is None
        assert provider.unread == []

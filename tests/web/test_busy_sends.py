"""What a send does not do each time: a schema costs more to make than to use."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from integration import app
from integration.accounts import api_keys
from integration.kernel.call_options import Handling
from integration.kernel.fields import Inputs
from integration.services import Services
from tests.delivery.drains import WORKSPACE


@pytest.mark.usefixtures("connection")
def test_a_second_send_makes_no_schema(own: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    _, key = api_keys.create(own.db, WORKSPACE, "tests")
    client = Client(app.create(own))
    made: list[type[Inputs]] = []
    init = Inputs.__init__

    def counted(self: Inputs, **given: Any) -> None:
        made.append(type(self))
        init(self, **given)

    monkeypatch.setattr(Inputs, "__init__", counted)

    def send(number: int) -> int:
        answer = client.post(
            "/v1/actions/send-sms",
            headers={"Authorization": f"Bearer {key}", "Idempotency-Key": f"order-{number}"},
            json={"phone": "+14155550123", "message": "Hello", "device_fingerprint": "phone-1"},
        )
        return answer.status_code

    Handling()
    assert made == [Handling], "one that is made is counted"
    assert send(1) == 202
    made.clear()
    assert send(2) == 202
    assert made == []

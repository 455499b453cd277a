"""Account watch: a phone that one answer leaves out is looked at again before it counts as gone."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from integration.accounts.connections import Connection
from integration.inbound import account_watch
from integration.kernel.capabilities import HasDevices
from integration.kernel.events import DEVICE, Device, Sent
from integration.services import Services
from integration.store import keys
from tests.delivery.drains import WORKSPACE


class Phones(HasDevices):
    def __init__(self) -> None:
        self.names: Sequence[str] = ()

    def devices(self) -> list[Device]:
        return [
            Device(device_fingerprint=name, device_name=name, status="active", selected_sim="BOTH")
            for name in self.names
        ]

    def remove_device(self, device_fingerprint: str) -> Sent:
        raise NotImplementedError(device_fingerprint)


@pytest.mark.parametrize(
    ("answers", "events"),
    [
        (["ab", "", "ab"], []),
        (["ab", "a", "ab", "a", "ab"], []),
        (["ab", "a", "a", "a"], ["b removed"]),
        (["ab", "", ""], ["a removed", "b removed"]),
        (["a", "", "", "a"], ["a removed", "a active"]),
        (["a", "", "", "a", "", "a"], ["a removed", "a active"]),
    ],
)
def test_a_phone_is_gone_when_two_answers_leave_it_out(
    own: Services,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    answers: Sequence[str],
    events: Sequence[str],
) -> None:
    account = Phones()
    monkeypatch.setattr(account_watch, "link", lambda *_, **__: account)
    for account.names in answers:
        own.db.hdel(keys.watched(connection.id, DEVICE), "looked_ms")
        account_watch.look(own, connection, DEVICE)
    rows = [json.loads(each["e"]) for _, each in own.db.xrange(keys.inbox(WORKSPACE, DEVICE))]
    assert [f"{each['device_fingerprint']} {each['status']}" for each in rows] == events

"""Single entries over HTTP: the calls that register us, as a provider's server takes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import responses
from requests import PreparedRequest

from integration.kernel.registration import HookEntry
from integration.services import Services
from tests.inbound.entry_account import RECEIVED, SENT, EntryProvider, Registering, registering

ROOT = "https://entries.example/webhooks"
THEIRS = {"id": "theirs", "url": "https://crm.example/hook", "event": RECEIVED}


class OverHttp(EntryProvider):
    """One event each, under ids that follow from the address; a second POST of one replaces it."""

    def entries(self) -> list[HookEntry]:
        return [_entry(each) for each in self._call("GET", "/webhooks")]

    def wanted_entries(self, url: str, secret: str) -> Sequence[HookEntry]:
        return [
            HookEntry(id=f"{url[-8:]}-{word}", url=url, events=frozenset({word}))
            for word in (RECEIVED, SENT)
        ]

    def add_entry(self, entry: HookEntry) -> HookEntry:
        [event] = entry.events
        body = {"id": entry.id, "url": entry.url, "event": event}
        return _entry(self._call("POST", "/webhooks", json=body))

    def remove_entry(self, entry: HookEntry) -> None:
        self._call("DELETE", f"/webhooks/{entry.id}")

    def _call(self, method: str, path: str, **more: Any) -> Any:
        return self.http.call(method, path, headers={"X-API-Key": "key"}, **more).data


def _entry(row: Mapping[str, Any]) -> HookEntry:
    return HookEntry(id=row["id"], url=row["url"], events=frozenset({row["event"]}))


class Server:
    """The provider's side."""

    def __init__(self, mock: responses.RequestsMock) -> None:
        self.rows = {"theirs": THEIRS}
        mock.add_callback("GET", ROOT, lambda _: (200, {}, json.dumps([*self.rows.values()])))
        mock.add_callback("POST", ROOT, self._post)

    def _post(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        row = json.loads(request.body or "")
        self.rows[row["id"]] = row
        return 201, {}, json.dumps(row)

    def delete(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        del self.rows[str(request.url).rpartition("/")[2]]
        return 204, {}, ""


@pytest.fixture
def account(own: Services) -> Iterator[Registering]:
    with registering(own, OverHttp) as found:
        yield found


def test_they_are_posted_once_and_deleted_by_their_ids(account: Registering) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        server = Server(mock)
        account.listen()
        mine = [each for each in server.rows.values() if each["url"] == account.url()]
        assert sorted(each["event"] for each in mine) == [RECEIVED, SENT]
        assert account.said() == ("registered", "")
        account.turn(seconds=120)
        assert [each.request.method for each in mock.calls].count("POST") == len(mine)
        for each in mine:
            mock.add_callback("DELETE", f"{ROOT}/{each['id']}", server.delete)
        account.listen(stop=True)
        assert list(server.rows.values()) == [THEIRS]

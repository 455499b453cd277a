"""What the tests of received files share: an account whose provider keeps some, and messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from werkzeug.test import TestResponse

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.app import create
from integration.inbound import inbox
from integration.inbound.commit import commit
from integration.kernel import times
from integration.kernel.events import MESSAGE, InboundMessage, Media
from integration.media import items, records, turns
from integration.services import Services
from tests.delivery.drains import WORKSPACE

ROOT = "https://hookline.example.com"
PHONE = "+14155550123"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PLAIN = InboundMessage(
    provider_id="MM1",
    phone=PHONE,
    message="Look",
    received_at=times.parse_strict("2026-01-31T09:00:00Z"),
)
SID, TOKEN = "AC" + "0" * 31 + "1", "token-of-the-account"


def public(own: Services, **settings: Any) -> Services:
    """The services of a process that others reach."""
    given = {"public_url": ROOT, **settings}
    return replace(own, settings=replace(own.settings, **given))


def twilio(own: Services, base_url: str) -> Connection:
    given = {"account_sid": SID, "auth_token": TOKEN, "base_url": base_url}
    made = connections.make(workspace=WORKSPACE, provider="twilio", label="Twilio", settings=given)
    connections.save(own, made)
    return made


def smsgate(own: Services) -> Connection:
    given = {"username": "u", "password": "p"}
    made = connections.make(
        workspace=WORKSPACE, provider="smsgate", label="SMSGate", settings=given
    )
    connections.save(own, made)
    return made


def at_twilio(base_url: str, name: str = "ME1") -> Media:
    url = f"{base_url}/Accounts/{SID}/Messages/MM1/Media/{name}"
    return Media(url=url, content_type="image/png")


def arrives(own: Services, connection: Connection, *media: Media, **more: Any) -> dict[str, Any]:
    """The event of a message that a webhook brings, with what that brings along."""
    quiet = more.pop("quiet", inbox.NEWS)
    message = replace(PLAIN, media=media, **more)
    commit(own, connection, [message], "webhook", quiet=quiet)
    items.brought(own, connection, [message])
    [entry] = inbox.newest(own, connection.workspace, MESSAGE, 1, added=True)
    event: dict[str, Any] = json.loads(entry.json)
    return event


def proof(url: str) -> Mapping[str, str]:
    """The parts of a link by their names."""
    *_, connection, media, signed, name = url.split("/")
    expires, _, signature = signed.partition("-")
    return {
        "connection": connection,
        "media": media,
        "expires": expires,
        "signature": signature,
        "name": name,
    }


def opened(own: Services, url: str) -> TestResponse:
    """What a link gives."""
    return create(own).test_client().get(url.removeprefix(ROOT))


def fetch_all(own: Services) -> int:
    """Make the jobs that are due, and run each; how many."""
    jobs = turns.due(own)
    for each in jobs:
        turns.run(each)
    return len(jobs)


def state(own: Services, item: dict[str, Any]) -> str:
    found = records.get(own, WORKSPACE, item["id"])
    return found.state if found else ""

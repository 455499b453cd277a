"""What a provider cut within an emoji, a name or a text, stops nothing else and is kept."""

from __future__ import annotations

import json
from dataclasses import is_dataclass, replace
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlsplit

import pytest

from integration.accounts import ingress_urls
from integration.accounts.connections import Connection
from integration.app import create
from integration.inbound import account_watch, inbox, sightings
from integration.inbound.commit import commit
from integration.kernel import events
from integration.kernel.capabilities import HasDevices
from integration.kernel.events import (
    DEVICE,
    MESSAGE,
    OPT_OUT,
    Device,
    InboundMessage,
    Media,
    Sent,
    Unreadable,
)
from integration.kernel.surrogates import Told
from integration.opt_outs import wanted
from integration.opt_outs.wanted import Rules
from integration.services import Services
from integration.store import keys
from providers._vonage_signature import METHODS, is_signed, signature
from tests.delivery.drains import WORKSPACE
from tests.inbound.account import Looked

CUT, SHOWN = "Zoë \ud83d", "Zoë \ufffd"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
PUBLIC_URL = "https://us.example"


class Phones(HasDevices):
    status = "active"

    def devices(self) -> list[Device]:
        return [
            Device(device_fingerprint=CUT, device_name=CUT, status=self.status, selected_sim="")
        ]

    def remove_device(self, device_fingerprint: str) -> Sent:
        raise NotImplementedError(device_fingerprint)  # no test here calls it


@pytest.mark.usefixtures("slow_clock")
def test_a_contact_of_such_a_name_stops_no_other_text(looked: Looked) -> None:
    looked.sync()
    looked.account.arrive("Hello from a friend", phone=CUT)
    looked.account.arrive("Another person's text")
    for _ in range(2):
        looked.sync()
        assert looked.inbox() == {"Hello from a friend": 1, "Another person's text": 1}
    found = inbox.newest(looked.own, WORKSPACE, MESSAGE, 2)
    assert SHOWN in [each.event["phone"] for each in found]


def test_a_phone_of_such_a_name_is_watched(
    own: Services, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Phones()
    monkeypatch.setattr(account_watch, "link", lambda *_, **__: account)
    for account.status in ("active", "offline", "offline"):
        own.db.hdel(keys.watched(connection.id, DEVICE), "looked_ms")
        account_watch.look(own, connection, DEVICE)
    rows = [json.loads(each["e"]) for _, each in own.db.xrange(keys.inbox(WORKSPACE, DEVICE))]
    assert [(each["device_name"], each["status"]) for each in rows] == [(SHOWN, "offline")]


def test_everything_of_a_message_may_be_cut(own: Services, connection: Connection) -> None:
    media = Media(url=f"https://pictures.example/{CUT}", content_type=CUT, name=CUT)
    message = InboundMessage(
        provider_id=CUT,
        phone=CUT,
        message=CUT,
        received_at=AT,
        sim_slot=CUT,
        device_fingerprint=CUT,
        to=CUT,
        media=[media],
        extra={"words": [CUT], "facts": {CUT: CUT}},
    )
    assert commit(own, connection, [message], "list") != [""]
    assert commit(own, connection, [message], "list") == [""]
    [entry] = inbox.newest(own, WORKSPACE, MESSAGE, 1)
    assert entry.event["message"] == CUT
    told = json.dumps({**entry.event, "message": ""})
    assert "\\ud83d" not in told
    assert "\\ufffd" in told


def test_the_channels_that_showed_such_a_text_are_known(
    own: Services, connection: Connection
) -> None:
    message = InboundMessage(provider_id="1", phone="+14155550123", message=CUT, received_at=AT)
    commit(own, connection, [message], "list")
    [entry] = inbox.newest(own, WORKSPACE, MESSAGE, 1)
    assert sightings.shown(own, entry.event) == ({"list": 1}, 1)


def test_a_webhook_brings_such_a_text_once_beside_the_list(
    own: Services, connection: Connection
) -> None:
    own = replace(own, settings=replace(own.settings, public_url=PUBLIC_URL))
    path = urlsplit(ingress_urls.url(own, connection)).path
    given = {"id": 7, "phone": "+14155550123", "message": CUT, "received_at": AT.isoformat()}
    answer = create(own).test_client().post(path, json=given)
    assert (answer.status_code, answer.get_json()) == (200, {"received": 1})
    message = InboundMessage(provider_id="7", phone="+14155550123", message=CUT, received_at=AT)
    assert commit(own, connection, [message], "list") == [""]


def test_who_opts_out_with_half_an_emoji_has_opted_out(
    own: Services, connection: Connection
) -> None:
    wanted.store(own.db, WORKSPACE, Rules(True))
    texts = [
        InboundMessage(
            provider_id=phone, phone=phone, message="STOP \ud83d", received_at=AT, to=CUT
        )
        for phone in ("+14155550123", CUT)
    ]
    commit(own, connection, texts, "list")
    rows = [json.loads(each["e"]) for _, each in own.db.xrange(keys.inbox(WORKSPACE, OPT_OUT))]
    assert {each["phone"] for each in rows} == {"+14155550123", SHOWN}


def test_vonage_signs_such_a_text_too() -> None:
    fields = {"msisdn": "447700900001", "text": CUT}
    for method in METHODS:
        sig = signature(fields, "secret", method)
        assert is_signed({**fields, "sig": sig}, "secret", method)
        assert not is_signed({**fields, "text": SHOWN, "sig": sig}, "secret", method)


def test_every_record_of_a_provider_is_mended_but_what_must_stay_as_it_came() -> None:
    records = [each for each in vars(events).values() if is_dataclass(each)]
    as_they_came = {each for each in records if not issubclass(cast("type", each), Told)}
    assert as_they_came == {InboundMessage, events.Part, Unreadable, events.UpstreamHook}

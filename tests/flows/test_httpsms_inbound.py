"""What comes in at httpSMS, by webhook and by list, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integration.kernel.events import InboundMessage
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from providers import _httpsms_words
from providers.httpsms import Httpsms
from tests.flows.httpsms_accounts import OWN, PATH, PICTURE, SECOND, SECRET, asked, registered
from tests.flows.on_sandbox import PHONE, arrives, connected, heard, key_of, numbers


@pytest.fixture
def httpsms(sandbox: Sandbox) -> Iterator[Httpsms]:
    for provider in connected(Httpsms, sandbox.url + PATH, f"hs_methods_{next(numbers)}"):
        provider.webhook_secrets = [SECRET]
        yield provider


def read(httpsms: Httpsms, since: datetime) -> tuple[list[InboundMessage], int]:
    """What a whole reading of the list brings, and the steps that it takes."""
    found, cursor, steps = list[InboundMessage](), "", 0
    while steps == 0 or cursor:
        page = httpsms.received(cursor=cursor, since=since)
        found += page.messages
        assert page.more is bool(page.cursor)
        cursor, steps = page.cursor, steps + 1
    return found, steps


def before() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def test_what_came_in_is_one_message_in_the_list_and_in_the_webhook(
    sandbox: Sandbox, httpsms: Httpsms, listener: Listener
) -> None:
    registered(httpsms, listener)
    since, given = before(), {"phone": PHONE, "message": "Yes 😀", "attachments": [PICTURE]}
    arrives(sandbox, httpsms, given)
    until(lambda: listener.all, "the webhook")
    call = heard(listener, listener.all[0])
    assert httpsms.genuine(call) is True
    assert httpsms.genuine(replace(call, url=call.url + "x")) is False
    [told] = httpsms.read_webhook(call)
    assert read(httpsms, since) == ([told], 4)
    assert isinstance(told, InboundMessage)
    assert (told.message, told.to, told.media[0].url) == ("Yes 😀", OWN, PICTURE)


def test_the_threads_of_all_phones_are_read_page_by_page(
    sandbox: Sandbox, httpsms: Httpsms
) -> None:
    asked(sandbox, key_of(httpsms), "PUT", "/phones", json={"phone_number": SECOND, "sim": "SIM2"})
    since = before()
    people = [f"+1415555{n:04}" for n in range(25)]
    arrives(sandbox, httpsms, *({"phone": each, "message": f"From {each}"} for each in people))
    busy = [{"phone": "MyBank", "message": f"Code {n}"} for n in range(41)]
    arrives(sandbox, httpsms, *({**each, "device_fingerprint": SECOND} for each in busy))
    found, _ = read(httpsms, since)
    words = [f"From {each}" for each in people] + [each["message"] for each in busy]
    assert sorted(each.message for each in found) == sorted(words)
    assert {each.sim_slot for each in found if each.phone == "MyBank"} == {"SIM2"}
    rows = httpsms.history(device_fingerprint=None, phone="MyBank", since=None)
    assert [each.message for each in rows] == [f"Code {n}" for n in range(41)][::-1]


def test_an_archived_thread_and_what_a_phone_uploads_late_are_read(
    sandbox: Sandbox, httpsms: Httpsms
) -> None:
    now = datetime.now(UTC)
    late, later = ((now - timedelta(minutes=ago)).isoformat() for ago in (50, 700))
    arrives(sandbox, httpsms, {"phone": PHONE, "message": "Late", "received_at": late})
    arrives(sandbox, httpsms, {"phone": "+14155550124", "message": "Night", "received_at": later})
    threads = asked(sandbox, key_of(httpsms), "GET", "/message-threads", params={"owner": OWN})
    [number] = [each["id"] for each in threads if each["contact"] == PHONE]
    asked(sandbox, key_of(httpsms), "PUT", f"/message-threads/{number}", json={"is_archived": True})
    found, _ = read(httpsms, before())
    assert sorted(each.message for each in found) == ["Late", "Night"]
    assert {each.received_at for each in found} == {*map(datetime.fromisoformat, (late, later))}


def test_a_text_that_the_server_had_before_is_not_read_again() -> None:
    since = datetime(2026, 11, 30, 12, tzinfo=UTC)
    times = [since + timedelta(minutes=minutes) for minutes in (-70, -5, 5)]
    rows = [
        {
            "id": f"{came} {stored}",
            "type": "mobile-originated",
            "owner": OWN,
            "contact": PHONE,
            "content": "Yes",
            "order_timestamp": came.isoformat(),
            "created_at": stored.isoformat(),
        }
        for came in times
        for stored in times
    ]
    found = _httpsms_words.inbound(rows, since)
    assert len(found) == 5, "those that came since then, and those that were stored since then"

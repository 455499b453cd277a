"""A person is erased: their number and texts are nowhere, and no sync brings them back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from integration.accounts import api_keys
from integration.accounts.connections import Connection
from integration.accounts.conversation_counts import baseline
from integration.inbound import identity, unreadable
from integration.inbound.commit import commit
from integration.inbound.counting import Reading
from integration.jobs import ledger, perform, receipt_polling, receipts, retry_and_cancel
from integration.kernel.errors import NotFound
from integration.kernel.events import CONVERSATION, InboundMessage, Receipt
from integration.opt_outs import register
from integration.opt_outs.wish import BY_HAND, Wish
from integration.services import Services
from integration.store import keys
from integration.upkeep.erase import erase
from proofs.rig.fan_out import fan_out_all
from tests.delivery.drains import WORKSPACE, claim, subscribe
from tests.jobs.history import Desk

WHO, OTHER = "+14155550123", "+14155550199"
NEXT_YEAR = f"{datetime.now(UTC).year + 1}-01-31T09:00:00Z"
TEXT = "the words of this person"


def receive(own: Services, connection: Connection, phone: str, text: str) -> list[str]:
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    message = InboundMessage(provider_id=text, phone=phone, message=text, received_at=at)
    return commit(own, connection, [message], "list")


def everything(own: Services) -> str:
    return "\n".join(str(shown(own, each)) for each in own.db.scan_iter("*"))


def shown(own: Services, name: str) -> object:
    match own.db.type(name):
        case "hash":
            return own.db.hgetall(name)
        case "list":
            return own.db.lrange(name, 0, -1)
        case "stream":
            return own.db.xrange(name)
        case "string":
            return own.db.get(name)
        case "set":
            return own.db.smembers(name)
    return name


def job(desk: Desk, phone: str = WHO, text: str = TEXT, **more: str) -> str:
    return desk.accepted({"phone": [phone], "message": text, "device_fingerprint": "d", **more})


@pytest.fixture
def full(own: Services, desk: Desk) -> Desk:
    """A store with something of two people in every place."""
    subscribe(own)
    own.db.hset(keys.counts(desk.connection.id), mapping=baseline(own, desk.connection.id))
    for phone, text in ((WHO, TEXT), (OTHER, "the words of another")):
        receive(own, desk.connection, phone, text)
        unreadable.keep_webhook(own, desk.connection, json.dumps({"from": phone}), "?", [])
        told = {"status": "failed", "raw": "x", "at": datetime.now(UTC)}
        receipt = Receipt(provider_id=phone[-3:], reason=f"no {phone}", **told)  # type: ignore[arg-type]  # values of several types
        assert receipts.receive(own, desk.connection, receipt) == "parked"
        sent = job(desk, phone, text)
        own.db.hset(keys.job(sent), "request_id", f"call-{phone}")
        desk.sent(desk.claim(sent), f"number-{text[-3:]}")
    fan_out_all(own)
    return desk


def test_nothing_of_the_person_is_left_and_all_of_the_others_is(own: Services, full: Desk) -> None:
    waits = job(full, schedule_at=NEXT_YEAR)
    assert TEXT in everything(own)
    told = erase(own, "+1 (415) 555-0123")
    assert {name: told[name] for name in ("jobs", "unreadable", "parked_receipts")} == {
        "jobs": 2,
        "unreadable": 1,
        "parked_receipts": 1,
    }
    assert told["jobs_cancelled"] == 1
    assert told["jobs_left"] == 0
    assert int(str(told["events"])) >= 3
    assert told["deliveries"] == 1
    left = everything(own)
    assert TEXT not in left
    assert WHO.removeprefix("+") not in left
    assert left.count(OTHER.removeprefix("+")) >= 4
    found = ledger.by_id(own, waits)
    assert found
    assert (found.status, found.message, dict(found.input)) == (
        "cancelled",
        "Erased on request.",
        {},
    )
    assert len(claim(own)) == 1
    again = erase(own, WHO)
    assert (again["events"], again["jobs"], again["deliveries"]) == (0, 0, 0)


def test_a_stop_outlives_the_erasure_which_says_so(own: Services, full: Desk) -> None:
    assert erase(own, WHO)["opt_outs_kept"] == 0
    wish = Wish(connection=full.connection.id, phone=WHO, sender="", out=True, at_ms=1, by=BY_HAND)
    register.record(own, full.connection, wish)
    told = erase(own, WHO)
    assert told["opt_outs_kept"] == 1
    assert "a STOP stays" in str(told["message"])
    assert register.opted_out(own, full.connection, WHO, "")


def test_no_sync_brings_the_messages_back(own: Services, full: Desk) -> None:
    erase(own, WHO)
    assert receive(own, full.connection, WHO, TEXT) == [""]
    before = own.db.xlen(keys.inbox(WORKSPACE, CONVERSATION))
    [fresh] = receive(own, full.connection, WHO, "new words")
    assert fresh
    assert own.db.xlen(keys.inbox(WORKSPACE, CONVERSATION)) == before


def test_no_digest_is_left_that_trying_all_numbers_would_open(own: Services, full: Desk) -> None:
    numbers = keys.numbers(full.connection.id)
    digest = identity.conversation(full.connection.id, WHO).packed
    assert own.db.sismember(numbers, digest)
    kept = own.db.ttl(numbers)
    erase(own, WHO)
    assert not own.db.sismember(numbers, digest)
    assert own.db.sismember(numbers, identity.conversation(full.connection.id, OTHER).packed)
    assert own.db.ttl(numbers) > kept - 60
    for name in own.db.scan_iter(keys.job("*")):
        facts = json.loads(own.db.hget(name, "facts"))
        assert bool(facts[7]) is bool(facts[8])


def test_what_is_still_to_be_read_does_not_name_the_person(own: Services, full: Desk) -> None:
    left, connection = keys.backfill(full.connection.id), keys.connection(full.connection.id)
    usual = {"count": 3, "missing": 2, "sent": 0, "tops": [None], "counts_sent": False}
    for phone in (WHO, OTHER):
        reading = Reading(name=f"#{phone[-4:]}", talks=[["d", phone]], **usual)  # type: ignore[arg-type]  # values of several types
        own.db.rpush(left, reading.written())
    own.db.hset(connection, "backfill_left", 2)
    erase(own, WHO)
    [kept] = own.db.lrange(left, 0, -1)
    assert OTHER in kept
    assert own.db.hget(connection, "backfill_left") == "1"


def test_what_something_else_wrote_stops_no_erasure(own: Services, full: Desk) -> None:
    wrong = (
        *(keys.job("job_x"), keys.delivery("dlv_x"), keys.inbox(WORKSPACE, "other")),
        *(keys.parts(WORKSPACE, full.connection.id, "x"), keys.parked(full.connection.id, "x")),
    )
    for each in wrong:
        own.db.set(each, "something else wrote it")
    assert erase(own, WHO)["jobs"] == 1
    left = everything(own)
    assert TEXT not in left
    assert WHO.removeprefix("+") not in left
    assert {*wrong} <= {*own.db.zrange(keys.BROKEN, 0, -1)}


def test_a_hook_that_names_the_number_is_reported(own: Services, full: Desk) -> None:
    hook = subscribe(own, phone=WHO)
    told = erase(own, WHO)
    assert told["hooks_left"] == [hook.id]
    assert hook.id not in str(erase(own, OTHER))
    assert "change or delete" in str(told["message"])


def test_a_job_that_was_erased_is_not_sent_by_a_retry(own: Services, full: Desk) -> None:
    waits = job(full, schedule_at=NEXT_YEAR)
    erase(own, WHO)
    before = ledger.by_id(own, waits)
    assert before
    retry_and_cancel.retry(own, before)
    own.db.hset(keys.job(waits), "due_ms", 0)
    perform.run(waits)
    found = ledger.by_id(own, waits)
    assert found
    assert found.status == "failed"


def test_the_receipts_of_others_are_read_without_asking_about_an_erased_job(
    own: Services, full: Desk
) -> None:
    erase(own, WHO)
    row = {"id": "number-her", "direction": "outbound", "phone": OTHER, "status": "delivered"}
    row |= {"message": "the words of another", "created_at": datetime.now(UTC).isoformat()}
    with responses.RequestsMock() as upstream:
        upstream.get("http://127.0.0.1:9/chat/messages", json={"messages": [row]})
        receipt_polling.follow(own, full.connection)
        asked = [parse_qs(urlsplit(each.request.url or "").query) for each in upstream.calls]
    assert [each["phone"] for each in asked] == [[OTHER]]
    mine, yours = own.db.lrange(keys.jobs(WORKSPACE), 0, -1)
    found = [ledger.by_id(own, each) for each in (mine, yours)]
    assert sorted(each.status for each in found if each) == ["delivered", "sent"]


def test_a_job_that_is_being_sent_keeps_what_it_needs_until_it_ends(
    own: Services, desk: Desk
) -> None:
    held = desk.claim(job(desk))
    told = erase(own, WHO)
    assert (told["jobs_left"], told["jobs"]) == (1, 0)
    assert "once they have ended" in str(told["message"])
    desk.sent(held, "n1")
    assert erase(own, WHO)["jobs"] == 1


def test_another_workspace_is_left_alone_where_one_is_named(own: Services, full: Desk) -> None:
    api_keys.create(own.db, "elsewhere", "x")
    assert erase(own, WHO, "elsewhere")["events"] == 0
    assert TEXT in everything(own)
    with pytest.raises(NotFound):
        erase(own, WHO, "elswhere")
    assert int(str(erase(own, WHO, WORKSPACE)["events"])) > 0

"""The one text that somebody gets who says STOP, or HELP, where the provider answers neither."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.inbound.commit import commit
from integration.jobs import ledger, listing, opt_out_answers, opted_out, retry_and_cancel
from integration.jobs.record import Job
from integration.kernel.events import InboundMessage
from integration.opt_outs import wanted
from integration.opt_outs.wanted import CONFIRMED, Rules
from integration.services import Services
from integration.store import keys
from integration.store.client import raw
from proofs.rig.stack import NEXT_YEAR
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import PHONE, Desk
from tests.jobs.paced_desk import PacedDesk

HELP = "Acme Ltd, acme.example/help"


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    wanted.store(own.db, WORKSPACE, Rules(on=True, confirm=True, help=HELP))
    return Desk(own, connection)


def said(desk: Desk, text: str, ago: timedelta = timedelta(), **more: Any) -> None:
    at = datetime.now(UTC) - ago
    given: dict[str, Any] = {"phone": PHONE, "device_fingerprint": "abc123", "sim_slot": "SIM2"}
    message = InboundMessage(
        provider_id=f"{text} {at}", message=text, received_at=at, **(given | more)
    )
    commit(desk.own, desk.connection, [message], "webhook")


def answers(desk: Desk) -> list[Job]:
    """The jobs that two workers make of what is owed, the oldest first."""
    for _ in range(2):
        opt_out_answers.make(desk.own)
    assert desk.own.db.zcard(keys.OPT_OUT_ANSWERS) == 0
    found, _ = listing.listed(desk.own, WORKSPACE, 50, None)
    return found[::-1]


def texts(desk: Desk) -> list[str]:
    return [str(each.input["message"]) for each in answers(desk)]


def test_an_opt_out_is_confirmed_once_from_the_number_that_it_came_to(desk: Desk) -> None:
    said(desk, "STOP")
    [job] = answers(desk)
    assert job.input["message"] == CONFIRMED
    assert "START" in CONFIRMED
    where = {name: job.input[name] for name in ("phone", "device_fingerprint", "sim_slot")}
    assert where == {"phone": PHONE, "device_fingerprint": "abc123", "sim_slot": "SIM2"}
    said(desk, "STOP")
    said(desk, "Stop!")
    assert len(answers(desk)) == 1


@pytest.mark.parametrize("hours", [0.01, 1, 11])
def test_a_word_that_a_poll_shows_later_is_answered(desk: Desk, hours: float) -> None:
    said(desk, "STOP", timedelta(hours=hours))
    assert texts(desk) == [CONFIRMED]


def test_the_next_answer_comes_a_day_later_at_the_earliest(desk: Desk) -> None:
    said(desk, "HELP")
    [name] = desk.own.db.scan_iter(raw(keys.answered("*", "*")))
    assert desk.own.db.ttl(name) > timedelta(hours=23).total_seconds()


def test_a_workspace_whose_backlog_is_full_holds_up_no_answer_of_another(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opt_out_answers, "MOST", 1)
    own = replace(desk.own, settings=replace(desk.own.settings, backlog=1))
    given = {"api_key": "pf_other", "base_url": "http://127.0.0.1:9"}
    other = connections.make(workspace="other", provider="pairfon", label="B", settings=given)
    connections.save(own, other)
    wanted.store(own.db, "other", Rules(on=True, confirm=True))
    desk.job(schedule_at=f"{NEXT_YEAR}T09:00:00Z")
    said(desk, "STOP", timedelta(seconds=5))
    said(Desk(own, other), "STOP")
    for _ in range(3):
        opt_out_answers.make(own)
    assert len(listing.listed(own, "other", 50, None)[0]) == 1
    assert len(listing.listed(own, WORKSPACE, 50, None)[0]) == 1
    opt_out_answers.make(desk.own)
    assert len(listing.listed(own, WORKSPACE, 50, None)[0]) == 2


def test_the_answer_to_somebody_who_was_texted_needs_no_budget_of_new_recipients(
    own: Services, desk: Desk
) -> None:
    paced = PacedDesk(own, desk.connection)
    paced.pace(recipients_per_day=1)
    paced.text()
    assert len(paced.goes()) == 1
    said(desk, "STOP")
    [_, job] = answers(desk)
    assert job.id in desk.waiting()


def test_two_workers_that_take_the_same_one_make_one_job(desk: Desk) -> None:
    said(desk, "STOP")
    owed = desk.own.db.zrange(keys.OPT_OUT_ANSWERS, 0, -1, withscores=True)
    opt_out_answers.make(desk.own)
    desk.own.db.zadd(keys.OPT_OUT_ANSWERS, dict(owed))
    assert len(answers(desk)) == 1


def test_two_machines_do_not_go_on_answering_each_other(desk: Desk) -> None:
    for _ in range(3):
        for word in ("STOP", "START", "HELP"):
            said(desk, word)
    assert texts(desk) == [CONFIRMED, HELP]


def test_the_confirmation_passes_the_check_and_no_other_text_does(desk: Desk) -> None:
    said(desk, "STOP")
    [job] = answers(desk)
    action = desk.own.catalog.action("send_sms")
    held = desk.claim(job.id)
    assert opted_out.refusal(desk.own, desk.connection, action, held) is None
    other = desk.claim(desk.job())
    assert opted_out.refusal(desk.own, desk.connection, action, other)


def test_who_retries_the_confirmation_does_not_text_that_person(desk: Desk) -> None:
    said(desk, "STOP")
    [job] = answers(desk)
    cancelled = retry_and_cancel.cancel(desk.own, job)
    retry_and_cancel.retry(desk.own, cancelled)
    held = desk.claim(job.id)
    ending = opted_out.refusal(desk.own, desk.connection, desk.own.catalog.action("send_sms"), held)
    assert ending
    assert ending.status == "failed"
    assert ledger.by_id(desk.own, job.id)


def test_the_sender_of_a_gateway_that_writes_no_plus_is_answered(desk: Desk) -> None:
    desk.connection = replace(desk.connection, provider="http_gateway")
    said(desk, "STOP", phone="447911123456", to="60777")
    [owed] = map(json.loads, desk.own.db.zrange(keys.OPT_OUT_ANSWERS, 0, -1))
    assert (owed["phone"], owed["sender_id"]) == ("+447911123456", "60777")


@pytest.mark.parametrize(
    "message",
    [
        {"ago": timedelta(days=2)},
        {"ago": timedelta(hours=-1)},
        {"opt_out": "stop"},
        {"phone": "MyBank"},
    ],
    ids=["an old text", "one from the future", "read by the provider", "a name"],
)
def test_what_is_not_answered(desk: Desk, message: dict[str, Any]) -> None:
    said(desk, "STOP", **message)
    assert answers(desk) == []


def test_a_provider_that_answers_by_itself_is_left_to_it(desk: Desk) -> None:
    desk.connection = replace(desk.connection, provider="cloud_messaging")
    said(desk, "STOP")
    assert answers(desk) == []


def test_without_the_rule_nothing_is_answered(desk: Desk) -> None:
    wanted.store(desk.own.db, WORKSPACE, Rules(on=True))
    said(desk, "STOP")
    said(desk, "HELP")
    assert answers(desk) == []


def test_a_rule_that_is_switched_off_meanwhile_takes_the_answer_back(desk: Desk) -> None:
    said(desk, "STOP")
    wanted.store(desk.own.db, WORKSPACE, Rules(on=True))
    assert answers(desk) == []


def test_the_workspace_has_a_text_of_its_own(desk: Desk) -> None:
    wanted.store(desk.own.db, WORKSPACE, Rules(on=True, confirm=True, confirmed="Bye. START?"))
    said(desk, "STOP")
    said(desk, "HELP")
    assert texts(desk) == ["Bye. START?"]


def test_a_damaged_entry_holds_up_no_other(desk: Desk) -> None:
    desk.own.db.zadd(keys.OPT_OUT_ANSWERS, {"{": 1})
    said(desk, "STOP")
    assert len(answers(desk)) == 1

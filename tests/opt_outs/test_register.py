"""Who gets no more texts: words in, refusals of providers, and jobs that end before the call."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from integration.accounts import bootstrap, workspaces
from integration.accounts.connections import Connection
from integration.inbound.commit import commit
from integration.jobs import endings, opted_out
from integration.kernel import senders, times
from integration.kernel.errors import ProviderRejected
from integration.kernel.events import OPT_OUT, InboundMessage
from integration.opt_outs import by_hand, register, wanted
from integration.opt_outs.wanted import Rules
from integration.opt_outs.wish import BY_HAND, Wish
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms, wall_ms
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import PHONE, Desk
from tests.opt_outs.texting import AT, OTHER, OWN, is_out, said


@pytest.fixture(autouse=True)
def kept(own: Services) -> None:
    wanted.store(own.db, WORKSPACE, Rules(True))


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def events(own: Services) -> list[dict[str, object]]:
    return [json.loads(entry["e"]) for _, entry in own.db.xrange(keys.inbox(WORKSPACE, OPT_OUT))]


def test_a_stop_ends_texts_of_that_sender_until_a_start(desk: Desk) -> None:
    said(desk, "Stop by at 5")
    assert not is_out(desk)
    said(desk, "STOP", 1)
    assert is_out(desk)
    assert not is_out(desk, OTHER)
    assert is_out(desk, ""), "the provider could choose the number that the person refuses"
    said(desk, "START", 2)
    assert not is_out(desk)
    assert not is_out(desk, "")
    assert [(each["opted_out"], each["note"]) for each in events(desk.own)] == [
        (True, "STOP"),
        (False, "START"),
    ]


def test_the_answer_red_opts_out_at_a_turkish_number_alone(desk: Desk) -> None:
    said(desk, "RED")
    assert not is_out(desk)
    said(desk, "RED", 1, to="+908501234567")
    assert is_out(desk, "+908501234567")
    said(desk, "Red", 2, phone="+905321234567")
    assert is_out(desk, phone="+905321234567")


def test_a_stop_that_names_no_number_of_ours_holds_for_all(desk: Desk) -> None:
    said(desk, "STOP", to=None)
    assert is_out(desk, OTHER)
    assert is_out(desk, "")
    said(desk, "START", 1, to=OTHER)
    assert not is_out(desk, OTHER)
    assert is_out(desk, OWN)


def test_an_old_stop_that_is_shown_again_changes_nothing(desk: Desk) -> None:
    said(desk, "STOP", 1)
    said(desk, "START", 2)
    said(desk, "STOP", 1)
    said(desk, "stop", 0)
    assert not is_out(desk)
    assert len(events(desk.own)) == 2


def test_a_stop_of_a_phone_whose_clock_is_slow_holds_against_a_lift(desk: Desk) -> None:
    said(desk, "STOP")
    by_hand.lift(desk.own, [desk.connection], PHONE, "", "Agreed on the phone.")
    assert not is_out(desk)
    said(desk, "Stop.", minute=1)  # months before the lift, by that phone's clock
    assert is_out(desk)


def test_a_number_that_the_provider_chooses_may_be_one_that_was_stopped(desk: Desk) -> None:
    said(desk, "STOP", to=None)
    said(desk, "START", minute=1)
    assert not is_out(desk)
    assert is_out(desk, "+14155550177")
    assert is_out(desk, "")


def test_yes_opts_in_only_those_who_have_opted_out(desk: Desk) -> None:
    said(desk, "YES")
    assert events(desk.own) == []
    said(desk, "STOP", 1)
    said(desk, "Yes", 2)
    assert not is_out(desk)


def test_the_reading_of_the_provider_comes_first(desk: Desk) -> None:
    message = InboundMessage(
        provider_id="1", phone=PHONE, message="Basta", received_at=AT, to=OWN, opt_out="stop"
    )
    commit(desk.own, desk.connection, [message], "webhook")
    assert is_out(desk)


def test_a_workspace_without_a_register_records_nothing(desk: Desk) -> None:
    wanted.store(desk.own.db, WORKSPACE, Rules(False))
    said(desk, "STOP")
    assert not is_out(desk)


def test_a_job_to_somebody_who_opted_out_ends_before_the_call(desk: Desk) -> None:
    action = desk.own.catalog.action("send_sms")
    held = desk.claim(desk.job())
    assert opted_out.refusal(desk.own, desk.connection, action, held) is None
    said(desk, "STOP", to=None)
    ending = opted_out.refusal(desk.own, desk.connection, action, held)
    assert ending
    assert ending.error
    assert (ending.status, ending.error["code"]) == ("failed", "opted_out")
    assert "said STOP on 2026-03-01" in ending.message
    assert PHONE not in ending.message


def test_a_job_that_was_hastened_waits_for_its_time_once_the_wish_is_lifted(desk: Desk) -> None:
    held = desk.claim(desk.job())
    assert opted_out.too_early(held) is None
    later = {**held.job.input, "schedule_at": times.from_ms(wall_ms() + 3_600_000)}
    hastened = replace(held, job=replace(held.job, input=later))
    ending = opted_out.too_early(hastened)
    assert ending
    assert (ending.status, ending.later_ms > now_ms() + 3_000_000) == ("queued", True)
    in_time = replace(hastened, job=replace(hastened.job, due_ms=ending.later_ms))
    assert opted_out.too_early(in_time) is None


def test_what_a_provider_refuses_for_that_reason_is_recorded(desk: Desk) -> None:
    held = desk.claim(desk.job())
    error = ProviderRejected("No.", upstream_status=400, provider_code="21610", opted_out=True)
    opted_out.note(desk.own, desk.connection, held, endings.refusal(error))
    wish = register.opted_out(desk.own, desk.connection, PHONE, "")
    assert wish
    assert (wish.by, wish.note) == ("provider", "21610")


def test_a_damaged_entry_forbids_texts(desk: Desk) -> None:
    name = f"{desk.connection.id} {PHONE}"
    desk.own.db.hset(keys.opt_outs(WORKSPACE), name, "{")
    assert is_out(desk)


def test_every_wish_is_listed(desk: Desk) -> None:
    said(desk, "STOP")
    by_hand = Wish(
        connection=desk.connection.id, phone=PHONE, sender="", out=True, at_ms=1, by=BY_HAND
    )
    assert register.record(desk.own, desk.connection, by_hand)
    found = sorted(each.sender for each in register.listed(desk.own, WORKSPACE))
    assert found == ["", OWN]


def test_new_workspaces_keep_a_register_and_older_ones_do_not(own: Services) -> None:
    bootstrap.ensure(own)
    workspaces.create(own.db, "shop", {})
    own.db.sadd(keys.WORKSPACES, "old")
    states = [wanted.stored(own.db, name).on for name in ("default", "shop", "old")]
    assert states == [True, True, False]


def test_a_default_workspace_that_was_there_before_is_left_alone(own: Services) -> None:
    bootstrap.ensure(own)
    own.db.hdel(keys.workspace("default"), "opt_outs")
    bootstrap.ensure(own)
    assert not wanted.stored(own.db, "default").on


@pytest.mark.parametrize("form", ["14155550123", "4155550123", "(415) 555-0123"])
def test_a_stop_from_a_number_in_another_form_holds_for_the_number(desk: Desk, form: str) -> None:
    said(desk, "STOP", phone=form, to=None)
    assert is_out(desk, phone="+14155550123")
    assert not is_out(desk, phone="+14155550124")
    assert register.all_opted_out(desk.own, desk.connection, ["+14155550123"], OWN)
    said(desk, "START", 1, phone="+14155550123", to=None)
    assert not is_out(desk, phone="+14155550123")


def test_a_number_is_written_in_its_own_country_with_what_is_dialled_there() -> None:
    assert senders.written("+447911123456") == (
        *("+447911123456", "447911123456", "7911123456", "07911123456"),
    )
    assert senders.written("447911123456") == senders.written("+447911123456")
    assert senders.written("40404") == ("40404",)
    assert senders.written("MyBank") == ("MyBank",)

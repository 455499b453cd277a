"""A STOP holds however numbers are spelled, and for pools that may choose the number it came to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integration.accounts.connections import Connection
from integration.jobs import opted_out
from integration.kernel import times
from integration.opt_outs import by_hand, register, wanted
from integration.opt_outs.wanted import Rules
from integration.services import Services
from integration.store.clock import wall_ms
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import PHONE, Desk
from tests.opt_outs.texting import OTHER, OWN, is_out, said


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    wanted.store(own.db, WORKSPACE, Rules(True))
    return Desk(own, connection)


@pytest.mark.parametrize("came", ["+14155550123", "14155550123", "4155550123"])
def test_a_list_of_one_person_has_what_forbids_a_text(desk: Desk, came: str) -> None:
    said(desk, "STOP", phone=came)
    said(desk, "STOP", phone="+14155550124")
    found = register.listed(desk.own, WORKSPACE, "+1 (415) 555-0123")
    assert [each.phone for each in found] == [came]


SPELLED = [
    ("+447700900000", "447700900000"),
    ("447700900000", "+447700900000"),
    ("+14155550100", "(415) 555-0100"),
    ("+14155550100", "1 415 555 0100"),
    ("MyShop", "myshop"),
]


@pytest.mark.parametrize(("ours", "setting"), SPELLED)
def test_a_stop_holds_however_a_call_spells_the_number_that_it_came_to(
    desk: Desk, ours: str, setting: str
) -> None:
    said(desk, "STOP", to=ours)
    assert is_out(desk, setting)
    assert not is_out(desk, OTHER)
    said(desk, "START", 1, to=setting)
    assert not is_out(desk, ours)
    said(desk, "STOP", 2, to=ours)
    assert by_hand.lift(desk.own, [desk.connection], PHONE, setting, "Agreed.") >= 1
    assert not is_out(desk, setting)
    assert not is_out(desk, ours)


@pytest.mark.parametrize(
    ("provider", "pool"),
    [
        ("twilio", f"MG{'0' * 32}"),
        ("telnyx", "40017f8e-49bd-4f16-9e3d-ef103f916228"),
        ("plivo", "9f1aef45-cf9d-4c7f-9b3c-7a1c2d4e5f60"),
    ],
)
def test_a_pool_may_choose_the_number_that_was_stopped(
    desk: Desk, provider: str, pool: str
) -> None:
    account = replace(desk.connection, provider=provider)
    said(desk, "ALTO", to=OWN)
    action, later = desk.own.catalog.action("send_sms"), times.from_ms(wall_ms() + 3_600_000)
    call = {"phone": [PHONE], "sender_id": pool, "schedule_at": later}
    assert opted_out.hopeless(desk.own, account, action, call) == {PHONE}
    assert not opted_out.hopeless(desk.own, account, action, {**call, "sender_id": OTHER})
    held = desk.claim(desk.job(sender_id=pool))
    assert opted_out.refusal(desk.own, account, action, held)
    said(desk, "START", 1, to=OWN)
    assert opted_out.refusal(desk.own, account, action, held) is None


@pytest.mark.parametrize(
    ("came", "sent"),
    [("+5215512345678", "+525512345678"), ("+541123456789", "+5491123456789")],
)
def test_a_stop_holds_with_and_without_the_digit_of_a_mobile_in_mexico_and_argentina(
    desk: Desk, came: str, sent: str
) -> None:
    said(desk, "STOP", phone=came)
    assert is_out(desk, phone=sent)
    assert is_out(desk, phone=came)
    said(desk, "START", 1, phone=sent)
    assert not is_out(desk, phone=came)

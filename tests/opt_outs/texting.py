"""A person who texts words to a number of ours, and whether that person still gets texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from integration.inbound.commit import commit
from integration.kernel.events import InboundMessage
from integration.opt_outs import register
from tests.jobs.history import PHONE, Desk

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
OWN, OTHER = "+14155550100", "+14155550101"


def said(desk: Desk, text: str, minute: int = 0, to: str | None = OWN, phone: str = PHONE) -> None:
    at = AT + timedelta(minutes=minute)
    number = f"{text} {minute}"
    message = InboundMessage(provider_id=number, phone=phone, message=text, received_at=at, to=to)
    commit(desk.own, desk.connection, [message], "webhook")


def is_out(desk: Desk, sender: str = OWN, phone: str = PHONE) -> bool:
    return register.opted_out(desk.own, desk.connection, phone, sender) is not None

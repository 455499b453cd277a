"""Identity: what makes two messages one, and the ids that outlive a release."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from integration.inbound import identity
from integration.kernel.events import InboundMessage

CONNECTION = "conn_mrxw4zjamnxw43tf"
PLAIN = InboundMessage(
    provider_id="4711",
    phone="+14155550123",
    message="Grüße 👋",
    received_at=datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC),
)
PINNED = {
    "plain": (PLAIN, "knjia7a5x4ew2kbxsmxvhc45pe"),
    "a phone": (replace(PLAIN, device_fingerprint="abc123"), "4idc6pjfokjcsxurhuvmhyl4kt"),
    "a SIM": (
        replace(PLAIN, device_fingerprint="abc123", sim_slot="SIM1"),
        "vhrggelsssdbxxcduepk7evalm",
    ),
    "the other SIM": (
        replace(PLAIN, device_fingerprint="abc123", sim_slot="SIM2"),
        "i5rw42vvmu7yzpyk7gmz6a7wrn",
    ),
    "another sender": (replace(PLAIN, phone="MyBank"), "l4mvcc37xerznshxtw46eoaq3y"),
    "another text": (replace(PLAIN, message="Grüße"), "6axkmsodxbk3arfciqhjheoduw"),
    "a second later": (
        replace(PLAIN, received_at=datetime(2026, 1, 31, 12, 0, 1, tzinfo=UTC)),
        "hijt5i43gynp7k4ly3zjpyys7c",
    ),
}
"""Stored inboxes hold these ids: another one makes every known message new."""


@pytest.mark.parametrize(("message", "wanted"), PINNED.values(), ids=PINNED)
def test_a_fingerprint_is_the_same_in_every_release(message: InboundMessage, wanted: str) -> None:
    assert identity.fingerprint(CONNECTION, message).text == wanted


def test_each_fact_makes_another_message() -> None:
    assert len({wanted for _, wanted in PINNED.values()}) == len(PINNED)


@pytest.mark.parametrize(
    "same",
    [
        replace(PLAIN, provider_id="another"),
        replace(PLAIN, phone="+1 (415) 555-0123"),
        replace(PLAIN, received_at=PLAIN.received_at.replace(microsecond=900_000)),
        replace(PLAIN, extra={"seen": True}),
    ],
    ids=["id", "spelling", "fraction", "extra"],
)
def test_what_channels_write_differently_makes_no_other_message(same: InboundMessage) -> None:
    found = identity.fingerprint(CONNECTION, same)
    assert found == identity.fingerprint(CONNECTION, PLAIN)


def test_a_conversation_is_the_same_in_every_release() -> None:
    assert identity.conversation(CONNECTION, PLAIN.phone).text == "qmiorj37pe2yjddyx7khenjd4t"


def test_the_store_knows_a_name_by_its_first_bits() -> None:
    assert identity.fingerprint(CONNECTION, PLAIN).packed.hex() == "5352807c1dbf096d2837932f"
    assert identity.mark("4711").hex() == "de650d61"
    assert identity.mark(None) == bytes(4)

"""Answers: the one text that somebody gets who says STOP, or HELP, where no provider answers.

A script owes the answer in the step that records the opt-out; a worker makes a job of it
(jobs/opt_out_answers.py).
"""

import hashlib
import json
from typing import NamedTuple

from integration.accounts.connections import Connection
from integration.kernel.capabilities import SendsSms
from integration.kernel.digits import E164
from integration.kernel.events import InboundMessage
from integration.kernel.opt_out_words import Word
from integration.opt_outs.wanted import Rules
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from integration.store.lifetimes import WORD_ANSWERED_SECONDS
from integration.store.script import script

FRESH_MS = WORD_ANSWERED_SECONDS * 500
"""How old a word may be that is answered. A provider's list shows it for longer, and it is answered
once all the same: an answer is remembered for twice as long."""
AHEAD_MS = 300_000
"""By how much the clock of a phone or provider may be fast."""


class Owed(NamedTuple):
    """An answer that is owed, as JSON, and the key that says that it was; "" for none."""

    answered: str = ""
    answer: str = ""


NOTHING = Owed()


@script("owe_answer", "owe_help")
def OWE_HELP(*, answered: str, answer: str, at_ms: int) -> None:
    """Owe somebody the answer to HELP."""


def to(
    services: Services, connection: Connection, message: InboundMessage, word: Word, rules: Rules
) -> Owed:
    """What this word owes its sender. Nobody answers for a provider that does so itself, an old
    text, or a sender that is no number."""
    at = int(message.received_at.timestamp() * 1000)
    fresh = -AHEAD_MS <= wall_ms() - at <= FRESH_MS
    if not (rules.answer(word) and fresh and _may(services, connection, message)):
        return NOTHING
    facts = {
        "workspace": connection.workspace,
        "connection": connection.id,
        "word": word,
        "at_ms": at,
        "phone": message.phone,
        "sender_id": message.to,
        "device_fingerprint": message.device_fingerprint,
        "sim_slot": message.sim_slot,
    }
    digest = hashlib.sha256(f"{word} {message.phone}".encode()).hexdigest()[:32]
    return Owed(keys.answered(connection.id, digest), json.dumps(facts))


def _may(services: Services, connection: Connection, message: InboundMessage) -> bool:
    kind = services.catalog.providers.get(connection.provider)
    quiet = kind is not None and issubclass(kind, SendsSms) and not kind.answers_stop
    return quiet and message.opt_out is None and E164.fullmatch(message.phone) is not None


def owe_help(services: Services, owed: Owed) -> None:
    if owed != NOTHING:
        OWE_HELP(answered=owed.answered, answer=owed.answer, at_ms=wall_ms()).run(services.db)

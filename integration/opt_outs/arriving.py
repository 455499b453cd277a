"""Arriving: texts in by which a person opts out or in again.

Recorded before the texts are committed. After a crash between the two the provider shows the texts
again, and a wish that is recorded twice changes nothing.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from integration.accounts.connections import Connection
from integration.kernel import surrogates
from integration.kernel.events import InboundMessage
from integration.kernel.opt_out_words import LONGEST, Word, word_of
from integration.opt_outs import answers, register, wanted
from integration.opt_outs.answers import Owed
from integration.opt_outs.wanted import Rules
from integration.opt_outs.wish import BY_HAND, BY_PROVIDER, BY_WORD, Wish
from integration.runtime.fairness import with_pauses
from integration.services import Services


def note(services: Services, connection: Connection, messages: Iterable[InboundMessage]) -> None:
    """Record the wishes among `messages`, where the workspace keeps a register."""
    short = [each for each in messages if each.opt_out or len(each.message) <= LONGEST]
    if not short:
        return
    rules = wanted.rules(services, connection.workspace)
    if not rules.on:
        return
    for message, word in _words(services, connection, short, rules):
        _act(services, connection, message, word, rules)


def hold(services: Services, connection: Connection, fresh: Iterable[InboundMessage]) -> None:
    """Let a STOP among `fresh`, new messages, hold against a lift by hand that seems to be later.
    The clock of its phone may be slow, and a lift bears the time of ours."""
    short = [each for each in fresh if each.opt_out or len(each.message) <= LONGEST]
    if not short:
        return
    rules = wanted.rules(services, connection.workspace)
    if not rules.on:
        return
    for message, word in _words(services, connection, short, rules):
        if word == "stop":
            _outlast(services, connection, message, rules)


def _words(
    services: Services, connection: Connection, texts: Iterable[InboundMessage], rules: Rules
) -> Iterator[tuple[InboundMessage, Word]]:
    """Those of `texts` that are words, in the register's spelling."""
    for each in with_pauses(texts):
        if meant(each.message, each.opt_out, rules.stop):
            message = _spelled(services, connection, each)
            numbers = message.phone, message.to or ""
            if word := meant(message.message, message.opt_out, rules.stop, numbers):
                yield message, word


def _outlast(
    services: Services, connection: Connection, message: InboundMessage, rules: Rules
) -> None:
    wish = _wish(connection, message, "stop")
    known = register.of(services, connection.workspace, connection.id, wish.phone)
    near = [each for each in known if register.overlap(each.sender, wish.sender)]
    last = max(near, key=lambda each: each.at_ms, default=wish)
    if not last.out and last.by == BY_HAND and last.at_ms >= wish.at_ms:
        owed = answers.to(services, connection, message, "stop", rules)
        register.record(services, connection, replace(wish, at_ms=last.at_ms + 1), owed)


def _act(
    services: Services, connection: Connection, message: InboundMessage, word: Word, rules: Rules
) -> None:
    owed = answers.to(services, connection, message, word, rules)
    if word == "help":
        answers.owe_help(services, owed)
    else:
        _record(services, connection, message, word, owed)


def _spelled(services: Services, connection: Connection, message: InboundMessage) -> InboundMessage:
    """The message with both numbers in the register's spelling, as the store can hold it."""
    phone, own, text = map(surrogates.replaced, (message.phone, message.to or "", message.message))
    to = register.named(services, own) if own else None
    kind = services.catalog.providers.get(connection.provider)
    plain = kind is not None and kind.plain_numbers
    named = register.named(services, phone, plain=plain)
    return replace(message, phone=named, to=to, message=text)


def meant(
    message: str, opt_out: str | None, stop: Collection[str], numbers: Collection[str] | None = None
) -> Word:
    """The word that a text is, between these `numbers` in the register's spelling. The provider's
    reading (`opt_out`) comes first: its own list of words is what it acts on."""
    if opt_out:
        return "stop" if opt_out == "stop" else word_of(opt_out)
    return word_of(message, stop, numbers)


def _record(
    services: Services, connection: Connection, message: InboundMessage, word: Word, owed: Owed
) -> None:
    wish = _wish(connection, message, word)
    if word == "yes" and not register.opted_out(services, connection, message.phone, wish.sender):
        return
    register.record(services, connection, wish, owed)


def _wish(connection: Connection, message: InboundMessage, word: Word) -> Wish:
    return Wish(
        connection=connection.id,
        phone=message.phone,
        sender=message.to or register.ANY,
        out=word == "stop",
        at_ms=int(message.received_at.timestamp() * 1000),
        by=BY_PROVIDER if message.opt_out else BY_WORD,
        note=message.message.strip()[:LONGEST],
    )

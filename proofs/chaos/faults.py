"""The faults: twelve ways in which a network fails; each object strikes one exchange."""

from __future__ import annotations

import random

from proofs.chaos.fault_flow import Exchange

LONGEST_CUT = 700
"""Bytes; about what a request and its answer come to on our links, so that both get cut."""


class Fault:
    """No fault: all is passed on. `lasting` ones hold the connection for the rest of its life."""

    lasting = False
    carried_out = True
    """Whether the server gets what the client sent."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def request(self, pair: Exchange, data: bytes) -> None:
        """Bytes from the client; called before they go anywhere."""
        pair.up.send(data)

    def reply(self, pair: Exchange, data: bytes) -> None:
        pair.down.send(data)

    def quiet(self, pair: Exchange) -> None:
        """The reply has been out for a moment, and no new request has come."""

    def closed(self, pair: Exchange) -> None:
        """The server closed the connection."""
        pair.down.end()


class Latency(Fault):
    """From 0.1 to 10 s, short ones as often as long ones, on the way there or on the way back."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        seconds = 0.1 * 100 ** chance.random()
        there = chance.random() < 0.5
        self.there = seconds if there else 0.0
        self.back = seconds - self.there

    def request(self, pair: Exchange, data: bytes) -> None:
        pair.up.send(data, after=self.there)

    def reply(self, pair: Exchange, data: bytes) -> None:
        pair.down.send(data, after=self.back)


class Slow(Fault):
    """1 KB/s in both directions."""

    piece, gap = 64, 1 / 16

    def request(self, pair: Exchange, data: bytes) -> None:
        pair.up.trickle(data, self.piece, self.gap)

    def reply(self, pair: Exchange, data: bytes) -> None:
        pair.down.trickle(data, self.piece, self.gap)


class Slicer(Slow):
    """Segments of 1 to 16 bytes, a millisecond apart."""

    gap = 0.001

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.piece = chance.randint(1, 16)


class ResetBefore(Fault):
    """RST as soon as the request comes; the server gets nothing of it."""

    def request(self, pair: Exchange, _: bytes) -> None:
        pair.reset()


class ResetAfter(Fault):
    """RST in place of the reply: the server has done what was asked."""

    def reply(self, pair: Exchange, _: bytes) -> None:
        pair.reset()


class Cut(Fault):
    """The connection ends after some bytes, those of requests and replies counted together."""

    lasting = True

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.left = chance.randint(1, LONGEST_CUT)

    def request(self, pair: Exchange, data: bytes) -> None:
        pair.up.send(self._part(data))
        self._end(pair)

    def reply(self, pair: Exchange, data: bytes) -> None:
        pair.down.send(self._part(data))
        self._end(pair)

    def _part(self, data: bytes) -> bytes:
        part = data[: self.left]
        self.left -= len(part)
        return part

    def _end(self, pair: Exchange) -> None:
        if not self.left:
            pair.close()


class SlowClose(Fault):
    """After its reply the server is gone, and the client learns of it only 2 to 8 s later; what
    it sends meanwhile goes nowhere."""

    def request(self, pair: Exchange, data: bytes) -> None:
        if not self.lasting:
            super().request(pair, data)

    def quiet(self, pair: Exchange) -> None:
        self.lasting = True
        pair.drop_server()
        pair.down.end(after=self.chance.uniform(2, 8))

    def closed(self, pair: Exchange) -> None:
        if not self.lasting:
            self.quiet(pair)


class HalfOpen(Fault):
    """The connection is there and nobody reads it: no byte comes back, and no end."""

    lasting = True

    def request(self, pair: Exchange, data: bytes) -> None:
        """Swallowed."""

    def reply(self, pair: Exchange, data: bytes) -> None:
        """Swallowed: of an exchange before this one."""

    def closed(self, pair: Exchange) -> None:
        """The client does not learn of it."""


class Garbage(Fault):
    """Bytes that only begin like TLS in place of the reply; half of the requests are carried out
    before."""

    lasting = True

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.carried_out = chance.random() < 0.5
        self.said = False

    def request(self, pair: Exchange, data: bytes) -> None:
        if self.carried_out and not self.said:
            super().request(pair, data)
        else:
            self.reply(pair, b"")

    def reply(self, pair: Exchange, _: bytes) -> None:
        if self.said:
            return
        self.said = True
        pair.down.send(b"\x16\x03\x03" + self.chance.randbytes(self.chance.randint(5, 500)))
        pair.down.end(after=self.chance.uniform(0, 1))

    def closed(self, pair: Exchange) -> None:
        self.reply(pair, b"")


class NameFault(Fault):
    """Strikes questions for the link's name; `code` is DNS's own, None for no answer at all.

    Connections of a link under it end after each exchange, so that the name is asked for again.
    """

    code: int | None = None


class NoSuchName(NameFault):
    code = 3


class ServerFailure(NameFault):
    code = 2


KINDS: dict[str, type[Fault]] = {
    "latency": Latency,
    "slow": Slow,
    "reset-before": ResetBefore,
    "reset-after": ResetAfter,
    "cut": Cut,
    "slow-close": SlowClose,
    "half-open": HalfOpen,
    "slicer": Slicer,
    "tls-garbage": Garbage,
    "nxdomain": NoSuchName,
    "servfail": ServerFailure,
    "dns-timeout": NameFault,
}

"""A link: where it leads, which fault is on it now, and how often that struck."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from proofs.chaos.faults import KINDS, Fault, Garbage, NameFault


@dataclass
class Count:
    """`struck` of `seen`: exchanges, or where names or handshakes fail, questions or greetings."""

    seen: int = 0
    struck: int = 0


class Link:
    """`to` is `host:port` or the path of a Unix socket; `tls` is ours towards the client."""

    def __init__(self, name: str, to: str, seed: int, tls: ssl.SSLContext | None = None) -> None:
        self.name, self.to, self.tls = name, to, tls
        self.kind: type[Fault] = Fault
        self.share = 0.0
        self.counts = Count()
        self._chance = random.Random(f"{seed} {name}")
        self.no_fault = Fault(self._chance)

    @property
    def brief(self) -> bool:
        """Whether connections end after each exchange: what strikes only their beginnings would
        otherwise be lived through on kept ones."""
        return issubclass(self.kind, NameFault) or (self.tls is not None and self.kind is Garbage)

    def set(self, kind: str, share: float) -> None:
        """Put a fault on this share of exchanges, or none for the kind ""."""
        self.kind, self.share = KINDS[kind] if kind else Fault, share if kind else 0.0

    def draw(self) -> Fault:
        """The fault that strikes the exchange that begins now, mostly none."""
        if issubclass(self.kind, NameFault):
            return self.no_fault
        return self.kind(self._chance) if self.strikes() else self.no_fault

    def strikes(self) -> bool:
        if self.kind is Fault:
            return False
        struck = self._chance.random() < self.share
        self.counts.seen += 1
        self.counts.struck += struck
        return struck

    def counted(self) -> dict[str, int]:
        return asdict(self.counts)

    async def call(self, made: Callable[[], asyncio.Protocol]) -> Any:
        """Connect to where the link leads; raises OSError."""
        loop = asyncio.get_running_loop()
        if self.to.startswith("/"):
            return (await loop.create_unix_connection(made, self.to))[0]
        host, _, port = self.to.rpartition(":")
        return (await loop.create_connection(made, host, int(port)))[0]

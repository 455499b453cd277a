"""A paced load: calls at fixed moments, whether or not the answers keep up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from proofs.bench.load import Make, Tally, whole


def pace(
    url: str, make: Make, *, per_second: float, seconds: float, connections: int = 32
) -> Tally:
    """Call at fixed moments, each over whichever connection is free then."""
    return asyncio.run(_pace(url, make, per_second, seconds, connections))


async def _pace(url: str, make: Make, per_second: float, seconds: float, connections: int) -> Tally:
    tally, moments = Tally(), int(per_second * seconds)
    parts = urlsplit(url)
    opened = [await asyncio.open_connection(parts.hostname, parts.port) for _ in range(connections)]
    began = time.perf_counter()
    turns = iter(range(moments))
    await asyncio.gather(
        *(_take_turns(*each, make, tally, turns, began, per_second) for each in opened)
    )
    tally.seconds = time.perf_counter() - began
    return tally


async def _take_turns(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    make: Make,
    tally: Tally,
    turns: Iterator[int],
    began: float,
    per_second: float,
) -> None:
    for turn in turns:
        await asyncio.sleep(began + turn / per_second - time.perf_counter())
        sent = time.perf_counter()
        writer.write(make(turn + 1))
        head = await reader.readuntil(b"\r\n\r\n")
        tally.body = await reader.readexactly(whole(head) - len(head))
        tally.statuses[int(head[9:12])] += 1
        tally.took.append((time.perf_counter() - sent) * 1000)
    writer.close()

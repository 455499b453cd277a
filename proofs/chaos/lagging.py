"""Replication that lags and can be cut: a way to each server of a store, for all that call it.

What a replica is sent comes later by the lag. Clients and Sentinels are not held up.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path

from proofs.rig.replicated import STORES, Replicated

LAG_SECONDS = 0.1
PORTION = 1 << 20


class Pair:
    """Both ends of one connection; a caller that says REPLCONF is a replica."""

    def __init__(self, caller: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.caller, self.server = caller, server
        self.is_replica = False

    def abort(self) -> None:
        for each in (self.caller, self.server):
            each.transport.abort()


class Ways:
    """Runs in a thread of its own."""

    def __init__(self) -> None:
        self.is_cut = False
        self._pairs: set[Pair] = set()
        self._servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def open(self, port: int) -> int:
        """The port of a new way to the server at `port`."""

        async def made() -> int:
            server = await asyncio.start_server(
                lambda reader, writer: self._serve(port, reader, writer), "127.0.0.1", 0
            )
            self._servers.append(server)
            return int(server.sockets[0].getsockname()[1])

        return asyncio.run_coroutine_threadsafe(made(), self._loop).result()

    def cut(self) -> None:
        """Nothing more reaches a replica, nor comes from one; also not what is under way."""
        self.is_cut = True
        self._loop.call_soon_threadsafe(self._abort)

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        for each in self._servers:
            each.close()
        for pair in self._pairs:
            pair.abort()
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})

    def _abort(self) -> None:
        for each in self._pairs:
            if each.is_replica:
                each.abort()

    async def _serve(
        self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            answers, server = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.transport.abort()
            return
        pair = Pair(writer, server)
        self._pairs.add(pair)
        try:
            await asyncio.gather(self._asked(pair, reader), self._answered(pair, answers))
        finally:
            self._pairs.discard(pair)

    async def _asked(self, pair: Pair, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(PORTION):
                pair.is_replica = pair.is_replica or b"REPLCONF" in data
                if pair.is_replica and self.is_cut:
                    break
                pair.server.write(data)
        pair.abort()

    async def _answered(self, pair: Pair, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(PORTION):
                if pair.is_replica:
                    await asyncio.sleep(LAG_SECONDS)
                    if self.is_cut:
                        break
                pair.caller.write(data)
        pair.abort()


class Lagging(Replicated):
    def __init__(self, folder: Path) -> None:
        self.ways = Ways()
        self._doors: dict[str, int] = {}
        super().__init__(folder)

    def seen(self, name: str) -> int:
        if name in STORES and name not in self._doors:
            self._doors[name] = self.ways.open(self.ports[name])
        return self._doors.get(name, self.ports[name])

    def stop(self) -> None:
        super().stop()
        self.ways.close()

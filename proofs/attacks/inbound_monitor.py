"""What the store is asked while somebody calls: MONITOR, read from a connection of our own."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis.client import Monitor
from redis.exceptions import TimeoutError

KEY = "hl:"
"""How every key of ours begins."""


class Watch:
    """The commands that the store was given, each as the list of its words."""

    def __init__(self, monitor: Monitor, end: str) -> None:
        self.commands: list[list[str]] = []
        self._end = end
        self._thread = threading.Thread(target=self._listen, args=(monitor,), daemon=True)
        self._thread.start()

    def _listen(self, monitor: Monitor) -> None:
        while True:
            try:
                each = monitor.next_command()  # type: ignore[no-untyped-call]  # redis-py left it untyped
            except TimeoutError:
                continue  # nobody asked the store anything for a while
            words = _words(str(each["command"]))
            if self._end in words:
                return
            self.commands.append(words)

    def join(self) -> None:
        self._thread.join(30)

    def named(self) -> list[tuple[str, str]]:
        """Each command's name with each key in it; scripts name theirs when they run."""
        return [
            (words[0].upper(), word)
            for words in self.commands
            for word in words[1:]
            if word.startswith(KEY)
        ]


@contextmanager
def watched(db: Any) -> Iterator[Watch]:
    """Watch all commands from now to the end of the block."""
    end = "the-watch-ends-here"
    with db.monitor() as monitor:
        watch = Watch(monitor, end)
        yield watch
        db.echo(end)
        watch.join()


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()

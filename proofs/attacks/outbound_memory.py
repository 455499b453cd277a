"""How much memory processes take while they are attacked."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from typing import Self

import psutil


class Growth:
    """Watches processes and all they start; `most` is the largest growth of one of them, in MB."""

    def __init__(self, parents: Iterable[int]) -> None:
        self.parents = [psutil.Process(pid) for pid in parents]
        self.most = 0.0
        self._first: dict[int, int] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.2):
            self._look()

    def _look(self) -> None:
        for parent in self.parents:
            for each in [parent, *parent.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    size = each.memory_info().rss
                    grown = size - self._first.setdefault(each.pid, size)
                    self.most = max(self.most, grown / 1e6)

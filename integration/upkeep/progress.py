"""Progress of what takes long: how much of it is done, for the person who waits."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Takes how many are done, and how many there are."""


def untold(_done: int, _total: int) -> None:
    """Nobody waits."""


def reported(every: Sequence[T], progress: Progress) -> Iterator[T]:
    """Each of these; the next one is asked for when it is done."""
    for place, each in enumerate(every, 1):
        yield each
        progress(place, len(every))

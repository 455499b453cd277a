"""Aside: long work of the processor, done so that the other calls of its process go on."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import gevent  # type: ignore[import-untyped]  # it ships no types, and its stubs are one more pin
from gevent import monkey

P = ParamSpec("P")
T = TypeVar("T")
PORTION = 20
PAUSE = 0.001
"""Seconds. Under gevent a sleep of none may return before anything that has come in is read."""


def aside(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """Returns what `work` returns, and raises what it raises; `work` is done in a thread.

    Under gevent all calls of a process share one thread, and work that waits for nothing would hold
    up all of them. Python gives each thread its turn every few milliseconds. `work` must wait for
    nothing that a greenlet gives: no socket, no lock of the service. Without gevent it runs here.
    """
    if not monkey.is_module_patched("threading"):
        return work(*given, **named)
    found, error = gevent.get_hub().threadpool.apply(_done, (work, given, named))
    if error is not None:
        raise error
    done: T = found
    return done


def _done(
    work: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any]
) -> tuple[Any, Exception | None]:
    """What `work` returns, or raises: gevent would print an error that leaves its thread."""
    try:
        return work(*given, **named), None
    except Exception as error:  # noqa: BLE001  # whatever it is, the caller gets it
        return None, error


def with_pauses(rows: Iterable[T]) -> Iterator[T]:
    """The same rows, with a pause after each portion, in which other calls have their turn."""
    for place, each in enumerate(rows, 1):
        yield each
        if place % PORTION == 0:
            time.sleep(PAUSE)

"""Aside: long work of the processor, done so that the other calls of its process go on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import gevent  # type: ignore[import-untyped]  # it ships no types, and its stubs are one more pin
from gevent import monkey

P = ParamSpec("P")
T = TypeVar("T")


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

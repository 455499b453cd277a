"""How a command ends: its exit status, and a sentence where it did not work."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError

from integration.kernel.errors import HooklineError, InvalidInput
from integration.store import mends
from integration.store.client import is_unable
from integration.store.replicas import NotReplicated

FAILED = 1
UNREAD, STOPPED = 128 + signal.SIGPIPE, 128 + signal.SIGINT
"""As a shell counts a program that a closed pipe or Ctrl-C has ended."""


class Unread(Exception):
    """Raised where nobody reads any more what a command prints, as `head` that has its lines."""


def status(run: Callable[[], int]) -> int:
    """The exit status of a command. Where it failed, a sentence on standard error says why."""
    try:
        return run()
    except HooklineError as error:
        return _failed(error.message)
    except RedisError as error:
        return _failed(cause(error))
    except EOFError:
        return _failed("Nothing was typed, so nothing was done.")
    except KeyboardInterrupt:
        return STOPPED
    except Unread:
        return UNREAD


def say(text: str) -> None:
    """Print it at once, and what was printed before."""
    with output():
        print(text, end="\n" if text else "")


@contextmanager
def output() -> Iterator[None]:
    """What is printed meanwhile is written out at its end. Raises Unread where its reader has gone,
    InvalidInput where it cannot be written, as on a full disk."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        _drop_output()
        if isinstance(error, BrokenPipeError):
            raise Unread from error
        raise InvalidInput(f"The output cannot be written: {error.strerror}.") from error


def _drop_output() -> None:
    """What is left of the output goes nowhere: Python would complain of it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _failed(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return FAILED


def cause(error: RedisError) -> str:
    """What is wrong with the store, and what to do."""
    name = type(error).__name__
    if isinstance(error, NotReplicated):
        return f"{error} Try again once /readyz says that they do."
    if why := mends.known(error):
        return why
    if is_unable(error):
        return f"The store cannot be reached ({name}): check REDIS_URL."
    # Only the first word of the server's answer: the rest may repeat what a command held.
    return (
        f"The store refused a command ({name} {str(error).partition(' ')[0]}): a key holds another"
        " type, or the user in REDIS_URL may not run it."
    )

"""The service's own code in this process, over the store of a running stack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from integration import app as web
from integration.services import Services
from integration.web.core import current
from integration.web.core.current import Call
from proofs.rig.stack import Stack


@contextmanager
def in_process(stack: Stack) -> Iterator[Services]:
    """The services of `stack`, inside an application context."""
    with _app(stack).app_context(), current.at_hand(Call(stack.services, {})):
        yield stack.services


def routes(stack: Stack) -> Iterator[tuple[str, frozenset[str]]]:
    """Every address of the service, with `<name>` for what varies, and its verbs."""
    for rule in _app(stack).url_map.iter_rules():
        yield rule.rule, frozenset(rule.methods or ())


_made: list[Flask] = []


def _app(stack: Stack) -> Flask:
    """The app is built once a process; its services are those of the stack at hand."""
    if not _made:
        _made.append(web.create(stack.services))
    return _made[0]

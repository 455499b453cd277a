"""The service's own code in this process, over the store of a running stack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from integration import app as web
from integration import services as parts
from integration.services import Services
from integration.settings import Settings
from integration.web.core import current
from integration.web.core.current import Call
from proofs.rig.stack import Stack


@contextmanager
def in_process(stack: Stack) -> Iterator[Services]:
    """The services of `stack`, inside an application context."""
    own, app = _built(stack)
    with app.app_context(), current.at_hand(Call(own, {})):
        yield own
    own.db.close()
    own.raw.close()


def routes(stack: Stack) -> Iterator[tuple[str, frozenset[str]]]:
    """Every address of the service, with `<name>` for what varies, and its verbs."""
    own, app = _built(stack)
    for rule in app.url_map.iter_rules():
        yield rule.rule, frozenset(rule.methods or ())
    own.db.close()
    own.raw.close()


def _built(stack: Stack) -> tuple[Services, Flask]:
    """The app is put together once a process; its services are those of the stack at hand."""
    own = parts.build(Settings.from_env(stack.settings))
    app = _app(own)
    return own, app


_made: list[Flask] = []


def _app(own: Services) -> Flask:
    if not _made:
        _made.append(web.create(own))
    return _made[0]

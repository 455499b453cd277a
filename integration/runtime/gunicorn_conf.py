"""gunicorn's settings: gevent, since slow clients and waiting callers must cost no thread."""

from __future__ import annotations

import gc
import sys
from importlib import metadata
from typing import Any

from gevent import monkey  # type: ignore[import-untyped]  # no types in it, and its stubs are one more pin

# What is imported stays: looking through it for garbage takes a sixth of the time of a start.
gc.disable()


def _patch() -> None:
    """Let gevent patch the standard library, before anything opens a socket or a lock.

    It asks 25 times for its plugins, and each time the standard library reads the entry points of
    all installed packages anew, at four times the cost of the patching. Here they are read once.
    """
    ask, known = metadata.entry_points, metadata.entry_points()
    metadata.entry_points = known.select  # for this one call
    try:
        monkey.patch_all()
    finally:
        metadata.entry_points = ask


_patch()

from werkzeug.test import Client  # noqa: E402  # gevent patches first

from integration.kernel.errors import SettingsError  # noqa: E402  # gevent patches first
from integration.settings import Settings  # noqa: E402  # gevent patches first

try:
    _settings = Settings.from_env().require_store()
except SettingsError as error:
    sys.exit(error.message)

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_concurrency
worker_class = "integration.runtime.gunicorn_worker.PatientWorker"
worker_connections = 2000
timeout = 60
graceful_timeout = 15
keepalive = 30
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
# Loaded once, in the parent: what it imports is paid once and shared by those that are forked.
preload_app = True


def when_ready(server: Any) -> None:
    """Before the first fork: what is there already is never looked through again, since writing
    the collector's marks beside every object would give each process a copy of all of it."""
    # What a first request makes and keeps, such as the table of routes, is made once and shared.
    Client(server.app.wsgi()).get("/healthz")
    gc.freeze()
    gc.enable()

"""gunicorn's settings: gevent, since slow clients and waiting callers must cost no thread."""

import gc
import logging
import sys
from importlib import metadata
from typing import Any

from gevent import monkey  # type: ignore[import-untyped]  # no types in it, and its stubs are one more pin

# Imported modules stay: searching them for garbage takes a sixth of the start's time.
gc.disable()


def _patch() -> None:
    """Let gevent patch the standard library, before anything opens a socket or a lock.

    gevent asks 25 times for its plugins. Each time the standard library reads the entry points of
    all installed packages, which costs four times as much as the patching. This reads them once.
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
from integration.runtime import fairness  # noqa: E402  # gevent patches first
from integration.settings import Settings  # noqa: E402  # gevent patches first

try:
    _settings = Settings.from_env().require_store()
except SettingsError as error:
    sys.exit(error.message)

# The thread that reads a large webhook (aside.py) must not hold up the calls.
fairness.switch_often()

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_concurrency
worker_class = "integration.runtime.gunicorn_worker.BoundedWorker"
worker_connections = 2000
timeout = 60
graceful_timeout = 15
keepalive = 30
accesslog = None
errorlog = "-"
logger_class = "integration.runtime.gunicorn_log.Logger"
loglevel = "warning"
control_socket_disable = True
# The one that our tests attack; by default the modules that are installed decide.
http_parser = "python"
# gunicorn would believe X-Forwarded-Proto and SCRIPT_NAME from this machine, and from everywhere
# under FORWARDED_ALLOW_IPS=*, which Heroku sets. TRUSTED_PROXIES alone decides.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
# The parent loads the app once, and the forked workers share its memory.
preload_app = True


def when_ready(server: Any) -> None:
    """Before the first fork: take what exists out of the garbage collector's work. Its marks beside
    each object would give every process a copy of the memory."""
    logging.getLogger(__name__).info("Serves on http://%s.", bind)
    # The first request builds caches, such as the table of routes; the workers share them.
    Client(server.app.wsgi()).get("/healthz")
    gc.freeze()
    gc.enable()

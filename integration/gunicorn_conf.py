"""gunicorn's settings: gevent, since slow clients and waiting callers must cost no thread."""

from __future__ import annotations

import sys

from gevent import monkey  # type: ignore[import-untyped]  # ships no types

# Before anything opens a socket or a lock: the app is loaded once, here in the parent, and the
# processes forked from it share its memory.
monkey.patch_all()

from integration.kernel.errors import SettingsError  # noqa: E402  # after the patch, on purpose
from integration.settings import Settings  # noqa: E402  # likewise

try:
    _settings = Settings.from_env().require_store()
except SettingsError as error:
    sys.exit(error.message)

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_concurrency
worker_class = "integration.web.patient_worker.PatientWorker"
worker_connections = 2000
timeout = 60
graceful_timeout = 15
keepalive = 30
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True

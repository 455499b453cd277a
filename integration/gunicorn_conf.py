"""gunicorn's settings: gevent, since slow clients and waiting callers must cost no thread."""

from __future__ import annotations

import sys

from integration.kernel.errors import SettingsError
from integration.settings import Settings

try:
    _settings = Settings.from_env().require_store()
except SettingsError as error:
    sys.exit(error.message)

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_concurrency
worker_class = "integration.web.patient_worker.PatientWorker"
worker_connections = 2000
timeout = 60
graceful_timeout = 20
keepalive = 30
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True

"""Where gunicorn finds the web process."""

from __future__ import annotations

import sys

from integration import app, log, process, services, store_check
from integration.kernel.errors import SettingsError
from integration.settings import Settings

try:
    _settings = Settings.from_env().require_store()
    log.configure(_settings.log_level, "web")
    _services = services.build(_settings)
    store_check.at_start(_services.db)
except SettingsError as error:
    sys.exit(error.message)

process.use(_services)
application = app.create(_services)
# gunicorn forks from here: no two processes may talk over one connection.
_services.db.close()

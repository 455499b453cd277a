"""Where gunicorn finds the web process."""

from __future__ import annotations

import sys

from integration import app, services
from integration.kernel.errors import SettingsError
from integration.runtime import logs, stopping
from integration.settings import Settings
from integration.store import client, durability

try:
    _settings = Settings.from_env().require_store()
    logs.configure(_settings.log_level, "web", _settings.log_format)
    _services = services.build(_settings, client.WEB_MOST)
    durability.at_start(_services.db)
except SettingsError as error:
    sys.exit(error.message)

stopping.use(_services)
application = app.create(_services)
# gunicorn forks from here: no two processes may talk over one connection.
_services.disconnect()

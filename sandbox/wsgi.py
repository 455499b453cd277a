"""The WSGI entry: `gunicorn --workers 1 --threads 32 sandbox.wsgi:application`."""

from __future__ import annotations

import os
from pathlib import Path

from sandbox.app import create_app

_folder = os.environ.get("SANDBOX_DATA")
application = create_app(Path(_folder) if _folder else None)

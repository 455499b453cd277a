"""The old place of gunicorn's settings, for commands that name it; the next release drops it."""

from integration.runtime.gunicorn_conf import *  # noqa: F403  # all of gunicorn's settings

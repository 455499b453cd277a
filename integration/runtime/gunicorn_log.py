"""gunicorn's own lines, in the form of all others."""

from typing import Any

from gunicorn.glogging import Logger as Plain  # type: ignore[import-untyped]  # it ships no types

from integration.runtime import logs
from integration.settings import Settings


class Logger(Plain):  # type: ignore[misc]  # gunicorn ships no types
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers[:] = [logs.handler("web", Settings.from_env().log_format)]

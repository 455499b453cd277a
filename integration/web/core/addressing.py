"""Routes that a start does not wait for: what builds their addresses is made at its first use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from werkzeug.routing import Rule


class Route(Rule):
    """Werkzeug compiles two functions for each route, to build its address from values. For ours
    that is a twentieth of a start, and only the console builds addresses.

    Should Werkzeug call its own method otherwise one day, only that time is lost.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made = cache(super()._compile_builder)

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return made(append_unknown)(rule, **values)

        return build

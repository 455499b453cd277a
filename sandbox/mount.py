"""Mounts: where a provider API lies in the sandbox, and its manners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response


@dataclass(frozen=True, kw_only=True)
class Mount:
    """One provider API: where it lies, how it authenticates, and how it words its errors."""

    provider: str
    prefix: str
    scheme: str
    bad_input: int
    limits_auth: bool
    error_body: Callable[[str], Any]
    key: Callable[[], str] | None = None
    """Reads the account's key from the request, where that is not `Authorization: <scheme> KEY`."""
    errors: Callable[[int, str], Response] | None = None
    """Words a refusal, where its form is not JSON with that status."""

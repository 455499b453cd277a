"""Whether the web process says of itself that it can serve."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

TIMEOUT = 5.0  # seconds


def refusal(web: str) -> str | None:
    """None once `GET /readyz` at the base URL `web` answers 200, else what stands in the way."""
    parts = urlsplit(web)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        body = answer.read(1 << 16)
    except (OSError, HTTPException) as error:
        return f"no answer ({error})"
    finally:
        connection.close()
    return None if answer.status == 200 else f"{answer.status} {_reason(body)}".strip()


def _reason(body: bytes) -> str:
    """The sentence of a problem body, or nothing where the body is no problem."""
    try:
        problem = json.loads(body)
    except ValueError:
        return ""
    return str(problem.get("detail", "")) if isinstance(problem, dict) else ""

"""The session: who is signed in, in one sealed cookie; nothing of it is kept on our side."""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Response, g, request

from integration.kernel.errors import Forbidden, SettingsError
from integration.web.core.current import services

COOKIE = "hookline_session"
SECONDS = 12 * 3600
USE = "console session"
"""Says what a sealed value is for: nothing else that the vault sealed passes as a session."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """`key_id` is "" for a visitor; `nonce` ties forms to the session, `ends` is a Unix time."""

    nonce: str
    ends: int
    workspace: str = ""
    key_id: str = ""


def current() -> Session:
    """The session that the request came with, or a visitor's new one."""
    if "console_session" not in g:
        known = unsealed(request.cookies.get(COOKIE, ""), USE)
        _keep(Session(**known) if known else _new(), fresh=known is None)
    return cast("Session", g.console_session)


def start(workspace: str, key_id: str) -> None:
    """Sign in, under a new nonce: one that was known before must open nothing now."""
    _keep(_new(workspace=workspace, key_id=key_id), fresh=True)


def end() -> None:
    _keep(_new(), fresh=True)


def form_token() -> str:
    return services().vault.token(f"console form {current().nonce}")


def check_form(given: str) -> None:
    """Forbidden unless the form was made by us, for this session."""
    if not hmac.compare_digest(form_token().encode(), given.encode("utf-8", "replace")):
        raise Forbidden("This form is out of date; go back, load the page anew and send it again.")


def write(response: Response) -> None:
    """Give the browser its session where it has none yet or another one."""
    if g.get("console_session_fresh"):
        put(response, COOKIE, sealed(asdict(current()), USE), SECONDS)


def sealed(value: dict[str, Any], use: str) -> str:
    return services().vault.seal([use, value])


def unsealed(text: str, use: str) -> dict[str, Any] | None:
    """What was sealed for this use and has not ended; None for anything else."""
    try:
        found = services().vault.open(text) if text else None
    except SettingsError:  # another SECRET_KEY's, or nobody's
        return None
    if not isinstance(found, list) or found[0] != use or found[1]["ends"] < time.time():
        return None
    return cast("dict[str, Any]", found[1])


def put(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="Lax", secure=_is_secure(), path="/"
    )


def _is_secure() -> bool:
    """Also behind a proxy that ends TLS without telling us: PUBLIC_URL tells."""
    public = urlsplit(services().settings.public_url)
    return request.is_secure or (public.scheme == "https" and public.netloc == request.host)


def _new(**who: str) -> Session:
    return Session(nonce=secrets.token_hex(16), ends=int(time.time()) + SECONDS, **who)


def _keep(session: Session, *, fresh: bool) -> None:
    g.console_session, g.console_session_fresh = session, fresh

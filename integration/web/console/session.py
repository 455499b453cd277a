"""The session at hand: the secret in the browser's cookie, and who is signed in with it.

A visitor has a secret as well, to which the sign-in form is bound, and no record in the store.
"""

from __future__ import annotations

import hmac
from typing import cast
from urllib.parse import urlsplit

from flask import Response, g, request

from integration.kernel.errors import Forbidden
from integration.store.lifetimes import CONSOLE_SESSION_SECONDS
from integration.web.console import signed_in
from integration.web.console.signed_in import SignedIn
from integration.web.core.current import services

COOKIE = "hookline_session"


def current() -> SignedIn | None:
    """Who is signed in; None for a visitor."""
    return signed_in.find(services().db, _secret())


def start(workspace: str, key_id: str) -> None:
    """Sign in under a new secret: one that was known before must open nothing now."""
    secret = signed_in.new_secret()
    signed_in.begin(services().db, secret, workspace, key_id)
    signed_in.end(services().db, _secret())
    _give(secret)


def end() -> None:
    """Sign out: the cookie opens nothing from now on, in any browser that has a copy of it."""
    signed_in.end(services().db, _secret())
    _give(signed_in.new_secret())


def form_token() -> str:
    """What each form of the session carries, and no other site knows."""
    return services().vault.token(f"console form {_secret()}")


def check_form(given: str) -> None:
    """Forbidden unless the form was made by us, for this session."""
    if not hmac.compare_digest(form_token().encode(), given.encode("utf-8", "replace")):
        raise Forbidden("This form is out of date; go back, reload the page and send it again.")


def write(response: Response) -> None:
    """Give the browser its secret where it has none or an old one."""
    if "console_new_secret" in g:
        put(response, COOKIE, g.console_new_secret, CONSOLE_SESSION_SECONDS)


def put(response: Response, name: str, value: str, seconds: int) -> None:
    """Set a cookie that no script reads and no other site sends with a form."""
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="Lax", secure=_is_secure(), path="/"
    )


def _is_secure() -> bool:
    """Also behind a proxy that ends TLS and does not say so: then PUBLIC_URL is https."""
    public = urlsplit(services().settings.public_url)
    return request.is_secure or (public.scheme == "https" and public.netloc == request.host)


def _secret() -> str:
    if "console_new_secret" in g:
        return cast("str", g.console_new_secret)
    given = request.cookies.get(COOKIE, "")
    return given if signed_in.is_secret(given) else _give(signed_in.new_secret())


def _give(secret: str) -> str:
    g.console_new_secret = secret
    return secret

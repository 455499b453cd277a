"""The session at hand: the secret in the browser's cookie, and who is signed in with it.

A visitor has a secret as well, to which the sign-in form is bound. Who is signed in has one record
in the store, which sign-out deletes. The store holds only a digest of the secret, so a copy of the
store signs nobody in.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import asdict, dataclass, fields, replace
from typing import cast
from urllib.parse import urlsplit

from flask import Response, g, request

from integration.accounts import api_keys, audit, operators, workspaces
from integration.kernel.errors import Forbidden, NotFound
from integration.services import Services
from integration.store import clock, keys
from integration.store.client import TextStore
from integration.store.lifetimes import CONSOLE_IDLE_SECONDS, CONSOLE_SESSION_SECONDS
from integration.web.core import operator, rights
from integration.web.core.current import Caller, services

COOKIE = "hookline_session"
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A session's record. `key_created_at` tells a revoked key from a later one of the same text;
    the session ends at `ends_ms` of the agreed time.

    The operator's has the word `operator` for a key, and what `_mark` gives for its creation."""

    workspace: str
    key_id: str
    key_created_at: str
    ends_ms: int


def current() -> SignedIn | None:
    """Who is signed in; None for a visitor, for whom the store is not asked."""
    return find(services().db, _secret()) if COOKIE in request.cookies else None


def start(workspace: str, key_id: str) -> None:
    """Sign in under a new secret: one that was known before must open nothing now."""
    secret = begin(services(), workspace, key_id)
    services().db.delete(_name(_secret()))
    _give(secret)


def end() -> None:
    """Sign out: the cookie opens nothing from now on, in any browser that has a copy of it."""
    services().db.delete(_name(_secret()))
    _give(_new_secret())


def begin(own: Services, workspace: str, key_id: str) -> str:
    """Store the session of an API key or of the operator; returns its secret. NotFound where the
    key was revoked meanwhile."""
    clock.keep(own.db)
    of_key = key_id != audit.OPERATOR
    record = SignedIn(
        workspace=workspace,
        key_id=key_id,
        key_created_at=api_keys.get(own.db, workspace, key_id)["created_at"]
        if of_key
        else _mark(own),
        ends_ms=clock.now_ms() + CONSOLE_SESSION_SECONDS * 1000,
    )
    secret = _new_secret()
    own.db.set(_name(secret), json.dumps(asdict(record)), ex=CONSOLE_IDLE_SECONDS)
    return secret


def switch(workspace: str) -> None:
    """Go on in another workspace, in the same session and until the same end."""
    found = current()
    if found:
        record = json.dumps(asdict(replace(found, workspace=workspace)))
        # Only where it is still there: a sign-out at this moment stays one.
        services().db.set(_name(_secret()), record, xx=True, keepttl=True)


def find(db: TextStore, secret: str) -> SignedIn | None:
    """The session of a secret, which stays for another idle time; None where it has ended."""
    if not SECRET.fullmatch(secret):
        return None
    clock.keep(db)
    found = _read(db.get(_name(secret)))
    left_ms = found.ends_ms - clock.now_ms() if found else 0
    if left_ms <= 0:
        return None
    # Only what is still there is prolonged: a sign-out at this moment stays one.
    db.pexpire(_name(secret), min(left_ms, CONSOLE_IDLE_SECONDS * 1000))
    return found


def caller(own: Services, session: SignedIn) -> Caller:
    """Who may do what in this session. NotFound where its API key was revoked or has expired, or
    where the operator's password or key was changed since."""
    if session.key_id == audit.OPERATOR:
        if session.key_created_at != _mark(own):
            raise NotFound("The operator's password or key was changed since.")
        workspace = workspaces.check(own.db, session.workspace)
        return operator.within(workspace, workspaces.limits_of(own.db, workspace))
    record = api_keys.get(own.db, session.workspace, session.key_id)
    if record["created_at"] != session.key_created_at or api_keys.is_over(record):
        raise NotFound("There is no API key with this id.")
    return rights.caller_of(record)


def _mark(own: Services) -> str:
    """What changes with the operator's password and with OPERATOR_KEY."""
    text = f"{operators.stamp(own.db)} {own.settings.operator_key}"
    return hashlib.sha256(text.encode()).hexdigest()


def _new_secret() -> str:
    """A cookie's secret: 43 letters that hold 256 random bits."""
    return secrets.token_urlsafe(32)


def _name(secret: str) -> str:
    return keys.console_session(hashlib.sha256(secret.encode()).hexdigest())


def _read(text: str | None) -> SignedIn | None:
    """None also for a record that lacks a fact; a fact that is new to us is passed over."""
    try:
        given = json.loads(text or "null")
        return SignedIn(**{each.name: given[each.name] for each in fields(SignedIn)})
    except (ValueError, TypeError, KeyError):
        return None


def form_token() -> str:
    """What each form of the session carries, and no other site knows.

    It reads differently in each answer, so that the length of compressed pages tells nothing of it.
    """
    token = mark().encode()
    mask = secrets.token_bytes(len(token))
    return base64.urlsafe_b64encode(mask + _masked(token, mask)).decode()


def mark() -> str:
    """What is the same for all pages of the session, and no page holds as it is."""
    return services().vault.token(f"console form {_secret()}")


def _masked(text: bytes, mask: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(text, mask, strict=True))


def _unmasked(given: str) -> bytes:
    """The token under its mask; a page of release 0.1.0 has it as it is."""
    try:
        whole = base64.urlsafe_b64decode(given.encode("ascii"))
        return _masked(whole[len(whole) // 2 :], whole[: len(whole) // 2])
    except ValueError:
        return b""


def check_form(given: str) -> None:
    """Forbidden unless the form was made by us, for this session."""
    token = mark().encode()
    known = (given.encode("utf-8", "replace"), _unmasked(given))
    if not any(hmac.compare_digest(token, each) for each in known):
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
    return given if SECRET.fullmatch(given) else _give(_new_secret())


def _give(secret: str) -> str:
    g.console_new_secret = secret
    return secret

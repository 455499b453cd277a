"""The operator's ways into the console: a password, and links that open once.

The person who runs the service makes both on its command line. The store holds a scrypt hash of the
password and digests of the links, so a copy of the store lets nobody in.
"""

import hashlib
import secrets

from werkzeug.security import check_password_hash, generate_password_hash

from integration.kernel.errors import InvalidInput
from integration.store import keys, lifetimes
from integration.store.client import TextStore

SHORTEST, LONGEST = 12, 1_000
"""Characters of a password."""


def set_password(db: TextStore, password: str) -> None:
    """From now on this opens the console, and who signed in as the operator before is signed out.
    InvalidInput for a password that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        sentence = f"A password has {SHORTEST} to {LONGEST} characters; a few words are best."
        raise InvalidInput(sentence, errors={"password": [sentence]})
    if password.startswith("hk_"):
        sentence = "A password may not begin with hk_, as API keys do."
        raise InvalidInput(sentence, errors={"password": [sentence]})
    facts = {"password": generate_password_hash(password), "stamp": secrets.token_hex(16)}
    db.hset(keys.OPERATOR, mapping=facts)


def has_password(db: TextStore) -> bool:
    return bool(db.hexists(keys.OPERATOR, "password"))


def is_password(db: TextStore, given: str) -> bool:
    """Whether it is the operator's password; this takes about 60 ms of computing."""
    known = db.hget(keys.OPERATOR, "password")
    return known is not None and check_password_hash(known, given[:LONGEST])


def stamp(db: TextStore) -> str:
    """A random text that changes with the password, "" before there is one."""
    return db.hget(keys.OPERATOR, "stamp") or ""


def make_link(db: TextStore, workspace: str) -> str:
    """The secret of a link that opens a workspace, once and within 15 minutes."""
    secret = secrets.token_urlsafe(32)
    db.set(_link(secret), workspace, ex=lifetimes.SIGN_IN_LINK_SECONDS)
    return secret


def take_link(db: TextStore, secret: str) -> str:
    """The workspace that the link opens; "" for one that was used, has ended or never was."""
    with db.pipeline(transaction=True) as pipe:
        pipe.get(_link(secret))
        pipe.delete(_link(secret))
        found: str | None = pipe.execute()[0]
    return found or ""


def _link(secret: str) -> str:
    return keys.sign_in_link(hashlib.sha256(secret.encode()).hexdigest())

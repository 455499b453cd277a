"""The vault derives from SECRET_KEY: it encrypts what is stored, and makes unguessable tokens.

What an old key of OLD_SECRET_KEYS sealed, it opens as well; it seals nothing under one.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from integration.kernel import surrogates
from integration.kernel.errors import SettingsError

UNOPENED = (
    "SECRET_KEY is not the one that stored credentials were encrypted with; set the old one again"
    " or name it in OLD_SECRET_KEYS, or connect the accounts again."
)


class Vault:
    """Encrypts small JSON values and bytes (Fernet: AES-128-CBC with HMAC-SHA256) and makes
    tokens."""

    def __init__(self, secret_key: str, old: Sequence[str] = ()) -> None:
        every = (secret_key, *old)
        self._tokens = [_derived("tokens", each) for each in every]
        self._fernets = [
            Fernet(base64.urlsafe_b64encode(_derived("encryption", each))) for each in every
        ]
        self._all = MultiFernet(self._fernets)
        # The credentials of each connection in use are opened for each of its calls.
        self._opened = lru_cache(maxsize=1000)(self._all.decrypt)
        self.tokens = lru_cache(maxsize=5_000)(self.fresh_tokens)
        """As `fresh_tokens`, of a purpose that comes again and again."""

    def seal(self, value: Any) -> str:
        return self._all.encrypt(json.dumps(value).encode()).decode()

    def open(self, sealed: str) -> Any:
        """The sealed value. Raises SettingsError where none of our keys sealed it."""
        try:
            return json.loads(self._opened(sealed.encode()))
        except InvalidToken as error:
            raise SettingsError(UNOPENED) from error

    def seal_bytes(self, data: bytes) -> str:
        return self._all.encrypt(data).decode()

    def open_bytes(self, sealed: str) -> bytes:
        """As `open`, of what `seal_bytes` sealed."""
        try:
            return self._all.decrypt(sealed.encode())
        except InvalidToken as error:
            raise SettingsError(UNOPENED) from error

    def resealed(self, sealed: str) -> str:
        """The same value under SECRET_KEY; the same text where it is already, SettingsError as
        `open` raises it."""
        try:
            self._fernets[0].decrypt(sealed.encode())
        except InvalidToken:
            return self.seal_bytes(self.open_bytes(sealed))
        return sealed

    def token(self, purpose: str) -> str:
        """A token of 32 lower-case characters (160 bits) that follows from the purpose alone."""
        return self.tokens(purpose)[0]

    def fresh_tokens(self, purpose: str) -> Sequence[str]:
        """That token, and those that the old keys gave."""
        told = surrogates.replaced(purpose).encode()
        digests = (hmac.digest(each, told, "sha256")[:20] for each in self._tokens)
        return tuple(base64.b32encode(each).decode().lower() for each in digests)


def _derived(use: str, key: str) -> bytes:
    return hashlib.sha256(f"hookline:{use}:{key}".encode()).digest()

"""The vault derives from SECRET_KEY: it encrypts what is stored, and makes unguessable tokens."""

import base64
import hashlib
import hmac
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from integration.kernel.errors import SettingsError


class Vault:
    """Encrypts small JSON values (Fernet: AES-128-CBC with HMAC-SHA256) and makes tokens."""

    def __init__(self, secret_key: str) -> None:
        self._root = secret_key.encode()
        self._tokens = self._derive("tokens")
        self._fernet = Fernet(base64.urlsafe_b64encode(self._derive("encryption")))
        # The credentials of each connection in use are opened for each of its calls.
        self._opened = lru_cache(maxsize=1000)(self._fernet.decrypt)

    def seal(self, value: Any) -> str:
        return self._fernet.encrypt(json.dumps(value).encode()).decode()

    def open(self, sealed: str) -> Any:
        """The sealed value. Raises SettingsError where it was sealed under another key."""
        try:
            return json.loads(self._opened(sealed.encode()))
        except InvalidToken as error:
            raise SettingsError(
                "SECRET_KEY is not the one that stored credentials were encrypted with;"
                " set the old one again, or connect the accounts again."
            ) from error

    def token(self, purpose: str) -> str:
        """A token of 32 lower-case characters (160 bits) that follows from the purpose alone."""
        digest = hmac.digest(self._tokens, purpose.encode(), "sha256")[:20]
        return base64.b32encode(digest).decode().lower()

    def _derive(self, use: str) -> bytes:
        return hashlib.sha256(b"hookline:" + use.encode() + b":" + self._root).digest()

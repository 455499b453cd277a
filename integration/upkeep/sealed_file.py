"""A sealed file: JSON values one after the other, encrypted, in lines of plain ASCII.

Each line is a Fernet token under a key of this file alone. It holds its number and whether it is
the last. So a line that is missing, exchanged or changed is noticed, and a file that ends early.
ASCII goes unharmed through `heroku run` and a clipboard.
"""

import base64
import json
import secrets
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from integration.kernel.errors import InvalidInput

MARK, VERSION = "hookline-backup", "1"
PORTION = 256 * 1024
"""Characters of JSON in one line, before they are packed."""
OTHER_FILE = "This is no backup of Hookline, or one of a newer release."
DAMAGED = "The backup is damaged or ends early: line {} cannot be opened. Nothing was restored."
OTHER_KEY = (
    "The backup was made under another SECRET_KEY or passphrase. Set that key in SECRET_KEY or"
    " OLD_SECRET_KEYS, or give its passphrase."
)


def write(file: IO[str], passphrase: str, values: Iterable[Any]) -> None:
    """Write the values, as few at a time as fit into a line."""
    salt = secrets.token_hex(16)
    print(MARK, VERSION, salt, file=file)
    key, number, held, size = _key(passphrase, salt), 0, list[str](), 0
    for value in values:
        held.append(json.dumps(value, separators=(",", ":")))
        size += len(held[-1])
        if size > PORTION:
            print(_line(key, number, held, more=True), file=file)
            number, held, size = number + 1, [], 0
    print(_line(key, number, held, more=False), file=file)


def _line(key: Fernet, number: int, values: Sequence[str], *, more: bool) -> str:
    text = f"[{number},{'true' if more else 'false'},[{','.join(values)}]]"
    return key.encrypt(zlib.compress(text.encode())).decode()


def read(file: IO[str], passphrases: Sequence[str]) -> Iterator[Any]:
    """The values again. Raises InvalidInput for any other file, a damaged one, one that ends early,
    and where none of the passphrases opens it."""
    head = file.readline().split()
    if len(head) != 3 or head[:2] != [MARK, VERSION]:
        raise InvalidInput(OTHER_FILE)
    keys = [_key(each, head[2]) for each in passphrases]
    number, more, key = 0, True, None
    while more:
        line = file.readline().strip().encode()
        key = key or _fitting(keys, line)
        found, more, values = _opened(key, line, number)
        if found != number:
            raise InvalidInput(DAMAGED.format(number + 2))
        yield from values
        number += 1


def _fitting(keys: Sequence[Fernet], line: bytes) -> Fernet:
    for key in keys:
        try:
            key.decrypt(line)
        except InvalidToken:
            continue
        return key
    raise InvalidInput(OTHER_KEY)


def _opened(key: Fernet, line: bytes, number: int) -> tuple[int, bool, list[Any]]:
    try:
        found, more, values = json.loads(zlib.decompress(key.decrypt(line)))
    except InvalidToken as error:
        raise InvalidInput(DAMAGED.format(number + 2)) from error
    return found, more, values


def _key(passphrase: str, salt: str) -> Fernet:
    """Slow on purpose (some 0.1 s and 32 MiB): a person's passphrase can be guessed."""
    made = Scrypt(salt=bytes.fromhex(salt), length=32, n=2**15, r=8, p=1)
    return Fernet(base64.urlsafe_b64encode(made.derive(passphrase.encode())))

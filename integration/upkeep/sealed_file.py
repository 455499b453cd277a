"""A sealed file: JSON values one after the other, encrypted, in lines of plain ASCII.

Each line is a Fernet token under a key of this file alone. It holds its number and whether it is
the last. So a line that is missing, exchanged or changed is noticed, and a file that ends early.
ASCII goes unharmed through `heroku run` and a clipboard. `heroku run` also puts into the file what
the command says beside it, so lines that are not ours are passed over.
"""

import base64
import json
import re
import secrets
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from integration.kernel.errors import InvalidInput

MARK, VERSION = "hookline-backup", "1"
HEAD = re.compile(rf"{MARK} {VERSION} ([0-9a-f]{{32}})")
TOKEN = "gAAAA"
"""How each Fernet token begins: with its version, and the first bytes of a time."""
FRAME, BLOCK = 57, 16
"""Bytes of a token beside what is encrypted, and those of one block of that."""
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
    print(MARK, VERSION, salt, file=file, flush=True)
    key, number, held, size = _key(passphrase, salt), 0, list[str](), 0
    for value in values:
        held.append(json.dumps(value, separators=(",", ":")))
        size += len(held[-1])
        if size > PORTION:
            # Whole: what is said meanwhile may end up in the same file.
            print(_line(key, number, held, more=True), file=file, flush=True)
            number, held, size = number + 1, [], 0
    print(_line(key, number, held, more=False), file=file, flush=True)


def _line(key: Fernet, number: int, values: Sequence[str], *, more: bool) -> str:
    text = f"[{number},{'true' if more else 'false'},[{','.join(values)}]]"
    return key.encrypt(zlib.compress(text.encode())).decode()


def read(file: IO[str], passphrases: Sequence[str]) -> Iterator[Any]:
    """The values again. Raises InvalidInput for any other file, a damaged one, one that ends early,
    and where none of the passphrases opens it."""
    lines = _lines(file)
    place, first = next(lines, (0, ""))
    head = HEAD.fullmatch(first)
    if not head:
        raise InvalidInput(OTHER_FILE)
    keys = [_key(each, head[1]) for each in passphrases]
    number, more, key = 0, True, None
    while more:
        place, line = next(lines, (place + 1, ""))
        key = key or _fitting(keys, line.encode(), place)
        found, more, values = _opened(key, line.encode(), place)
        if found != number:
            raise InvalidInput(DAMAGED.format(place))
        yield from values
        number += 1


def _lines(file: IO[str]) -> Iterator[tuple[int, str]]:
    """Our lines, each with its number in the file."""
    for place, line in enumerate(file, 1):
        if line.startswith((MARK, TOKEN)):
            yield place, line.strip()


def _fitting(keys: Sequence[Fernet], line: bytes, place: int) -> Fernet:
    for key in keys:
        try:
            key.decrypt(line)
        except InvalidToken:
            continue
        return key
    raise InvalidInput(OTHER_KEY if _is_whole(line) else DAMAGED.format(place))


def _is_whole(line: bytes) -> bool:
    """Whether it is as long as a token is. One that was cut off almost never is."""
    try:
        size = len(base64.urlsafe_b64decode(line))
    except ValueError:
        return False
    return size > FRAME and (size - FRAME) % BLOCK == 0


def _opened(key: Fernet, line: bytes, place: int) -> tuple[int, bool, list[Any]]:
    try:
        found, more, values = json.loads(zlib.decompress(key.decrypt(line)))
    except InvalidToken as error:
        raise InvalidInput(DAMAGED.format(place)) from error
    return found, more, values


def _key(passphrase: str, salt: str) -> Fernet:
    """Slow on purpose (some 0.1 s and 32 MiB): a person's passphrase can be guessed."""
    made = Scrypt(salt=bytes.fromhex(salt), length=32, n=2**15, r=8, p=1)
    return Fernet(base64.urlsafe_b64encode(made.derive(passphrase.encode())))

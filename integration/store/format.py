"""The format of the records in the store: its number, and which one this release can read.

A release raises FORMAT when an older release could not work on what it writes. New facts that
older releases pass over raise nothing; docs/data-model.md says which additions are safe.
"""

from redis.exceptions import ResponseError

from integration.kernel.errors import SettingsError
from integration.store import keys
from integration.store.client import TextStore

FORMAT = 1


def claim(db: TextStore) -> None:
    """Write our number into a store that has an older one or none.

    Raises SettingsError where a newer release has written in a format that we cannot read, and
    where the key holds no text.
    """
    found = _found(db) or "0"
    if found.isascii() and found.isdecimal() and int(found) > FORMAT:
        raise SettingsError(
            f"The store has format {found}, and this release reads up to format {FORMAT}:"
            " a newer release has written into it. Run that release, or restore the backup"
            " from before the upgrade (docs/upgrading.md)."
        )
    if found != str(FORMAT):
        db.set(keys.FORMAT, FORMAT)


def _found(db: TextStore) -> str | None:
    try:
        number: str | None = db.get(keys.FORMAT)
    except ResponseError as error:
        if not str(error).startswith("WRONGTYPE"):
            raise
        raise SettingsError(
            f"The store's {keys.FORMAT} is a {db.type(keys.FORMAT)}, and Hookline keeps a number"
            " there. Check that REDIS_URL names Hookline's own store, or restore the backup"
            " (docs/upgrading.md)."
        ) from error
    return number

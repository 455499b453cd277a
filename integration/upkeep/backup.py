"""`hookline backup`: a copy of the store in one sealed file, while the service runs."""

from collections import Counter
from collections.abc import Iterator
from typing import IO, Any

from integration.accounts import credentials
from integration.kernel.errors import SettingsError
from integration.services import Services
from integration.store import clock
from integration.store.format import FORMAT
from integration.upkeep import contents, sealed_file
from integration.upkeep.progress import Progress

"""Takes how many keys are done, and of how many."""
TOLD = {
    "workspaces": "workspace_api_keys",
    "connections": "connection",
    "hooks": "hook",
    "consumers": "consumer",
    "jobs": "job",
    "inboxes": "inbox",
}
"""What the summary counts, and the store's keys that stand for it."""

OTHERWISE = "Until then, a copy can be sealed under a passphrase (--passphrase-file)."


def backup(
    services: Services, file: IO[str], passphrase: str | None, progress: Progress
) -> dict[str, object]:
    """Write the copy, sealed under the passphrase or else SECRET_KEY; returns how much of what it
    holds.

    Under a passphrase it holds the secret keys as well, so the passphrase is all that it takes.
    Raises SettingsError where it would be sealed under a SECRET_KEY that is not the service's.
    """
    if not passphrase:
        _check_key(services)
    clock.look(services.db)
    settings = services.settings
    secret_keys = [settings.secret_key, *settings.old_secret_keys] if passphrase else []
    wanted = contents.names(services.db)
    head = {
        "format": FORMAT,
        "made_ms": clock.wall_ms(),
        "keys": len(wanted),
        "secret_keys": secret_keys,
    }
    counted: Counter[str] = Counter()
    values = _values(services, head, wanted, counted, progress)
    sealed_file.write(file, passphrase or settings.secret_key, values)
    return {"keys": counted.total(), **{word: counted[name] for word, name in TOLD.items()}}


def _check_key(services: Services) -> None:
    try:
        credentials.check_any(services)
    except SettingsError as error:
        raise SettingsError(f"{error.message} {OTHERWISE}") from error


def _values(
    services: Services,
    head: dict[str, Any],
    wanted: contents.Names,
    counted: Counter[str],
    progress: Progress,
) -> Iterator[Any]:
    kinds = {name: key.name for name, key in wanted}
    yield head
    for piece in contents.pieces(services.db, wanted):
        if piece.begins:
            counted[kinds[piece.name]] += 1
            progress(counted.total(), len(wanted))
        yield piece

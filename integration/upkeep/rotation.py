"""`hookline rotate-secret-key`: seal everything that is stored under SECRET_KEY.

OLD_SECRET_KEYS opens what earlier keys sealed. A value is replaced only where it is still the one
that was read, so the service may run meanwhile. A second run is harmless: it finds what is left.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from redis.exceptions import ResponseError, WatchError

from integration.accounts import bootstrap, connections
from integration.hooks import record
from integration.kernel.errors import SettingsError
from integration.services import Services
from integration.store import damaged, keys
from integration.store.vault import Vault
from integration.upkeep.progress import Progress, reported, untold

Fields = Mapping[str, str]
Change = Callable[[Vault, Fields], Fields]
"""Makes the fields to be written from a record; none where its seals are right."""
SEALS = {"sealed", connections.REPLACED}
"""What is sealed of an account that was left."""


def rotate(services: Services, progress: Progress = untold) -> dict[str, object]:
    """How many records were looked at and sealed again, and which none of our keys opens."""
    resealed, unopened = 0, []
    places = list(_places(services))
    for name, change in reported(places, progress):
        try:
            resealed += _changed(services, name, change)
        except (SettingsError, *damaged.NONSENSE):
            unopened.append(name)
        except ResponseError as error:
            damaged.note_refusal(services.db, name, error)
            unopened.append(name)
    resealed += _left_accounts(services)
    return {
        "looked_at": len(places),
        "resealed": resealed,
        "unopened": unopened,
        "message": _said(unopened),
    }


def _said(unopened: list[str]) -> str:
    if unopened:
        return (
            "None of your keys opens what `unopened` lists. Name the key that sealed it in"
            " OLD_SECRET_KEYS and run this again; or connect the accounts and subscribe the hooks"
            " again."
        )
    return (
        "SECRET_KEY opens everything. Leave the old key in OLD_SECRET_KEYS while a provider calls"
        " an address that you set there by hand under it."
    )


def _places(services: Services) -> Iterator[tuple[str, Change]]:
    db = services.db
    promised = {each.id: each for each in bootstrap.promised(services)}
    for each in sorted(db.smembers(keys.CONNECTIONS)):
        own = promised.get(each)
        yield keys.connection(each), partial(_connection, dict(own.settings) if own else None)
        yield keys.sync_state(each), _sync_state
    for workspace in sorted(db.smembers(keys.WORKSPACES)):
        for each in sorted({*db.hvals(keys.hooks(workspace))}):
            yield keys.hook(each), _hook
        for each in sorted({*db.scan_iter(keys.media_bytes(workspace, "*"), count=1000)}):
            yield each, _file


def _connection(promised: object, vault: Vault, found: Fields) -> Fields:
    """`promised` are the settings that the environment names: those need no old key."""
    try:
        sealed = vault.resealed(found["sealed"])
    except SettingsError:
        if promised is None:
            raise
        sealed = vault.seal(promised)
    return {} if sealed == found["sealed"] else {"sealed": sealed}


def _sync_state(vault: Vault, found: Fields) -> Fields:
    fields = {}
    for name in {"registered", connections.REPLACED} & found.keys():
        try:
            fields[name] = vault.resealed(found[name]) if found[name] else ""
        except SettingsError:
            # Nothing tells what we wrote there. The next look writes our address of now.
            fields[name] = ""
    if left := found.get("left"):
        with_seal = json.loads(left)
        fields["left"] = json.dumps({**with_seal, "sealed": vault.resealed(with_seal["sealed"])})
    return {name: value for name, value in fields.items() if value != found[name]}


def _hook(vault: Vault, found: Fields) -> Fields:
    before = record.joined(found)
    sealed = vault.resealed(before)
    return {} if sealed == before else record.pieces(sealed)


def _file(vault: Vault, found: Fields) -> Fields:
    sealed = vault.resealed(found["sealed"])
    return {} if sealed == found["sealed"] else {"sealed": sealed}


def _changed(services: Services, name: str, change: Change) -> bool:
    """Whether the record was written, however many others change it meanwhile."""
    while True:
        with services.db.pipeline(transaction=True) as pipe:
            pipe.watch(name)
            found = pipe.hgetall(name)
            fields = change(services.vault, found) if found else {}
            if not fields:
                return False
            pipe.multi()
            pipe.hset(name, mapping=fields)
            if name.startswith(keys.connection("")):
                # Processes that hold the connection compare its seal.
                pipe.set(keys.connections_stamp(found["workspace"]), secrets.token_hex(8))
            try:
                pipe.execute()
            except WatchError:
                continue
            return True


def _left_accounts(services: Services) -> int:
    """Seal again what is kept for a day of accounts that connections have left."""
    done, reseal = 0, services.vault.resealed
    for packed, due in services.db.zrange(keys.LEFT_ACCOUNTS, 0, -1, withscores=True):
        left = json.loads(packed)
        try:
            sealed = {name: reseal(left[name]) for name in SEALS & left.keys()}
            again = json.dumps(left | sealed)
        except SettingsError:
            continue
        if again != packed and services.db.zrem(keys.LEFT_ACCOUNTS, packed):
            services.db.zadd(keys.LEFT_ACCOUNTS, {again: due})
            done += 1
    return done

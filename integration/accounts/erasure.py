"""Erasure of a workspace: its keys first, then all that the store holds of it.

What is in flight at that moment may write once more. So the ids of its connections and hooks are
kept for a minute, and a second pass of the scheduler takes what they lead to. That pass also ends
what a crash broke off.
"""

from collections.abc import Collection, Iterable, Iterator, Set
from itertools import islice

from integration.accounts import api_keys, connections
from integration.accounts.workspaces import DEFAULT, check
from integration.kernel.errors import Conflict
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.client import TextStore, raw
from integration.store.clock import wall_ms

AT_ONCE = 1_000


def erase(services: Services, workspace: str) -> int:
    """Delete a workspace and everything of it; returns how many keys of the store went.

    The accounts that it leaves stay noted, sealed, until our webhook is out of them: a day at most.
    """
    db = services.db
    check(db, workspace)
    if workspace == DEFAULT:
        raise Conflict("The default workspace belongs to the service and stays.")
    ids = db.zrange(keys.workspace_connections(workspace), 0, -1)
    # First, so that the scheduler finishes what a crash breaks off from here on.
    with db.pipeline(transaction=True) as pipe:
        pipe.sadd(keys.erased(workspace), "-", *ids, *db.hvals(keys.hooks(workspace)))
        pipe.expire(keys.erased(workspace), lifetimes.ERASED_SECONDS)
        pipe.zadd(keys.ERASURES, {workspace: wall_ms() + lifetimes.SECOND_PASS_MS})
        pipe.srem(keys.WORKSPACES, workspace)
        pipe.execute()
    for connection in connections.listed(services, workspace):
        connections.forget(services, connection)
    return _passed(db, workspace)


def finish(services: Services, _: str = "") -> None:
    """The second pass over the workspaces that were erased a minute ago."""
    for workspace in services.db.zrangebyscore(keys.ERASURES, "-inf", wall_ms()):
        settle(services.db, workspace)


def settle(db: TextStore, workspace: str) -> None:
    """The second pass, also before a workspace of the same name is made."""
    if db.zscore(keys.ERASURES, workspace) is not None:
        _passed(db, workspace)
        db.delete(keys.erased(workspace))
        db.zrem(keys.ERASURES, workspace)


def _passed(db: TextStore, workspace: str) -> int:
    own = db.smembers(keys.erased(workspace))
    for _, _, record in api_keys.stored(db, workspace):
        api_keys.revoke(db, workspace, record["id"])
    jobs = _jobs(db, workspace, own)
    with db.pipeline(transaction=False) as pipe:
        for index in (keys.JOBS_DUE, keys.JOBS_LEASED):
            for some in _portions(jobs):
                pipe.zrem(index, *some)
        for index in (keys.LANES, keys.HOOKS_DUE, keys.MEDIA_DUE):
            pipe.zrem(index, *own)
        for index in (keys.SYNC_ASKED, keys.CONNECTIONS):
            pipe.srem(index, *own)
        for member in db.smembers(keys.FANOUT_OWED):
            if member.rpartition(" ")[0] == workspace:
                pipe.srem(keys.FANOUT_OWED, member)
        pipe.execute()
    names = [keys.job(each) for each in jobs]
    return _deleted(db, [*names, *_deliveries(db, workspace), *_named(db, workspace, own)])


def _jobs(db: TextStore, workspace: str, own: Set[str]) -> set[str]:
    """The jobs of the workspace, and those that wait in its lanes. Its list has the newest alone,
    its index of statuses not those of a release before."""
    found = set(db.lrange(keys.jobs(workspace), 0, -1))
    found.update(db.zrange(keys.job_statuses(workspace), 0, -1))
    for each in own:
        for lane in (keys.lane_due, keys.lane_asks, keys.lane_out):
            found.update(db.zrange(lane(each), 0, -1))
        for scope in db.zrange(keys.lane_paced(each), 0, -1):
            found.update(db.zrange(keys.lane_queue(each, scope), 0, -1))
    return found


def _deliveries(db: TextStore, workspace: str) -> list[str]:
    """The records of its deliveries. Each says whose it is, and no list has them all."""
    found: list[str] = []
    for some in _portions(db.scan_iter(raw(keys.delivery("*")), count=AT_ONCE)):
        with db.pipeline(transaction=False) as pipe:
            for each in some:
                pipe.hget(raw(each), "workspace")
            # An error in the place of a reply belongs to a key that holds something else.
            whose = pipe.execute(raise_on_error=False)
        found += [name for name, home in zip(some, whose, strict=True) if home == workspace]
    return found


def _named(db: TextStore, workspace: str, own: Set[str]) -> list[str]:
    """Keys that bear the workspace's name, or the id of one of its connections or hooks."""
    home, kept = keys.jobs(workspace).removesuffix("jobs"), keys.erased(workspace)
    found = db.scan_iter(keys.OURS, count=AT_ONCE)
    mine = [name for name in found if name.startswith(home) or not own.isdisjoint(name.split(":"))]
    return [name for name in mine if name != kept]


def _deleted(db: TextStore, names: Collection[str]) -> int:
    return sum(int(db.delete(*some)) for some in _portions(names))


def _portions(names: Iterable[str]) -> Iterator[list[str]]:
    every = iter(names)
    while some := list(islice(every, AT_ONCE)):
        yield some

"""Every Redis key, and how long each lives.

`{…}` holds the part that a cluster would hash: all keys of a workspace fall together.
"""

from __future__ import annotations

DAY_MS = 86_400_000
IDEMPOTENCY_SECONDS = 86_400
"""How long an idempotency key gives its first answer again (CONTRACT: 24 h)."""
JOB_SECONDS = 30 * 86_400
"""How long a settled job can be looked up."""
SENDS_SECONDS = 3 * 86_400
"""How long it is remembered which jobs send one and the same thing."""
PARKED_SECONDS = 2 * 86_400
"""How long a receipt waits for the send it belongs to."""
DELIVERY_SECONDS = 30 * 86_400
"""How long a delivery that is not settled is kept, also while its hook is paused."""
SETTLED_DELIVERY_SECONDS = 7 * 86_400
"""How long a delivered or dead delivery stays in the log and can be replayed."""
CONSUMER_SECONDS = 90 * 86_400
"""How long an unused consumer's cursor is kept."""
NUMBERS_SECONDS = 400 * 86_400
"""How long after its last message a connection's known numbers are kept."""
READER_SECONDS = 7 * 86_400
"""How long after its last poll an inbox counts as read."""
UNREADABLE_KEPT = 50
"""Webhook bodies kept for inspection, per workspace."""
DELIVERIES_KEPT = 200
"""Entries of one hook's delivery log."""
HOOKS_MOST = 1_000
"""Hooks of one workspace: each event costs a delivery for every hook that wants it."""
EMPTIED_SECONDS = 30 * 86_400
"""How long it is remembered that the store was emptied."""
BROKEN_KEPT = 1_000
"""Broken records that are remembered, the newest."""
JOBS_KEPT = 100_000
"""Jobs listed per workspace; older ones leave the list and expire."""

HOOK_PREFIX = "hl:hook:"
HOST_PREFIX = "hl:host:"
DELIVERY_PREFIX = "hl:delivery:"
JOB_PREFIX = "hl:job:"
WORKSPACE_PREFIX = "hl:ws:{"
CONNECTION_PREFIX = "hl:connection:"
SENDS_PREFIX = "hl:sends:"
SYNC_PREFIX = "hl:sync:"
"""For scripts that come upon ids while they run."""

RQ_ACTIONS = "hookline-actions"
RQ_DELIVERIES = "hookline-deliveries"


def _key(*parts: str) -> str:
    return ":".join(("hl", *parts))


# Accounts
WORKSPACES = _key("workspaces")
API_KEYS = _key("api-keys")
CONNECTIONS = _key("connections")


def workspace_api_keys(workspace: str) -> str:
    return _key("ws", f"{{{workspace}}}", "api-keys")


def workspace_connections(workspace: str) -> str:
    return _key("ws", f"{{{workspace}}}", "connections")


def connections_stamp(workspace: str) -> str:
    """Text that is another one after each change of the workspace's connections."""
    return _key("ws", f"{{{workspace}}}", "connections", "stamp")


def connection(connection_id: str) -> str:
    return _key("connection", connection_id)


def quota(subject: str) -> str:
    """The calls that still count against a limit, packed."""
    return _key("quota", subject)


# Provider to platform
def inbox(workspace: str, kind: str) -> str:
    return _key("ws", f"{{{workspace}}}", "inbox", kind)


def numbers(connection_id: str) -> str:
    """Set of the conversations that a connection has had, by id."""
    return _key("numbers", connection_id)


def seen(connection_id: str, day: str) -> str:
    return _key("seen", connection_id, day)


def sync_state(connection_id: str) -> str:
    return _key("sync", connection_id)


def sync_flight(connection_id: str) -> str:
    return _key("sync", connection_id, "flight")


def permits(connection_id: str) -> str:
    return _key("permits", connection_id)


def device_list(connection_id: str) -> str:
    return _key("devices", connection_id)


def reader(workspace: str) -> str:
    """Says that somebody polls this workspace's inbox; forgotten after READER_SECONDS."""
    return _key("ws", f"{{{workspace}}}", "reader")


def listened(workspace: str, kind: str) -> str:
    """Says that somebody listens for this kind of event, which takes looking at providers."""
    return _key("ws", f"{{{workspace}}}", "listened", kind)


def watched(connection_id: str, kind: str) -> str:
    return _key("watched", connection_id, kind)


def watch_flight(connection_id: str, kind: str) -> str:
    return _key("watched", connection_id, kind, "flight")


def registration_lock(connection_id: str) -> str:
    return _key("registration", connection_id)


def consumer(workspace: str, name: str) -> str:
    return _key("ws", f"{{{workspace}}}", "consumer", name)


def unreadable(workspace: str) -> str:
    return _key("ws", f"{{{workspace}}}", "unreadable")


def hooks(workspace: str) -> str:
    return _key("ws", f"{{{workspace}}}", "hooks")


def hooks_revision(workspace: str) -> str:
    """What is new with every change to a workspace's hooks."""
    return _key("ws", f"{{{workspace}}}", "hooks", "revision")


def hook(hook_id: str) -> str:
    return _key("hook", hook_id)


def hook_due(hook_id: str) -> str:
    return _key("hook", hook_id, "due")


def hook_log(hook_id: str) -> str:
    return _key("hook", hook_id, "log")


def fanout_position(workspace: str, kind: str) -> str:
    return _key("ws", f"{{{workspace}}}", "fanout", kind)


FANOUT_OWED = _key("fanout", "owed")
"""Set of "workspace kind" whose inbox holds events that were not fanned out yet."""
WAKE = _key("wake")
"""A list that a drain blocks on; one token says "look now"."""
HOOKS_DUE = _key("hooks", "due")
"""Sorted set: hook id by the time its next delivery is due (ms)."""
DELIVERIES_LEASED = _key("deliveries", "leased")
"""Hash: delivery id to the drain that has it under way, its hook and its host."""
DELIVERIES_BUSY = _key("deliveries", "busy")
"""Hash: how many deliveries are under way for each hook and each host that has any."""
DRAINS = _key("drains")
"""Sorted set: drain by the end of its lease (ms)."""


def delivery(delivery_id: str) -> str:
    return _key("delivery", delivery_id)


def owed(workspace: str) -> str:
    """Sorted set: delivery id by its event's position, while it is not settled."""
    return _key("ws", f"{{{workspace}}}", "owed")


# Platform to provider
def job(job_id: str) -> str:
    return _key("job", job_id)


def jobs(workspace: str) -> str:
    """List of the workspace's job ids, the newest first."""
    return _key("ws", f"{{{workspace}}}", "jobs")


JOBS_DUE = _key("jobs", "due")
"""Sorted set: job id by the time it may next be tried (ms)."""
JOBS_LEASED = _key("jobs", "leased")
"""Sorted set: job id by the end of the lease of the process that is sending it (ms)."""


def idempotency(workspace: str, digest: str) -> str:
    """Text: the digest of the body that came with the key, and the ids of its jobs."""
    return _key("ws", f"{{{workspace}}}", "idempotency", digest)


def references(connection_id: str) -> str:
    """Begin of the names of hashes: a provider's id to our job's. See provider_ids.lua."""
    return _key("references", connection_id)


def parked(connection_id: str, provider_id: str) -> str:
    return _key("parked", connection_id, provider_id)


def sends(connection_id: str) -> str:
    """Stream: what a connection was told to send, by a digest of it and the job's id."""
    return f"{SENDS_PREFIX}{connection_id}"


def settled_signal(job_id: str) -> str:
    return _key("settled", job_id)


def heartbeat(kind: str) -> str:
    return _key("heartbeat", kind)


COUNTERS = _key("counters")
CLOCK = _key("clock")
"""The time that all processes agree on; a hash with the steady time and the store's."""
EMPTIED = _key("emptied")
"""When the store before this one was last seen (ms), should it have been emptied under us."""
BROKEN = _key("broken")
"""Sorted set: keys of records that could not be read, by when that was first seen (ms)."""
EMPTY_MARK = _key("born")
"""Written once to a store; its absence says that the store is new or was emptied."""

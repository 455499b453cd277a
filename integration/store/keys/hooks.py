"""Keys of hooks and of deliveries to them."""

from __future__ import annotations

from functools import partial

from integration.store.key import USER_DATA, Key

_key = partial(Key, owner="hooks")

hooks = _key(
    "hooks",
    "hl:ws:{<workspace>}:hooks",
    "hash",
    "Digest of each subscription: the hook's id.",
    permanent=USER_DATA,
)
hooks_revision = _key(
    "hooks_revision",
    "hl:ws:{<workspace>}:hooks:revision",
    "string",
    "A text that changes with every change of the workspace's hooks.",
    permanent=USER_DATA,
)
hook = _key(
    "hook",
    "hl:hook:<hook>",
    "hash",
    "One hook; its address and secrets are sealed.",
    permanent=USER_DATA,
)
hook_due = _key(
    "hook_due",
    "hl:hook:<hook>:due",
    "sorted set",
    "Deliveries that wait for this hook, by when they are due (ms).",
    cap="the deliveries that are owed",
)
hook_log = _key(
    "hook_log",
    "hl:hook:<hook>:log",
    "sorted set",
    "Delivery log: delivery ids by when they were made (ms).",
    expires="30 days after the last delivery; the newest 200 and some",
)
host = _key(
    "host",
    "hl:host:<host>",
    "hash",
    "Failures in a row of a target host, and until when it is left alone.",
    expires="an hour after the last attempt",
)
HOOKS_DUE = _key(
    "hooks_due",
    "hl:hooks:due",
    "sorted set",
    "Hooks by when their next delivery is due (ms).",
    cap="one entry a hook",
)()
delivery = _key(
    "delivery",
    "hl:delivery:<delivery>",
    "hash",
    "One event on its way to one hook, with every attempt.",
    expires="30 days while it waits, 7 days after it is settled",
)
owed = _key(
    "owed",
    "hl:ws:{<workspace>}:owed",
    "sorted set",
    "Deliveries that are not settled, by their event's time; their events stay in the inbox.",
    cap="the deliveries that are owed",
)
DELIVERIES_LEASED = _key(
    "deliveries_leased",
    "hl:deliveries:leased",
    "hash",
    "Delivery in flight: `drain hook host`.",
    cap="the capacity of all drains",
)()
DELIVERIES_BUSY = _key(
    "deliveries_busy",
    "hl:deliveries:busy",
    "hash",
    "Hook or host: its deliveries in flight.",
    cap="the capacity of all drains",
)()
DRAINS = _key(
    "drains",
    "hl:drains",
    "sorted set",
    "Drains by the end of their lease (ms).",
    cap="one entry a worker",
)()
WAKE = _key(
    "wake",
    "hl:wake",
    "list",
    "Wake-ups: one token makes one drain look at once.",
    cap="about 8 tokens",
)()

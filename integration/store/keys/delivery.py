"""Keys of the way from the inbox to a hook's target."""

from functools import partial

from integration.store import lifetimes
from integration.store.key import Key

_key = partial(Key, owner="delivery")
_OWED = "the deliveries that are not settled"

fanout_position = _key(
    "hl:ws:{<workspace>}:fanout:<kind>",
    "string",
    "Position in the inbox up to which events were fanned out.",
    permanent="One small text for each inbox; without it a hook would get old events again.",
)
FANOUT_OWED = _key(
    "hl:fanout:owed",
    "set",
    "`workspace kind` of each inbox that holds events not fanned out yet.",
    cap="one entry for each inbox",
)()
delivery = _key(
    "hl:delivery:<delivery>",
    "hash",
    "One event that one hook is owed, with every attempt.",
    fields={
        "id": "the delivery's id, which follows from hook and event",
        "hook": "the hook's id",
        "workspace": "its workspace",
        "inbox": "the key of the inbox that holds the event",
        "position": "the event's place in that inbox",
        "event": "the event's id",
        "body": "the event itself, where no inbox holds it (a test)",
        "status": "`queued`, `delivered` or `dead`",
        "tries": "attempts made so far",
        "attempts": "JSON lists between commas: time (ms), HTTP status, milliseconds, detail, 1"
        " where it was asked for by hand, name of its answer",
        "created_ms": "when it was owed (ms)",
        "due_ms": "when the next attempt is due (ms)",
        "again": "when it was asked for again (ms), if it was",
    },
    seconds=lifetimes.RETENTION_MOST_SECONDS,
    expires="at most: RETENTION_DAYS after it was made, or asked for again",
)
hook_due = _key(
    "hl:hook:<hook>:due",
    "sorted set",
    "Deliveries that wait for this hook, scored by when they are due (ms).",
    cap=f"{_OWED}; of a paused hook those of the last RETENTION_DAYS",
)
hook_log = _key(
    "hl:hook:<hook>:log",
    "sorted set",
    "Delivery log of a hook: delivery ids, scored by when they were made (ms).",
    seconds=lifetimes.RETENTION_MOST_SECONDS,
    expires="at most: RETENTION_DAYS after the last delivery",
    cap=f"the newest {lifetimes.DELIVERIES_KEPT} and up to 50 more",
)
hook_dead = _key(
    "hl:hook:<hook>:dead",
    "sorted set",
    "Deliveries of a hook that ended without being taken, scored by when (ms).",
    seconds=lifetimes.RETENTION_MOST_SECONDS,
    expires="at most: RETENTION_DAYS after the last one",
    cap="those of the last RETENTION_DAYS",
)
hook_answers = _key(
    "hl:hook:<hook>:answers",
    "sorted set",
    "Names of the answers that are kept of a hook's target, scored by when each came last (ms).",
    seconds=lifetimes.ANSWERS_SECONDS,
    expires="at most, and no longer than RETENTION_DAYS: after the last answer",
    cap=f"the newest {lifetimes.ANSWERS_KEPT}",
)
hook_bodies = _key(
    "hl:hook:<hook>:bodies",
    "hash",
    "The first 4 KB of each of these answers; attempts that failed or were asked for by hand"
    " name them.",
    fields={"<answer>": "what the target answered"},
    seconds=lifetimes.ANSWERS_SECONDS,
    expires="with the names of the answers",
    cap=f"{lifetimes.ANSWERS_KEPT} answers",
)
hook_hours = _key(
    "hl:hook:<hook>:hours",
    "hash",
    "How the attempts of a hook ended, by the hour of the store's steady time.",
    fields={
        "t<hour>": "how many were taken",
        "f<hour>": "how many failed",
        "b<hour>": "how many met a target that asked for time",
    },
    seconds=lifetimes.HOURS_SECONDS,
    expires="after the last hour with attempts began",
    cap=f"{lifetimes.HOURS_KEPT} hours",
)
HOOKS_DUE = _key(
    "hl:hooks:due",
    "sorted set",
    "Hooks, scored by when their next delivery is due (ms).",
    cap="one entry for each hook",
)()
owed = _key(
    "hl:ws:{<workspace>}:owed",
    "sorted set",
    "Deliveries that are not settled, scored by their event's time; retention keeps these events.",
    cap=f"{_OWED}, of the last RETENTION_DAYS",
)
LEASED = _key(
    "hl:deliveries:leased",
    "hash",
    "The deliveries in flight.",
    fields={"<delivery>": "`drain hook place`"},
    cap="what all drains may have in flight",
)()
BUSY = _key(
    "hl:deliveries:busy",
    "hash",
    "How many deliveries are in flight for each hook and place.",
    fields={
        "<name>": "how many, by the id of the hook, by `at:workspace:host`, or by `hung:workspace`"
        " for posts that hang"
    },
    cap="what all drains may have in flight",
)()
DRAINS = _key(
    "hl:drains",
    "sorted set",
    "Drains, scored by the end of their lease (ms).",
    cap="one entry for each worker",
)()
WAKE = _key(
    "hl:wake",
    "list",
    "Wake-ups, which only drains read (`delivery/drain.py`): each token makes one look at once.",
    cap="about 8 tokens",
)()

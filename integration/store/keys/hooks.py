"""Keys of hooks: the subscriptions of a workspace."""

from functools import partial

from integration.store.key import USER_DATA, Key

_key = partial(Key, owner="hooks")

hooks = _key(
    "hl:ws:{<workspace>}:hooks",
    "hash",
    "The hooks of a workspace; one subscription is one hook.",
    fields={"<digest>": "id of the hook with this trigger, target and filters"},
    permanent=USER_DATA,
)
hooks_revision = _key(
    "hl:ws:{<workspace>}:hooks:revision",
    "string",
    "A text that changes with every change of the workspace's hooks.",
    permanent=USER_DATA,
)
hook = _key(
    "hl:hook:<hook>",
    "hash",
    "One hook.",
    fields={
        "workspace": "its workspace",
        "trigger": "the trigger's key",
        "filters": "JSON: only events with these values",
        "sealed<n>": "pieces of a JSON list that is encrypted under SECRET_KEY: target address,"
        " secret, the secret before a rotation, each old secret behind until when it signs (ms)",
        "old_until_ms": "until when old secrets sign as well, at most (ms)",
        "host": "names the target's host without telling it",
        "status": "`active` or `paused`",
        "status_detail": "why it was paused",
        "created_ms": "when it was made (ms)",
        "since": "position in the inbox; what lies before it is not for this hook",
        "platform": "the platform that subscribed",
        "description": "a person's note",
        "revision": "a text that changes with every change of the record",
        "failing_since": "when the first delivery since the last success failed (ms)",
        "last": "the last attempt as a JSON list, like one of a delivery's",
        "window": "how many posts may be in flight",
        "ceiling": "up to where the window grows with each post that is taken",
        "wait_until": "until when the target asked for time (ms)",
        "refusals": "how many waits came in a row, without a post that was taken",
        "dropped": "how many deliveries were dropped while it was paused",
        "hung": "1 where the last post had no answer in time",
        "missing": "of a release before: how many answers in a row were 404",
    },
    permanent=USER_DATA,
)

"""Keys of the files of received messages."""

from functools import partial

from integration.store import lifetimes
from integration.store.key import Key

_key = partial(Key, owner="media")
_MOST = lifetimes.MEDIA_HOURS * 3600
_EXPIRES = "at most: MEDIA_HOURS after the message was stored"

media = _key(
    "hl:ws:{<workspace>}:media:<media>",
    "hash",
    "One file of a received message, without its content.",
    fields={
        "connection": "the account that it came to",
        "event": "the id of its message",
        "source": "JSON: url (where the provider keeps it), content_type",
        "state": "`waiting` to be fetched, `asked` when its link is opened, `brought` by a webhook,"
        " `kept`, `left` for want of room, or `failed`",
        "reason": "why it is not there",
        "tries": "how often it was asked for",
        "type": "the content type as the provider gave it",
        "size": "its bytes",
    },
    seconds=_MOST,
    expires=_EXPIRES,
)
media_bytes = _key(
    "hl:ws:{<workspace>}:media-bytes:<media>",
    "hash",
    "The content of one such file.",
    fields={"sealed": "the bytes, encrypted under SECRET_KEY"},
    seconds=_MOST,
    expires=_EXPIRES,
)
media_kept = _key(
    "hl:ws:{<workspace>}:media-kept",
    "sorted set",
    "`media size` of each content that is kept, scored by when it expires (ms).",
    seconds=_MOST,
    expires="with the last one",
    cap="MEDIA_WORKSPACE_KB of content; the oldest goes first",
)
media_waiting = _key(
    "hl:media-waiting:<connection>",
    "sorted set",
    "The files to be fetched, scored by when (ms).",
    seconds=_MOST,
    expires="at most: MEDIA_HOURS after the last one came",
)
MEDIA_DUE = _key(
    "hl:media:due",
    "sorted set",
    "Connections with files to be fetched, scored by when a job is made for them (ms).",
    cap="one entry for each connection",
)()
media_lock = _key(
    "hl:media-flight:<connection>",
    "string",
    "Lock of the running turn that fetches an account's files: its holder's token.",
    seconds=lifetimes.MEDIA_FLIGHT_SECONDS,
    expires="after the turn began",
)

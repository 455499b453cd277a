"""Signs: what in a provider's answer shows that a call was done, and what shows a refusal.

A status line alone proves neither. What has no sign may or may not have been done.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from integration.kernel import reasons

DONE = frozenset(
    (
        *("success", "successful", "succeeded", "ok", "okay", "sent", "queued", "accepted"),
        *("submitted", "delivered", "pending", "scheduled", "sending", "processing", "created"),
    )
)
FAILED = frozenset(("error", "err", "fail", "failed", "failure"))
REFUSED = FAILED.union(
    ("rejected", "rejectd", "refused", "denied", "invalid", "insufficient", "not sent", "deleted"),
    ("undelivered", "undeliverable", "undeliv", "not delivered", "blocked", "expired"),
    ("unauthorized", "forbidden"),
)
ALONE = frozenset({"deleted"})
"""Words of refusal that begin no sentence of refusal: "Deleted successfully"."""
FLAGS = ("success", "ok")
STATUS = ("status", "state", "result", *FLAGS)
"""Members that hold a word of success or of failure. A `message` may be an echo of our own text,
which may begin with "Error:"."""
FLAGGED = ("status", "state", "result")
"""Those of them that may also be a mere flag."""
OF_STATE = ("status", "state")
"""Those that may be an object, all of whose words are of the state."""
YES, NO = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})
CODES, CODE = ("status", "statusCode", "status_code"), re.compile("[45][0-9]{2}")
"""HTTP statuses of refusal within a body."""
MEANT = {"429": 429, "too many attempts": 429, "too many requests": 429}
MEANT |= {"401": 401, "unauthenticated": 401}
"""What stands in the body of a refusal with status 200, by the status line that it stands for. The
sentences are whole ones: frameworks have them, and products built on one lose its status line."""
ERRORS = ("error", "errors", "requestError", "fault", *reasons.ERROR_TEXTS)
NO_SIGN = "answered with no sign of success"
NO_ERROR = frozenset({"", "0", "none", "null", "false", "no", "ok", "no error", "success"})
BARE = ("data", "result", "results", "response")
"""Wrappers that may hold a word of failure and nothing else: `"data": "Failed|No route"`."""
WRAPPERS = (*BARE, "message", "messages", "sms")
DEEPEST = 3
_ASIDE, _STATE = re.compile(r"[\W_]+"), re.compile(r"\bstat:(\w+)")


@dataclass(frozen=True, kw_only=True)
class Signs:
    """The signs of one provider. `ids` are dotted paths to the id that only a call which was done
    gets. `done` and `refused` are words, or whole sentences without punctuation, in lower case.
    `busy_is_undone` says that a 503 with Retry-After comes before anything is done. Elsewhere it
    may be a proxy's, in front of a provider that goes on."""

    ids: Sequence[str]
    done: frozenset[str] = DONE
    refused: frozenset[str] = REFUSED
    busy_is_undone: bool = False

    def refusal(self, data: Any, *, deep: bool) -> str | None:
        """Why the call was refused, "" without a reason; None where the answer shows no refusal.

        `deep` is for the answer to a call with an effect. The answer to a question describes things
        of the account, which have words of their own: a profile may be "expired".
        """
        words = self.refused if deep else FAILED
        places = list(_places(data, DEEPEST if deep else 1))
        for place in places:
            said = [*(_bare(place) if deep else ()), *_states(place)]
            refusing = [each for each in said if says(each, words)]
            if refusing or _refuses(place) or (deep and place is data and self._is_false(data)):
                tails = (tail(each) for each in (*refusing, *said) if isinstance(each, str))
                return reasons.of(place) or next(filter(None, tails), "") or reasons.of(data)
        return None

    def meant(self, data: Any, reason: str, *, deep: bool) -> int:
        """The status line that a refusal stands for, 0 where it shows none of MEANT."""
        places = _places(data, DEEPEST if deep else 1)
        codes = [str(place.get(name)) for place in places for name in CODES]
        return next((MEANT[each] for each in (*codes, word(reason)) if each in MEANT), 0)

    def shows_done(self, data: Any) -> bool:
        """Whether the answer shows that the call was done."""
        said = data.get("message") if isinstance(data, dict) else None
        if word(said) in self.done or self._has_id(data) or _is_state(data, "true"):
            return True
        return any(
            any(word(each) in self.done for each in _states(place))
            or any(_is(place.get(name), YES) for name in FLAGS)
            for place in _places(data, DEEPEST)
        )

    def _is_false(self, data: Any) -> bool:
        """Whether its state is a mere `false`. Beside a sign of success it may be of the thing that
        was made, such as "not read yet"."""
        return _is_state(data, "false") and not self.shows_done(data)

    def _has_id(self, data: Any) -> bool:
        return any(_id(data, path) for path in self.ids)


def _is_state(data: Any, flag: str) -> bool:
    """Whether the answer itself has such a flag for its state: `{"status": false}`. A number there
    is a code, whose 0 may be a success."""
    return isinstance(data, dict) and any(
        _is(data.get(name), frozenset({flag})) for name in FLAGGED
    )


def _refuses(place: dict[str, Any]) -> bool:
    """Whether it shows a refusal in other ways than by a word of state."""
    return (
        any(_is(place.get(name), NO) for name in FLAGS)
        or any(_is_error(place.get(name)) for name in ERRORS)
        or any(CODE.fullmatch(str(place.get(name))) for name in CODES)
    )


def _states(place: dict[str, Any]) -> Iterator[Any]:
    for name in STATUS:
        value = place.get(name)
        yield from value.values() if name in OF_STATE and isinstance(value, dict) else [value]


def _bare(place: dict[str, Any]) -> Iterator[Any]:
    for name in BARE:
        value = place.get(name)
        yield from value if isinstance(value, list) else [value]


def says(value: Any, words: frozenset[str]) -> bool:
    """Whether a state is one of the words of refusal, or begins with it: "Rejected by carrier"."""
    said = word(value)
    return said in words or any(said.startswith(f"{each} ") for each in words - ALONE)


def _places(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if not depth:
        return
    if isinstance(data, list):
        for each in data:
            yield from _places(each, depth - 1)
    elif isinstance(data, dict):
        yield data
        for name in WRAPPERS:
            yield from _places(data.get(name), depth - 1)


def _id(data: Any, path: str) -> bool:
    """Whether there is an id; 0 and less stand for none."""
    for step in path.split("."):
        data = data.get(step) if isinstance(data, dict) else None
    if isinstance(data, bool) or not isinstance(data, str | int):
        return False
    return str(data).strip().lower() not in ("", "0", "-1", "null", "none", "false")


def word(value: Any) -> str:
    """A word of state as it is compared: `Failed|No route` is "failed"."""
    if not isinstance(value, str):
        return ""
    # A receipt of SMPP, passed on whole: "id:16 sub:001 … stat:DELIVRD err:000".
    inner = _STATE.search(value)
    head = inner[1] if inner else re.split(r"[|:;]", value, maxsplit=1)[0]
    return _ASIDE.sub(" ", head).strip().casefold()


def tail(value: str) -> str:
    """What a gateway hangs on a word of state; all of a state of several words."""
    hung = value.partition("|")[2].strip()
    return hung or (value.strip() if " " in word(value) else "")


def _is(flag: Any, words: frozenset[str]) -> bool:
    return str(flag).strip().casefold() in words


def _is_error(value: Any) -> bool:
    """Whether a member for errors holds one. With `{"code": 0, "message": ""}`, all went well."""
    parts = value.values() if isinstance(value, dict) else [value]
    return any(
        each.strip().casefold() not in NO_ERROR if isinstance(each, str) else bool(each)
        for each in parts
    )

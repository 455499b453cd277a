"""Bad inputs that are mixed into the load: each must be refused, also while processes die."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class BadInput:
    """One call to the send action; `statuses` are the refusals that are right."""

    name: str
    body: bytes
    statuses: tuple[int, ...]
    headers: dict[str, str] = field(default_factory=dict)


def _json(name: str, body: str, *statuses: int, **headers: str) -> BadInput:
    shown = {key.replace("_", "-"): value for key, value in headers.items()}
    return BadInput(name=name, body=body.encode(), statuses=statuses or (422,), headers=shown)


_SEND = '{"phone": "+14155550123", "message": "bad"}'

BAD_INPUTS = (
    _json("no JSON", "{", 400),
    _json("an array", "[1, 2]", 400, 422),
    _json("nothing", "{}"),
    _json("no phone", '{"message": "bad"}'),
    _json("no number", '{"phone": "hello", "message": "bad"}'),
    _json("no message", '{"phone": "+14155550123"}'),
    _json("numbers for text", '{"phone": "+14155550123", "message": {"a": 1}}'),
    _json("an unknown SIM", _SEND[:-1] + ', "sim_slot": "SIM9"}'),
    _json("a time without a zone", _SEND[:-1] + ', "schedule_at": "2030-01-01T00:00:00"}'),
    _json("a connection that is not there", _SEND[:-1] + ', "connection": "con_none"}', 404, 422),
    _json("a wait too long", _SEND[:-1] + ', "wait": 99}'),
    _json("an idempotency key too long", _SEND, 422, Idempotency_Key="k" * 300),
    _json("too deep", "[" * 20_000 + "]" * 20_000, 400, 413, 422),
    _json("too large", '{"message": "' + "x" * 300_000 + '"}', 413),
    BadInput(name="bad UTF-8", body=b'{"phone": "\xff\xfe"}', statuses=(400, 422)),
    _json("form data", "phone=1&message=2", 400, 415, Content_Type="text/plain"),
    _json("an unknown key", _SEND, 401, Authorization="Bearer hk_nobody"),
)
"""A wrong key costs the client address its failed authentications, so 429 is right as well."""

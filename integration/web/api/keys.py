"""API keys over HTTP: made, listed, rotated, revoked."""

from typing import Any

from flask import Blueprint
from marshmallow import ValidationError

from integration.accounts import api_keys, workspaces
from integration.kernel.errors import Conflict, InvalidInput
from integration.kernel.fields import Inputs, Moment, Text, Word, longest
from integration.kernel.times import parse_strict
from integration.store import keys
from integration.store.clock import wall_ms
from integration.web.core import paging, reading, removal, trail
from integration.web.core.answers import Reply, as_json, page
from integration.web.core.current import caller, require, services, workspace

routes = Blueprint("keys", __name__, url_prefix="/v1/keys")


class Scopes(Text):
    """A list of scopes, as an array or as text with commas."""

    many = True

    def take(self, value: Any) -> Any:
        parts = value if isinstance(value, list) else str(value).split(",")
        words = [str(part).strip().lower() for part in parts]
        if not words or not {*words} <= {*api_keys.SCOPES, *api_keys.RELEASED}:
            raise ValidationError(f"Scopes are {', '.join(api_keys.SCOPES)}.")
        return api_keys.spelled_out(words)


class KeyInput(Inputs):
    name = Text(
        load_default="API key",
        label="Name",
        help="What the key is for.",
        sample="Zapier",
        validate=longest(100),
    )
    scopes = Scopes(
        label="Scopes", help="read, texts, act, hooks, admin; all when left out.", sample="read"
    )
    expires_at = Moment(
        label="Expires At",
        help="From when on the key opens nothing; never when left out.",
        sample="2027-01-31T09:00:00Z",
    )
    platform = Word(
        label="Platform",
        help="The platform that the key is for, such as zapier; its first call is then noted.",
        sample="zapier",
        validate=longest(60),
    )


@routes.get("")
def every() -> Reply:
    require("admin")
    return page(*paging.cut(listed()))


def listed() -> list[dict[str, Any]]:
    """The workspace's keys, each with the first call of one that is for a platform."""
    called = api_keys.first_calls(services().db, workspace())
    found = api_keys.listed(services().db, workspace())
    return [{**each, "first_call_at": called.get(each["id"])} for each in found]


@routes.post("")
def make() -> Reply:
    """The key itself is in this answer and never again."""
    require("admin")
    body = reading.body()
    if body.get("scopes") == []:
        sentence = "Choose what the key may do, one scope at least; leave scopes out for all."
        raise InvalidInput(sentence, errors={"scopes": [sentence]})
    wanted = reading.load(KeyInput, body)
    record, key = api_keys.create(
        services().db,
        workspace(),
        wanted["name"],
        scopes=wanted.get("scopes", api_keys.SCOPES),
        expires_at=_later(wanted.get("expires_at")),
        platform=wanted.get("platform"),
        limits=caller().limits,
        joins=True,
        wanted=services().settings.store_replicas,
    )
    workspaces.spread(services().db, workspace())
    trail.note("key.created", record["id"], f"{record['name']}: {', '.join(record['scopes'])}")
    return as_json({**record, "first_call_at": None, "key": key}, 201)


def _later(moment: str | None) -> str | None:
    if moment and parse_strict(moment).timestamp() * 1000 <= wall_ms():
        sentence = "expires_at lies in the past; give a time to come."
        raise InvalidInput(sentence, errors={"expires_at": [sentence]})
    return moment


def _check_source(key_id: str) -> None:
    """Raises Conflict for the key of the service's settings, which would be made again."""
    named = services().settings.hookline_api_key
    if named and key_id == f"key_{api_keys.digest_of(named)[:16]}":
        raise Conflict(
            "This key comes from the service's settings; change or remove HOOKLINE_API_KEY there."
        )


@routes.post("/<key_id>/rotate")
def rotate(key_id: str) -> Reply:
    """A new key under the same name and scopes; the old one opens for 24 hours more."""
    require("admin")
    own = services()
    _check_source(key_id)
    replicas = own.settings.store_replicas
    record, key = api_keys.rotate(own.db, workspace(), key_id, replicas)
    workspaces.spread(services().db, workspace())
    trail.note("key.rotated", key_id, f"{record['name']}: {record['id']} takes its place")
    return as_json({**record, "first_call_at": None, "key": key}, 201)


@routes.delete("/<key_id>")
def revoke(key_id: str) -> Reply:
    require("admin")
    if key_id == caller().key_id:
        raise Conflict("This is the key you are calling with; revoke it with another one.")
    _check_source(key_id)
    with removal.confirmed("HGET", keys.workspace_api_keys(workspace()), key_id):
        api_keys.revoke(services().db, workspace(), key_id)
        trail.note("key.revoked", key_id)
    return as_json({})

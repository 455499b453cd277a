"""Changes of an account: what a call makes of a connection that is there."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from integration.accounts.connections import ENVIRONMENT, Connection
from integration.kernel import base_url
from integration.kernel.errors import Conflict, InvalidInput
from integration.kernel.fields import Inputs, Text, longest
from integration.web.core import reading
from integration.web.core.current import services


class LabelInput(Inputs):
    label = Text(label="Label", help="A name of yours.", sample="Office", validate=longest(100))


def merging(label: str, given: Mapping[str, Any]) -> Callable[[Connection], Connection]:
    """What a call makes of a connection; "" leaves the label as it is."""

    def made(old: Connection) -> Connection:
        new = replace(old, label=label or old.label, settings=changed(old, given))
        if old.source == ENVIRONMENT and new != old:
            raise Conflict("This connection comes from the service's settings; change it there.")
        return new

    return made


def wanted_change(body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The label, "" for none, and the settings that a call changes."""
    named = reading.load(LabelInput, {"label": body.pop("label", None)})
    label = str(named.get("label") or "")
    return label, {name: value for name, value in settings_in(body).items() if value != ""}


def settings_in(body: dict[str, Any]) -> dict[str, Any]:
    """The settings that a body holds, in an object of their own or beside it."""
    nested = body.pop("settings", None) or body.pop("credentials", None) or {}
    if not isinstance(nested, dict):
        raise InvalidInput("settings must be an object.", errors={"settings": ["Not an object."]})
    return reading.together(nested, body)


def changed(old: Connection, given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with what is `given` in their place. Raises InvalidInput."""
    kind = services().catalog.provider(old.provider)
    fields = kind.settings().fields
    # Another spelling of its base URL would count as another account.
    if base_url.same(given.get("base_url"), old.settings.get("base_url"), kind.base_url):
        given = {name: value for name, value in given.items() if name != "base_url"}
    newer = {name: value for name, value in old.settings.items() if name not in fields}
    known = {name: value for name, value in old.settings.items() if name in fields}
    # A newer release may have stored settings that this one does not know; they stay.
    return newer | reading.load(kind.settings, {**known, **given})

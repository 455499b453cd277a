"""The setup sheet as a page for the person who types it into Pabbly's form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]

HEAD = """\
# Hookline on Pabbly Connect

Pabbly takes no file: an app is typed into its form (Developer Platform → App Integration). This
page holds what to type, `setup.json` the same for a program. `{{…}}` stands where Pabbly puts a
user's value; one that is empty means "not given".

What it says of actions and authentication follows Pabbly's published guides. Its guide to the
trigger form could not be read, so the fields there may have other names.
"""
FIELDS = ("Label", "Key", "Required", "Help", "Sample", "Choices")


def page(setup: Json) -> str:
    return "\n".join(
        [HEAD, *_authentication(setup), *_triggers(setup), *_actions(setup), *_dropdowns(setup)]
    )


def _authentication(setup: Json) -> Iterator[str]:
    form = setup["authentication"]
    yield "## Authentication\n"
    yield f"Type: {form['type']}. The account is named by `{form['account_name']}` of the test.\n"
    yield from _table(form["fields"])
    yield from _request("Test", form["test"])


def _triggers(setup: Json) -> Iterator[str]:
    yield "## Triggers\n"
    for each in setup["triggers"]:
        webhook, polling = each["webhook"], each["polling"]
        yield from _title(each)
        yield f"**Webhook, pasted**: make the hook at <{webhook['pasted']}> with Pabbly's webhook"
        yield "URL as target, then press *Send a test* there while Pabbly waits for a response.\n"
        yield "**Webhook, subscribed**\n"
        yield from _table(webhook["fields"])
        yield from _request("Subscribe", webhook["subscribe"])
        yield f"The answer's `{webhook['subscription_id']}` is the `{{{{id}}}}` below.\n"
        yield from _request("Test", webhook["test"])
        yield from _request("Unsubscribe", webhook["unsubscribe"])
        yield "**Polling**\n"
        yield from _table(polling["fields"])
        yield from _request("Poll", polling["request"])
        yield f"A new row is known by its `{polling['unique']}`.\n"
        yield from _sample(each)


def _actions(setup: Json) -> Iterator[str]:
    yield "## Actions\n"
    for each in setup["actions"]:
        yield from _title(each)
        yield from _table(each["fields"])
        yield from _request("Request", each["request"])
        yield from _sample(each)


def _dropdowns(setup: Json) -> Iterator[str]:
    yield "## Dropdowns\n"
    for each in setup["dropdowns"]:
        yield f"### {each['name']} (`{each['key']}`)\n"
        yield from _request("Request", each["request"])
        yield f"A row's value is its `{each['value']}`, its text its `{each['label']}`.\n"


def _title(part: Json) -> Iterator[str]:
    yield f"### {part['name']} (`{part['key']}`)\n"
    yield f"{part['description']}\n"


def _table(fields: Sequence[Json]) -> Iterator[str]:
    yield f"| {' | '.join(FIELDS)} |"
    yield "|---" * len(FIELDS) + "|"
    for each in fields:
        yield f"| {' | '.join(_row(each))} |"
    yield ""


def _row(field: Json) -> list[str]:
    needed = "yes" if field["required"] else ""
    facts = [field["label"], f"`{field['key']}`", needed, field["help"], f"`{field['sample']}`"]
    return [*facts, _choices(field)]


def _choices(field: Json) -> str:
    if "dropdown" in field:
        return f"dropdown `{field['dropdown']}`"
    return ", ".join(f"`{each['id']}` ({each['label']})" for each in field.get("choices", ()))


def _request(name: str, request: Json) -> Iterator[str]:
    yield f"{name}: `{request['method']} {request['url']}`\n"
    rest = {part: request[part] for part in ("headers", "query", "body") if part in request}
    yield from _code(rest)


def _sample(part: Json) -> Iterator[str]:
    yield "Sample response:\n"
    yield from _code(part["sample"])
    if "sample_of_several" in part:
        yield "Sample response for several recipients:\n"
        yield from _code(part["sample_of_several"])


def _code(value: Any) -> Iterator[str]:
    yield f"```json\n{json.dumps(value, ensure_ascii=False, indent=2)}\n```\n"

"""`hookline hooks`: the REST hooks of a workspace, as tables for people or as JSON."""

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from integration.cli import table
from integration.cli.commands import ID, LIMIT, Command, asked, one, rows
from integration.delivery.listing import STATUSES
from integration.delivery.standing import STATES
from integration.hooks import record
from integration.kernel.errors import InvalidInput, SettingsError
from integration.services import Services
from integration.store import damaged, keys
from integration.store.vault import UNOPENED
from integration.web.api import deliveries, hooks
from integration.web.core.answers import Reply

Said = Callable[[Any], str]


def run(own: Services, given: Namespace, *, view: Callable[..., Reply], said: Said) -> Any:
    """What a view answers, without the secret: a terminal is no place for it."""
    _check_key(own, [given.id])
    return _told(asked(own, given, view, query={}), given, said)


def tell(
    own: Services, given: Namespace, *, view: Callable[..., Reply], said: Said, **body: Any
) -> Any:
    """The same of a view that does something."""
    _check_key(own, [given.id])
    return _told(asked(own, given, view, query={}, body=body), given, said)


def _check_key(own: Services, ids: Sequence[str]) -> None:
    """SettingsError where another SECRET_KEY sealed all these hooks: they are not said to be gone,
    nor noted as damaged."""
    records = damaged.hashes(own.db, [keys.hook(each) for each in ids])
    known = [*filter(all, zip(ids, records, strict=True))]
    if known and all(record.locked(own, *each) for each in known):
        raise SettingsError(UNOPENED)


def _told(found: dict[str, Any], given: Namespace, said: Said) -> Any:
    found.pop("secret", None)
    return said(found) if table.is_wanted(given) else found


def listed(own: Services, given: Namespace) -> list[Any]:
    _check_key(own, own.db.hvals(keys.hooks(given.workspace)))
    found: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": 200, "cursor": cursor, "state": given.state, "q": given.q}
        page = asked(own, given, hooks.every, query=query)
        found, cursor = [*found, *page["data"]], page["next_cursor"]
    return [_row(each) for each in found] if table.is_wanted(given) else found


def log(own: Services, given: Namespace) -> Any:
    _check_key(own, [given.id])
    found = rows(own, given, view=deliveries.log)
    wanted = table.is_wanted(given)
    return table.text("deliveries", [_tried(each) for each in found]) if wanted else found


def edit(own: Services, given: Namespace) -> Any:
    """Change what is named, and nothing else."""
    body = {"target_url": given.target, "description": given.name}
    body = {name: value for name, value in body.items() if value}
    if given.filter or given.no_filters:
        body["filters"] = dict(map(_filter, given.filter))
    if not body:
        raise InvalidInput("Name what to change: --target, --name, --filter or --no-filters.")
    return tell(own, given, view=hooks.change, said=_shown, **body)


def replay(own: Services, given: Namespace) -> Any:
    body = {
        "since": given.since,
        "until": given.until,
        "event_id": given.event,
        "failed": given.failed,
        "dry_run": given.dry_run,
    }
    said = _counted if given.dry_run else _replayed
    return tell(own, given, view=deliveries.replay, said=said, **body)


def _filter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidInput(f"{text[:40]!r} is no filter; write NAME=VALUE, such as sim_slot=SIM1.")
    return name, value


def _row(hook: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a table shows of a hook, in one line."""
    last = hook["last_outcome"]
    return {
        **hook,
        "name": hook["description"] or hook["trigger"],
        "last_24_hours": _rate(hook),
        "waiting": hook["waiting"] or "",
        "last_answer": f"{last['status'] or 'none'} at {last['at'][:19]}Z" if last else "",
    }


def _rate(hook: Mapping[str, Any]) -> str:
    day = hook["last_day"]
    made = day["taken"] + day["failed"]
    return f"{day['taken']}/{made}" if made else ""


def _tried(delivery: Mapping[str, Any]) -> Mapping[str, Any]:
    last = delivery["attempts"][-1]["detail"] if delivery["attempts"] else ""
    return {**delivery, "last_attempt": last}


def _shown(hook: Mapping[str, Any]) -> str:
    day, last = hook["last_day"], hook["last_outcome"] or {}
    filters = " ".join(f"{name}={value}" for name, value in hook["filters"].items())
    pairs = [
        ("Hook", hook["id"]),
        ("Name", hook["description"]),
        ("State", f"{hook['state']}: {hook['state_detail']}"),
        ("Failing since", hook["failing_since"]),
        ("Trigger", hook["trigger"]),
        ("Target", hook["target_url"]),
        ("Filters", filters),
        ("Made by", hook["platform"]),
        (
            "Last 24 hours",
            f"{day['taken']} taken, {day['failed']} failed, {day['postponed']} put off",
        ),
        ("Last answer", last and f"{last['at']}: {last['detail']}"),
        ("Next try", hook["next_attempt_at"]),
        ("Waiting", hook["waiting"]),
    ]
    return table.facts(pairs)


def _whole(delivery: Mapping[str, Any]) -> str:
    attempts = [
        f"{each['at']}  {each['status'] or '-'}  {each['took_ms']} ms"
        f"{'  by hand' if each['by_hand'] else ''}  {each['detail']}"
        + (f"\n    {' '.join(each['answer'].split())}" if each["answer"] else "")
        for each in delivery["attempts"]
    ]
    request = delivery["request"]
    pairs = [
        ("Delivery", delivery["id"]),
        ("State", f"{delivery['state']}: {delivery['state_detail']}"),
        ("Hook", delivery["hook_id"]),
        ("Event", delivery["event_id"]),
        ("Next try", delivery["next_attempt_at"]),
        ("Posts to", request["url"]),
        ("Body", request["body"]),
    ]
    return "\n".join([table.facts(pairs), *attempts])


def _tested(delivery: Mapping[str, Any]) -> str:
    last = delivery["attempts"][-1:] or [{"detail": "The test is on its way."}]
    return f"{delivery['id']}: {last[0]['detail']}"


def _counted(answer: Mapping[str, Any]) -> str:
    return f"{answer['matching']} would be sent again."


def _replayed(answer: Mapping[str, Any]) -> str:
    return f"{answer['replayed']} are sent again."


def delete(own: Services, given: Namespace) -> Any:
    _check_key(own, [given.id])
    return one(own, given, view=_delete, said="Deleted.")


def _delete(hook_id: str) -> Reply:
    """A person who names no hook gets an error, where the API answers platforms that repeat."""
    hooks.show(hook_id)
    return hooks.unsubscribe(hook_id)


FORM: dict[str, dict[str, Any]] = {
    "--json": {"action": "store_true", "help": "as JSON, as where no terminal reads"},
    "--table": {"action": "store_true", "help": "for a person, as on a terminal"},
}
ONE = ID | FORM
LIST: dict[str, dict[str, Any]] = {
    "--state": {"choices": STATES, "default": "", "help": "only these"},
    "--q": {"default": "", "metavar": "TEXT", "help": "only those whose name, target … holds it"},
}
EDIT: dict[str, dict[str, Any]] = {
    "--target": {"metavar": "URL", "help": "the new address; what waits goes there at once"},
    "--name": {"help": "the note on it"},
    "--filter": {
        "action": "append",
        "default": [],
        "metavar": "NAME=VALUE",
        "help": "the filters, all of them; may be given several times",
    },
    "--no-filters": {"action": "store_true", "help": "every event"},
}
REPLAY: dict[str, dict[str, Any]] = {
    "--since": {"default": "", "help": "what came from then on, such as 2026-01-31T09:00:00Z"},
    "--until": {"default": "", "help": "and up to then"},
    "--event": {"default": "", "metavar": "ID", "help": "from this event on"},
    "--failed": {"action": "store_true", "help": "only what failed for good"},
    "--dry-run": {"action": "store_true", "help": "only count it"},
}
STATUS = {"--status": {"choices": STATUSES, "default": "", "help": "only these"}}
COMMANDS: dict[str, Command] = {
    "list": (listed, LIST, "the hooks, and whether they work"),
    "show": (partial(run, view=hooks.show, said=_shown), ONE, "one hook"),
    "edit": (edit, ONE | EDIT, "change its target, name or filters"),
    "pause": (
        partial(tell, view=hooks.change, said=_shown, status="paused"),
        ONE,
        "send it nothing; what comes is kept",
    ),
    "resume": (
        partial(tell, view=hooks.change, said=_shown, status="active"),
        ONE,
        "go on after a pause",
    ),
    "test": (partial(tell, view=deliveries.test, said=_tested), ONE, "send it a sample"),
    "send-now": (
        partial(tell, view=deliveries.send_now, said=lambda told: f"{told['sent']} are tried now."),
        ONE,
        "try at once what waits",
    ),
    "replay": (replay, ONE | REPLAY, "send again what came in a time, or what failed"),
    "deliveries": (log, ONE | LIMIT | STATUS, "the log of one hook"),
    "delivery": (
        partial(run, view=deliveries.show, said=_whole),
        ONE,
        "one delivery with every attempt",
    ),
    "delete": (delete, ID, "remove a hook"),
}
"""`hookline hooks …`."""

"""A stand-in for Make: it does with our app what Make's documentation says that Make does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.platforms.make import iml
from tests.platforms.make.app import App
from tests.platforms.make.calls import Answer, Caller, Json, Values, merged
from tests.platforms.make.forms import filled

START_OF_TIME = datetime(1970, 1, 1, tzinfo=UTC)
MOST_PAGES = 20


@dataclass(frozen=True, kw_only=True)
class Connection:
    label: str
    data: Json


@dataclass
class Mark:
    """Where a polling module stands: the last item's time and id."""

    date: datetime = START_OF_TIME
    id: str = ""


class Make:
    """One user of the app."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.calls = Caller(app)

    def close(self) -> None:
        self.calls.web.close()

    def connect(self, **given: Any) -> Connection:
        [name] = self.app.of("connection")
        codes = self.app.codes("connection", name)
        scope = {"parameters": filled(codes["params"], given)}
        call = codes["communication"]
        found = scope | self.calls.call(call, scope).scope
        response = call["response"]
        label = iml.evaluate(response["metadata"]["value"], found)
        return Connection(label=label, data=iml.evaluate(response["data"], found))

    def attach(self, name: str, connection: Connection, url: str, /, **given: Any) -> Json:
        """What the webhook keeps, which detaching needs."""
        codes = self.app.codes("webhook", name)
        scope = {"parameters": filled(codes["params"], given), "webhook": {"url": url}}
        scope |= {"connection": connection.data}
        answer = self.calls.inherited(codes["attach"], scope)
        return dict(iml.evaluate(codes["attach"]["response"]["data"], scope | answer.scope))

    def detach(self, name: str, connection: Connection, kept: Json, /) -> None:
        scope = {"webhook": kept, "connection": connection.data}
        self.calls.inherited(self.app.codes("webhook", name)["detach"], scope)

    def bundle(self, name: str, body: Any) -> Any:
        """What a POST to the webhook becomes in the scenario."""
        return iml.evaluate(
            self.app.codes("webhook", name)["communication"]["output"], {"body": body}
        )

    def run(self, name: str, connection: Connection, /, **given: Any) -> Any:
        """One step with an action, or the call that can be any."""
        codes = self.app.codes("module", name)
        scope = {
            "parameters": filled(codes["mappableParams"], given),
            "connection": connection.data,
        }
        call = codes["communication"]
        return iml.evaluate(
            call["response"]["output"], scope | self.calls.inherited(call, scope).scope
        )

    def find(self, name: str, connection: Connection, /, **given: Any) -> list[Any]:
        codes = self.app.codes("module", name)
        scope = {
            "parameters": filled(codes["mappableParams"], given),
            "connection": connection.data,
        }
        return [shown for shown, _ in self._items(codes["communication"], scope)]

    def choices(self, name: str, connection: Connection, /, **given: Any) -> list[Json]:
        """The rows of a dropdown in a form that is filled in so far."""
        scope = {"parameters": given, "connection": connection.data}
        call = self.app.codes("rpc", name)["communication"]
        return [shown for shown, _ in self._items(call, scope)]

    def starts(self, name: str, connection: Connection, /, **given: Any) -> list[Json]:
        """The list under "Choose where to start"."""
        codes = self.app.codes("module", name)
        scope = {"parameters": filled(codes["staticParams"], given), "connection": connection.data}
        return [
            shown for shown, _ in self._items(merged(codes["communication"], codes["epoch"]), scope)
        ]

    def poll(self, name: str, connection: Connection, mark: Mark, /, **given: Any) -> list[Any]:
        """What is newer than the mark, oldest first, at most `limit`; the mark moves on."""
        codes = self.app.codes("module", name)
        parameters = filled(codes["staticParams"], given)
        scope = {"parameters": parameters, "connection": connection.data}
        call = codes["communication"]
        unlimited = merged(call, {"response": {"limit": 3200}})
        found = [
            (_marked(call, scope | more), shown) for shown, more in self._items(unlimited, scope)
        ]
        new = sorted(
            (each for each in found if each[0] > (mark.date, mark.id)), key=lambda one: one[0]
        )
        cut = new[: iml.evaluate(call["response"]["limit"], scope)]
        if cut:
            mark.date, mark.id = cut[-1][0]
        return [shown for _, shown in cut]

    def _items(self, call: Json, scope: Values) -> Iterator[tuple[Any, Json]]:
        """Each item's output and what it can be read by, page after page up to the limit."""
        left = int(iml.evaluate(call["response"]["limit"], scope))
        for answer in self._pages(call, scope):
            for item in _iterated(call["response"]["iterate"], {**scope, **answer.scope}):
                if left:
                    left -= 1
                    yield (
                        iml.evaluate(call["response"]["output"], {**scope, "item": item}),
                        {"item": item},
                    )
            if not left:
                return

    def _pages(self, call: Json, scope: Values) -> Iterator[Answer]:
        answer = self.calls.inherited(call, scope)
        yield answer
        more = call.get("pagination")
        for page in range(2, MOST_PAGES if more else 2):
            seen = {**scope, **answer.scope, "pagination": {"page": page}}
            if not more or iml.evaluate(more["condition"], seen) is not True:
                return
            answer = self.calls.inherited(merged(call, {"qs": more["qs"]}), seen)
            yield answer


def _iterated(wanted: Any, scope: Values) -> list[Any]:
    if isinstance(wanted, str):
        wanted = {"container": wanted, "condition": True}
    items = iml.evaluate(wanted["container"], scope)
    assert isinstance(items, list), "Make goes through arrays only"
    fits = [iml.evaluate(wanted["condition"], {**scope, "item": item}) for item in items]
    return [item for item, fit in zip(items, fits, strict=True) if fit is True]


def _marked(call: Json, scope: Values) -> tuple[datetime, str]:
    trigger = call["response"]["trigger"]
    assert (trigger["type"], trigger["order"]) == ("date", "unordered")
    moment = datetime.fromisoformat(iml.evaluate(trigger["date"], scope))
    return moment, str(iml.evaluate(trigger["id"], scope))

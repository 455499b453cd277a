"""What pages say of what they did, and of what comes, is so."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.accounts.workspaces import DEFAULT
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.kernel.events import MESSAGE
from integration.services import Services
from integration.store import keys, lifetimes
from tests.console.conftest import entered
from tests.console.visitor import Page
from tests.delivery.drains import OTHER, WORKSPACE, owe, receive, subscribe


@pytest.fixture
def inside(own: Services) -> Iterator[FlaskClient]:
    """Signed in to the workspace of `connection`."""
    with entered(own, WORKSPACE) as client:
        yield client


def test_the_sign_in_says_how_long_it_holds(admin: FlaskClient) -> None:
    said = Page(admin.get("/console/sign-in").text).text
    assert f"signed in for {lifetimes.CONSOLE_SESSION_SECONDS // 3600} hours" in said
    assert f"{lifetimes.CONSOLE_IDLE_SECONDS // 3600} hours without opening a page" in said


def test_a_provider_that_lists_nothing_is_named(own: Services, admin: FlaskClient) -> None:
    for label in ("The old phone", "The new phone"):
        given = {"api_key": f"pf_{label}", "base_url": "http://127.0.0.1:9"}
        made = connections.make(workspace=DEFAULT, provider="pairfon", label=label, settings=given)
        connections.save(own, made)
    csrf = next(str(each["csrf"]) for each in Page(admin.get("/").text).forms.values())
    answer = admin.post("/console/activity/check", data={"csrf": csrf}, follow_redirects=True)
    said = Page(answer.text).text
    assert "These list nothing at the moment: The old phone, The new phone." in said


def test_a_time_with_an_offset_is_shown_as_what_it_is_in_utc(
    own: Services, connection: Connection, inside: FlaskClient
) -> None:
    hook = subscribe(own)
    receive(own, connection, "Hello")
    path = f"/console/hooks/{hook.id}/again"
    span = {"span": "times", "since": "2026-01-31T09:00:00+01:00", "until": "2199-01-31T09:00:00Z"}
    shown = Page(inside.get(path, query_string=span).text).text
    assert "from 2026-01-31 08:00:00 UTC" in shown


def test_a_refused_time_leaves_the_count_of_what_failed_on_the_page(
    own: Services, inside: FlaskClient
) -> None:
    path, span = f"/console/hooks/{subscribe(own).id}/again", {"span": "times", "since": "soon"}
    answer = inside.get(path, query_string=span)
    assert answer.status_code == 422
    assert "what failed for good (0)" in Page(answer.text).text


def test_a_filter_counts_what_came_behind_rows_of_others(
    own: Services, connection: Connection, inside: FlaskClient
) -> None:
    page = Page(inside.get("/console/activity?direction=in&phone=0199").text)
    [there] = page.values("a", "data-news")
    event = '{"id": "sms_%d", "phone": "+1415555%s", "connection": "c", "message": "Hello"}'
    for number in range(250):
        own.db.xadd(keys.inbox(WORKSPACE, MESSAGE), {"e": event % (number, "0123")})
    own.db.xadd(keys.inbox(WORKSPACE, MESSAGE), {"e": event % (999, "0199")})
    found = json.loads(inside.get(there).text)
    assert (found["count"], found["more"]) == (1, False)
    again = json.loads(inside.get(found["next"]).text)
    assert again["count"] == 1, "it is counted until somebody looks"


def test_an_older_page_of_deliveries_stays_that_page(
    own: Services, connection: Connection, inside: FlaskClient
) -> None:
    hook = subscribe(own)
    owe(own, connection, 30)
    here = f"/console/hooks/{hook.id}?status=queued"
    newest = Page(inside.get(here).text)
    [older] = [each for each in newest.values("a", "href") if "cursor=" in each]
    page = Page(inside.get(older).text)
    assert page.values("div", "data-live") == ["3"]
    [fresh] = page.values("div", "data-page")
    found = f"/console/hooks/{hook.id}/deliveries/"
    shown = [each for each in page.values("a", "href") if each.startswith(found)]
    again = Page(inside.get(fresh).text).values("a", "href")
    assert shown == [each for each in again if each.startswith(found)]
    assert len(shown) == 5


def test_a_paused_hook_that_moves_is_not_said_to_send(
    own: Services, connection: Connection, inside: FlaskClient
) -> None:
    hook = subscriptions.change(own, subscribe(own), status="paused")
    owe(own, connection, 1)
    said = edited(inside, hook, target_url=OTHER)
    assert "The hook is changed." in said
    assert "What waits goes to the new address now" not in said


def test_a_hook_whose_host_is_not_found_can_be_renamed(
    own: Services, connection: Connection, inside: FlaskClient
) -> None:
    hook = subscribe(own, "https://gone.invalid/hook")
    assert "The hook is changed." in edited(
        inside, hook, target_url=hook.target_url, description="The old shop"
    )
    assert "cannot be found" in edited(inside, hook, target_url="https://other.invalid/hook")


def edited(inside: FlaskClient, hook: Hook, **given: str) -> str:
    """What the page says after the form of a hook was sent."""
    here = f"/console/hooks/{hook.id}"
    csrf = next(str(each["csrf"]) for each in Page(inside.get(here).text).forms.values())
    answer = inside.post(f"{here}/edit", data={"csrf": csrf, **given}, follow_redirects=True)
    return Page(answer.text).text

"""No page leads its reader to an address that shows nothing, or says nothing of what happened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from integration.accounts.connections import Connection
from integration.accounts.workspaces import DEFAULT
from integration.activity import way
from integration.delivery.records import delivery_id
from integration.kernel.events import MESSAGE
from integration.services import Services
from integration.store import keys
from proofs.rig.fan_out import fan_out_all
from proofs.rig.sandbox import until
from proofs.rig.stack import NEXT_YEAR, World
from tests.console.conftest import entered
from tests.console.test_forms import posts
from tests.console.visitor import Page, Visitor
from tests.delivery.drains import WORKSPACE, receive, subscribe


@pytest.fixture
def inside(own: Services) -> Iterator[FlaskClient]:
    """Signed in to the workspace of `connection`."""
    with entered(own, WORKSPACE) as client:
        yield client


PLACES = ("/", "/console/activity", "/console/connections", "/console/jobs/new/send-sms")
"""Where somebody without a provider is asked to connect one."""


def hrefs(text: str) -> list[str]:
    return Page(text).values("a", "href")


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/console/opt-outs/import?q=0123", "/console/opt-outs?q=0123"),
        ("/console/connections/conn_x/secret?ids=groups", "/console/connections/conn_x?ids=groups"),
        ("/console/hooks/hook_x/secret", "/console/hooks/hook_x"),
        ("/console/keys/key_x/rotate", "/console/keys"),
        ("/console/operator/password", "/console/operator"),
        ("/console/start/hide", "/"),
    ],
)
def test_the_address_of_a_form_leads_to_its_page(
    admin: FlaskClient, address: str, page: str
) -> None:
    """A page that a form showed is reloaded there, searched from and linked on from."""
    answer = admin.get(address)
    assert (answer.status_code, answer.location) == (303, page)


def test_another_address_leads_nowhere(admin: FlaskClient) -> None:
    assert admin.get("/console/nonsense").status_code == 404
    assert admin.get("/console/hooks/hook_x/nonsense").status_code == 404


@pytest.mark.parametrize("path", [each for each in posts() if "sign-" not in each])
def test_a_form_that_comes_after_the_end_of_its_session_is_said_to_have_done_nothing(
    own: Services, path: str
) -> None:
    with entered(own) as client:
        client.delete_cookie("hookline_session")
        answer = client.post(path, data={"name": "typed"})
        assert answer.status_code == 303
        assert answer.location.startswith("/console/sign-in")
        assert "nothing was done" in client.get(answer.location).text


def test_somebody_goes_on_where_the_session_ended(own: Services) -> None:
    with entered(own) as client:
        client.delete_cookie("hookline_session")
        answer = client.post("/console/hooks/new?trigger=inbound-sms", data={"name": "typed"})
        next_page = Page(client.get(answer.location).text).forms["/console/sign-in"]["next"]
        assert next_page == "/console/hooks/new?trigger=inbound-sms"


def test_the_texts_of_a_removed_connection_are_read_and_not_answered(
    user: Visitor, world: World
) -> None:
    connection = world.connect_pairfon()
    world.inject("Is my table ready?")
    until(world.inbox, "the text")
    world.call("DELETE", f"/v1/connections/{connection}")
    [found] = [
        each
        for each in user.page("/console/activity?direction=in").values("a", "href")
        if each.startswith("/console/activity/sms_")
    ]
    page = user.page(found)
    talks = {each for each in page.values("a", "href") if "/conversation?" in each}
    assert talks
    assert "Open it and answer" not in page.text
    for each in talks:
        shown = user.page(each)
        assert "Is my table ready?" in shown.text
        assert "The connection was removed" in shown.text
        assert "message" not in shown.forms.get("", {})


@pytest.fixture
def few_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its time no event but the newest one is found."""
    monkeypatch.setattr(way, "SEARCHED", 1)


@pytest.mark.usefixtures("few_searched")
def test_a_delivery_leads_to_its_event_however_old_that_is(
    own: Services, connection: Connection, inside: FlaskClient
) -> None:
    hook = subscribe(own)
    old, _ = receive(own, connection, "The old one"), receive(own, connection, "The new one")
    fan_out_all(own)
    delivery = f"/console/hooks/{hook.id}/deliveries/{delivery_id(hook.id, old[0])}"
    [link] = [each for each in hrefs(inside.get(delivery).text) if "/activity/sms_" in each]
    assert "The old one" in inside.get(link).text


def test_a_delivery_whose_event_has_gone_offers_nothing_that_fails(
    own: Services, connection: Connection, inside: FlaskClient
) -> None:
    hook = subscribe(own)
    [event] = receive(own, connection, "Gone soon")
    fan_out_all(own)
    own.db.xtrim(keys.inbox(WORKSPACE, MESSAGE), maxlen=0)
    path = f"/console/hooks/{hook.id}/deliveries/{delivery_id(hook.id, event)}"
    page = Page(inside.get(path).text)
    assert "cannot be shown or sent again" in page.text
    assert f"{path}/replay" not in page.forms
    assert [each for each in page.values("a", "href") if "/activity/sms_" in each] == []


@pytest.mark.usefixtures("few_searched")
def test_the_id_of_an_old_event_is_searched_for(
    own: Services, connection: Connection, inside: FlaskClient
) -> None:
    [old] = receive(own, connection, "The old one")
    receive(own, connection, "The new one")
    answer = inside.get(f"/console/activity?q={old}", follow_redirects=True)
    assert answer.status_code == 200
    assert "The old one" in answer.text
    assert "The new one" not in answer.text


def test_who_sees_no_texts_is_led_to_no_page_of_texts(own: Services) -> None:
    own.db.lpush(keys.unreadable(DEFAULT), "{}")
    with entered(own, scopes=["read"]) as client:
        overview = client.get("/").text
        assert "Of what providers sent, 1 could not be read" in overview
        assert "/console/unreadable" not in hrefs(overview)
    with entered(own) as client:
        assert "/console/unreadable" in hrefs(client.get("/").text)


def test_who_may_connect_nothing_is_not_asked_to(own: Services) -> None:
    with entered(own, scopes=["read", "act"]) as client:
        for path in PLACES:
            text = client.get(path).text
            assert [each for each in hrefs(text) if each.endswith("#add")] == [], path
            assert "below" not in text or path == "/", path


def test_a_damaged_record_hides_no_other_of_what_was_not_understood(
    own: Services, admin: FlaskClient
) -> None:
    name = keys.unreadable(DEFAULT)
    sound = '{"connection": "conn_1", "at": "2026-03-01T09:00:00Z", "reason": "Odd", "body": "x"}'
    own.db.rpush(name, "no JSON", "[1]", sound)
    assert "Odd" in admin.get("/console/unreadable").text


def test_what_waits_leads_to_the_list_of_it(user: Visitor, world: World) -> None:
    world.connect_pairfon()
    job = world.send(schedule_at=f"{NEXT_YEAR}T09:00:00Z").json()["id"]
    page = user.page("/")
    assert "1 scheduled" in page.text
    [there] = [each for each in page.values("a", "href") if "status=scheduled" in each]
    assert f"/console/jobs/{job}" in user.page(there).values("a", "href")


def test_what_asks_no_account_is_offered_without_one(admin: FlaskClient) -> None:
    told = Page(admin.get("/console/jobs/new/add-opt-out").text).text
    assert "No connected provider" not in told
    assert "No connected provider" in Page(admin.get("/console/jobs/new/send-sms").text).text

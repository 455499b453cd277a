"""A connection's page: whether it receives, what it has left, and its phones as last seen."""

from __future__ import annotations

from integration.kernel.times import parse_strict
from proofs.rig.sandbox import until
from proofs.rig.stack import World
from tests.console.visitor import Visitor


def test_a_connection_shows_its_sync_its_limit_and_its_phones(user: Visitor, world: World) -> None:
    path = f"/connections/{world.connect_pairfon()}"
    until(lambda: world.get(f"/v1{path}")["sync"]["last_at"], "the first sync")
    found = world.get(f"/v1{path}")
    assert found["sync"]["failures"] == 0
    assert parse_strict(found["sync"]["next_at"]) >= parse_strict(found["sync"]["last_at"])
    assert found["limit"]["calls"] == 100
    assert 0 < found["limit"]["left"] < 100
    assert found["limit"]["renewed_at"]
    [phone] = found["seen"]["phones"]
    assert (phone["device_fingerprint"], phone["listed_at"]) == (
        "sandbox-phone-1",
        found["seen"]["at"],
    )
    page = user.page(f"/console{path}").text
    assert "in 60 s, all again" in page
    assert "active, SIM BOTH, last seen" in page


def test_a_phone_that_is_gone_stays_with_when_it_was_last_seen(user: Visitor, world: World) -> None:
    path = f"/connections/{world.connect_pairfon()}"
    before = world.get(f"/v1{path}")["seen"]["phones"]
    gone = world.post("/v1/actions/remove-device", device_fingerprint="sandbox-phone-1")
    world.settled(gone.json()["id"])
    user.press(f"/console{path}/test")
    assert world.get(f"/v1{path}")["seen"]["phones"] == before
    assert "not listed any more , SIM BOTH, last seen" in user.page(f"/console{path}").text


def test_an_account_with_a_balance_shows_it(user: Visitor, world: World) -> None:
    path = f"/connections/{world.connect_cloud()}"
    balance = world.get(f"/v1{path}")["seen"]["balance"]
    assert f"Balance {balance}" in user.page(f"/console{path}").text
    assert world.get(f"/v1{path}")["sync"] is None, "it cannot be asked what came in"


def test_the_webhook_at_the_provider_is_said_to_be_there_or_why_not(
    user: Visitor, world: World
) -> None:
    path = f"/console/connections/{world.connect_pairfon()}"
    assert "no hook and no reader needs it yet" in user.page(path).text
    world.post("/v1/hooks", trigger="inbound-sms", target_url=world.stack.url)
    until(lambda: "The provider calls us for each text" in user.page(path).text, "the webhook")


def test_a_refused_key_says_since_when_and_how_often(user: Visitor, world: World) -> None:
    base = world.stack.sandbox.url + "/pairfon"
    body = {"provider": "pairfon", "label": "Shop", "api_key": "wrong-key", "base_url": base}
    made = world.post("/v1/connections", **body).json()
    path = f"/console/connections/{made['id']}"
    until(lambda: "in a row" in user.page(path).text, "a sync that failed")
    page = user.page(path).text
    assert "Since " in page
    assert "does not accept the API key" in page
    assert world.get(f"/v1/connections/{made['id']}")["health_since"] == made["health_since"]


def test_the_pacing_is_set_changed_and_ended_by_a_form_of_its_own(
    user: Visitor, world: World
) -> None:
    here = f"/console/connections/{world.connect_pairfon()}"
    assert "Pacing none" in user.page(here).text
    page = user.press(f"{here}/pacing", gap_seconds="5", parts_per_hour="200", per="sim")
    assert "The new pacing holds from now on." in page.text
    assert "one text every 5 s of each SIM, 200 parts an hour of each SIM" in page.text
    form = user.get(f"{here}/pacing").text
    assert 'value="200"' in form
    assert '<option value="sim" selected>' in form
    refused = user.post(f"{here}/pacing", csrf=user.token(), gap_seconds="0")
    assert refused.status_code == 422
    assert "Gap must be a whole number from 1 to 3600." in refused.text
    assert "It has no pacing now." in user.press(f"{here}/pacing").text
    assert world.get("/v1/connections")["data"][0]["pacing"] is None


def test_a_text_that_waits_for_the_pacing_says_so_on_its_page_and_in_the_activity(
    user: Visitor, world: World
) -> None:
    here = f"/console/connections/{world.connect_pairfon()}"
    user.press(f"{here}/pacing", gap_seconds="3000", parts_per_day="1000")
    world.settled(world.send(message="One").json()["id"])
    assert "1 of 1,000 parts in 24 hours" in user.page(here).text
    job = world.send(message="Two").json()["id"]
    until(lambda: world.job(job).get("waiting"), "the job to wait for its turn")
    for page in (f"/console/jobs/{job}", "/console/activity"):
        assert "allows one text every 3,000 s; it goes at" in user.page(page).text
    assert "1 of them for the pacing." in user.page(here).text

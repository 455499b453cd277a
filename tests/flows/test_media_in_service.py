"""Pictures through the whole service: they come in, are fetched, and a link gives them."""

from __future__ import annotations

import base64

import pytest
import requests

from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import Stack, World
from sandbox import pictures
from tests.flows.pictured import comes_in, drawn, is_kept, twilio
from tests.flows.test_smsgate_in_service import SIGNING_KEY, once_registered

FILE = "GET /Media/ME"


def test_a_picture_is_given_by_the_link_that_polls_and_hooks_name(world: World, sink: Sink) -> None:
    key = twilio(world)
    hook = Hooked(world, sink)
    items = comes_in(world, key, media=2)
    [call] = sink.wait_for(1)
    assert call.event["media"] == items
    until(lambda: all(is_kept(world, each) for each in items), "both files")
    # What is kept needs the provider no more.
    world.fault("status", FILE, key, times=0, code=500)
    for item in items:
        answer = requests.get(item["url"], timeout=90)
        assert (answer.status_code, answer.content) == (200, drawn(item))
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Content-Disposition"] == 'inline; filename="image.png"'
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert requests.head(item["url"], timeout=90).headers["Content-Length"] == str(
            len(answer.content)
        )
    assert world.inbox()[0]["media"] == items
    hook.delivery("delivered")


def test_a_link_of_another_making_opens_nothing(world: World) -> None:
    [item] = comes_in(world, twilio(world), media=1)
    *start, proof, name = item["url"].split("/")
    forged = "/".join([*start, proof[:-1] + ("a" if proof[-1] != "a" else "b"), name])
    answer = requests.get(forged, timeout=90)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_while_the_provider_is_away_a_link_says_when_to_come_back(world: World) -> None:
    key = twilio(world)
    world.fault("status", FILE, key, times=0, code=503)
    [item] = comes_in(world, key, media=1)
    answer = requests.get(item["url"], timeout=90)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "503" in answer.json()["message"]


def test_who_sees_no_texts_gets_no_link(world: World) -> None:
    comes_in(world, twilio(world), media=1)
    made = world.post("/v1/keys", name="blind", scopes=["read"]).json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    url = f"{world.stack.url}/v1/triggers/inbound-sms"
    [event] = requests.get(url, headers=headers, timeout=90).json()
    assert (event["media"], event["withheld"]) == ([], ["message", "media"])


@pytest.mark.parametrize("server", ["3rdparty/v1", "local"], ids=["server", "phone"])
def test_a_picture_that_comes_inside_a_webhook_is_kept(world: World, server: str) -> None:
    key = f"sg_{world.name}"
    base_url = f"{world.stack.sandbox.url}/smsgate/{server}"
    given = {"username": key, "password": key, "signing_key": SIGNING_KEY}
    made = world.post("/v1/connections", provider="smsgate", base_url=base_url, **given)
    once_registered(world, made.json()["id"])
    picture = pictures.png("mine")
    data = base64.b64encode(picture).decode()
    file = {"contentType": "image/png", "data": data, "name": "mine.png"}
    [item] = comes_in(world, key, media=[file])
    assert (item["name"], item["size"]) == ("mine.png", len(picture))
    assert data[:40] not in str(world.inbox())
    until(lambda: is_kept(world, item), "the file")
    assert requests.get(item["url"], timeout=90).content == picture


def test_a_worker_that_dies_while_it_fetches_loses_no_file(rough: Stack) -> None:
    world = rough.workspace()
    key = twilio(world)
    world.fault("hang", FILE, key, times=1)
    [item] = comes_in(world, key, media=1)
    state = f"/_control/accounts/{key}/state"

    def is_asked() -> bool:
        found = requests.get(rough.sandbox.url + state, timeout=90).json()
        return not found["faults"]

    until(is_asked, "the call that hangs")
    rough.kill("worker")
    rough.start("worker")
    assert not is_kept(world, item)
    rough.until_later(lambda: is_kept(world, item), "the file")
    assert requests.get(item["url"], timeout=90).content == drawn(item)
    world.leave()

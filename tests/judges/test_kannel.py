"""A real Kannel and its simulated SMS centre, end to end both ways through the whole service."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest

from integration.kernel.errors import ProviderRejected
from proofs.rig.sandbox import until
from proofs.rig.stack import World
from providers.http_gateway import HttpGateway
from tests.flows.on_sandbox import PHONE, connected, text
from tests.judges.kannel import MISSING, PASSWORD, USER, Kannel, is_installed

pytestmark = pytest.mark.skipif(not is_installed(), reason=MISSING)
OURS = "13013"
LATIN, CYRILLIC = "50 € & more: 100 % [à] é", "Столик готов ☃ 😀"
TEXTS = (LATIN, CYRILLIC, "A", "x" * 161)
SETTINGS = {"preset": "kannel", "username": USER}


@pytest.fixture(scope="module")
def kannel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kannel]:
    running = Kannel(tmp_path_factory.mktemp("kannel"))
    yield running
    running.stop()


@pytest.fixture
def gateway(kannel: Kannel) -> Iterator[HttpGateway]:
    yield from connected(HttpGateway, kannel.url, PASSWORD, **SETTINGS)


def connect(world: World, kannel: Kannel, **more: str) -> str:
    given = {"base_url": kannel.url, "api_key": PASSWORD, **SETTINGS, **more}
    answer = world.post("/v1/connections", provider="http-gateway", **given)
    assert answer.json()["health"] == "ok", answer.text
    return str(answer.json()["id"])


def ingress(world: World, connection: str) -> str:
    return str(world.get(f"/v1/connections/{connection}")["ingress_url"])


def _arrived(world: World, count: int) -> bool:
    return len(world.inbox()) == count


def test_the_account_is_tested_without_a_text(kannel: Kannel, gateway: HttpGateway) -> None:
    with kannel.client() as centre:
        assert gateway.probe().label == "HTTP Gateway (Kannel)"
        for wrong in connected(HttpGateway, kannel.url, "wrong", **SETTINGS):
            with pytest.raises(ProviderRejected, match="Authorization failed for sendsms"):
                wrong.probe()
        assert centre.got() == []


def test_a_number_that_kannel_refuses_is_refused(gateway: HttpGateway) -> None:
    more = {**SETTINGS, "parameters": "to=x{to}"}
    for wrong in connected(HttpGateway, str(gateway.options["base_url"]), PASSWORD, **more):
        with pytest.raises(ProviderRejected, match="denied by white- and/or black-lists"):
            text(wrong)


def test_texts_reach_the_centre_letter_by_letter_and_are_delivered(
    kannel: Kannel, world: World
) -> None:
    connect(world, kannel)
    with kannel.client() as centre:
        jobs = []
        for each in TEXTS:
            jobs.append(world.send(message=each).json()["id"])
            world.settled(jobs[-1], "delivered")
        found = [world.job(each) for each in jobs]
        until(lambda: len(centre.got()) > len(TEXTS), "all parts")
        got = centre.got()
    assert {to for _, to, _ in got} == {PHONE}
    whole, parts = [words for _, _, words in got[:3]], [words for _, _, words in got[3:]]
    assert whole == [LATIN, CYRILLIC, "A"]
    assert sum(each.count("x") for each in parts) == 161
    assert all(each.startswith("%05%00%03") for each in parts), "joined by Kannel"
    assert [each["provider_id"] for each in found] == jobs
    # Kannel reports 8 when the centre takes it, and 1 when the phone has it; they race each other.
    assert {word["status"] for job in found for word in job["receipts"]} <= {"1", "8"}


def test_without_a_centre_kannel_keeps_the_text_and_delivers_it_later(
    kannel: Kannel, world: World
) -> None:
    connect(world, kannel, sender_id="Acme")
    job = world.settled(world.send(message="Later").json()["id"], "sent")
    with kannel.client() as centre:
        world.settled(job["id"], "delivered")
        until(lambda: ("Acme", PHONE, "Later") in centre.got(), "the text")


@pytest.mark.parametrize("recode", [True, False], ids=["recoded", "as it came"])
def test_what_comes_in_is_polled_once_letter_by_letter(
    kannel: Kannel, world: World, recode: bool
) -> None:
    kannel.call(ingress(world, connect(world, kannel)), recode=recode)
    ucs2 = quote(CYRILLIC.encode("utf-16-be"))
    sent: list[tuple[str, str]] = [
        ("+447700900001", f"+447700900001 {OURS} text {LATIN}"),
        ("+447700900002", f"+447700900002 {OURS} ucs2 {ucs2}"),
        ("MyBank", f"MyBank {OURS} text Code 1234"),
    ]
    for number, (_, line) in enumerate(sent, 1):
        with kannel.client(line):
            until(partial(_arrived, world, number), line)
    found: dict[str, dict[str, Any]] = {each["phone"]: each for each in world.inbox()}
    told = {phone: found[phone]["message"] for phone, _ in sent}
    assert told == {"+447700900001": LATIN, "+447700900002": CYRILLIC, "MyBank": "Code 1234"}
    assert {found[phone]["to"] for phone, _ in sent} == {OURS}
    assert len(found) == len(world.inbox()) == 3


def test_our_answer_is_not_sent_back_as_a_text(kannel: Kannel, world: World) -> None:
    kannel.call(ingress(world, connect(world, kannel)))
    with kannel.client(f"+447700900003 {OURS} text Hello") as centre:
        until(lambda: len(world.inbox()) == 1, "the text")
        world.settled(world.send(message="The last one").json()["id"], "delivered")
        assert [words for _, _, words in centre.got()] == ["The last one"]

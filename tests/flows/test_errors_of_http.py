"""Compressed bodies, OPTIONS and repeated queries: a sentence says why they are refused."""

from __future__ import annotations

import gzip
import json

import pytest

from proofs.rig.stack import World
from tests.flows.test_errors_everywhere import JSON, problem


@pytest.mark.parametrize("coding", ["gzip", "br", "GZIP", "identity, gzip", "nonsense"])
def test_a_body_that_says_it_is_compressed_is_a_415(world: World, coding: str) -> None:
    plain = json.dumps({"name": "Second"}).encode()
    for raw in (plain, gzip.compress(plain)):
        answer = world.call(
            "POST", "/v1/keys", data=raw, headers={**JSON, "Content-Encoding": coding}
        )
        assert "uncompressed" in problem(answer, 415)["message"]
        assert answer.headers["Accept-Encoding"] == "identity"
    assert len(world.get("/v1/keys")["data"]) == 1


def test_a_body_that_says_it_is_plain_is_taken(world: World) -> None:
    headers = {**JSON, "Content-Encoding": "identity"}
    answer = world.call("POST", "/v1/keys", data=b'{"name": "Second"}', headers=headers)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("path", "name", "values"),
    [
        ("/v1/jobs", "status", ("sent", "failed")),
        ("/v1/jobs", "batch_id", ("bat_1", "bat_2")),
        ("/v1/hooks", "state", ("failing", "paused")),
        ("/v1/hooks", "target_url", ("https://a.example/", "https://b.example/")),
    ],
)
def test_a_list_answers_for_no_value_alone_where_two_are_asked_for(
    world: World, path: str, name: str, values: tuple[str, str]
) -> None:
    answer = world.call("GET", path, params=[(name, each) for each in values])
    assert list(problem(answer, 422)["errors"]) == [name]
    assert world.call("GET", path, params={name: ""}).status_code == 200


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/me", {"GET", "HEAD", "OPTIONS"}),
        ("/v1/keys", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("/v1/hooks/hook_none", {"GET", "HEAD", "OPTIONS", "PATCH", "DELETE"}),
        ("/ingress/pairfon/x", {"OPTIONS", "POST"}),
        ("/ingress/twilio/x", {"GET", "OPTIONS", "POST"}),
        ("/healthz", {"GET", "HEAD", "OPTIONS"}),
        ("/zapier/send-sms", {"OPTIONS", "POST"}),
        ("/", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_options_are_answered_in_json(world: World, path: str, methods: set[str]) -> None:
    answer = world.call("OPTIONS", path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert set(answer.json()["allow"]) == methods
    assert set(answer.headers["Allow"].split(", ")) == methods


def test_options_of_nothing_and_without_a_key_are_problems(world: World) -> None:
    for path in ("/v1/nothing", "/ingress/nobody/x"):
        problem(world.call("OPTIONS", path), 404)
    problem(world.call("OPTIONS", "/v1/me", headers={"Authorization": ""}), 401)

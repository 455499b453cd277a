"""No hook feeds our own ingress, however its address is spelled: its texts would never end."""

from __future__ import annotations

import pytest

from proofs.rig.stack import World


@pytest.mark.parametrize("path", ["/ingress/x", "//ingress/x", "/%69ngress/x", "/ingress//x?a=b"])
@pytest.mark.parametrize(
    ("scheme", "dot"), [("http", ""), ("HTTP", ""), ("http", "."), ("https", "")]
)
def test_a_hook_on_our_own_ingress_is_refused(
    world: World, scheme: str, dot: str, path: str
) -> None:
    host, port = world.stack.settings["PUBLIC_URL"].removeprefix("http://").split(":")
    url = f"{scheme}://{host}{dot}:{port}{path}"
    answer = world.post("/v1/hooks", target_url=url, trigger="inbound-sms")
    assert answer.status_code == 422, answer.text
    assert "own ingress" in answer.json()["errors"]["target_url"][0]
    assert world.get("/v1/hooks")["data"] == []


def test_another_path_of_ours_and_the_ingress_of_another_service_are_targets(world: World) -> None:
    ours = world.stack.settings["PUBLIC_URL"]
    for url in (f"{ours}/elsewhere", "http://127.0.0.2:9/ingress/x"):
        assert world.post("/v1/hooks", target_url=url, trigger="inbound-sms").status_code == 201

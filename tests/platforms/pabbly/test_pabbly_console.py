"""The way of a person who pastes Pabbly's webhook URL into our console."""

from __future__ import annotations

from urllib.parse import urlsplit

from proofs.rig.sink import Sink
from proofs.rig.stack import World
from tests.console.visitor import Visitor
from tests.platforms.pabbly.sheet import Form


def test_the_sheets_link_leads_to_a_hook_for_pabbly_and_its_test_is_captured(
    world: World, sink: Sink
) -> None:
    world.connect_pairfon()
    visitor = Visitor(world.stack)
    try:
        assert visitor.sign_in(world.key).ok
        pasted = Form(world.stack.url, world.key).trigger("inbound-sms")["webhook"]["pasted"]
        parts = urlsplit(pasted)
        page = visitor.page(f"{parts.path}?{parts.query}")
        assert "pabbly" in page.values("input", "value")
        fields = {"trigger": "inbound-sms", "target_url": sink.url(), "platform": "pabbly"}
        assert "The hook is there" in visitor.press("/console/hooks/new", **fields).text
        [hook] = world.get("/v1/hooks")["data"]
        assert hook["platform"] == "pabbly"
        assert "took the test" in visitor.press(f"/console/hooks/{hook['id']}/test").text
        assert len(sink.wait_for(1)) == 1
    finally:
        visitor.web.close()

"""The platforms' pages: the app, a key that is shown once, the guide, and whether it has called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests

from integration import discovery
from integration.kernel.catalog import dashed
from integration.kernel.times import parse_strict
from integration.web.apps import guide_texts
from integration.web.console import guides
from proofs.rig.sink import Sink
from proofs.rig.stack import World
from tests.console.visitor import Visitor

ROOT = Path(__file__).resolve().parents[2]
KEYS = [dashed(each) for each in discovery.load().platforms]


@pytest.mark.parametrize("key", KEYS)
def test_a_guide_names_this_server_and_leads_nowhere_else(key: str) -> None:
    made = guides.guide(key, "https://texts.example.org")
    assert "sms.example.com" not in made.page
    assert "https://texts.example.org" in made.page or key == "pabbly"
    assert "<a " not in made.page
    assert "style=" not in made.page
    assert " proved</h2>" not in made.page
    numbers = re.findall(r'<h2 id="step-(\d+)">', made.page)
    assert numbers == [str(place + 1) for place in range(len(made.steps))]


def test_the_first_zap_is_one_story() -> None:
    """README and the overview have the steps of the guide, in its order."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    story = readme.partition("## First Zap")[2].partition("\n## ")[0]
    told = [each.rstrip(".") for each in re.findall(r"^\d\. \*\*(.+?)\*\*", story, re.MULTILINE)]
    assert told == list(guide_texts.steps("zapier"))


def test_the_overview_tells_the_same_story(user: Visitor) -> None:
    page = user.get("/").text
    links = re.findall(r'href="/console/apps/zapier#step-\d">(.+?)</a>', page)
    assert links == list(guide_texts.steps("zapier"))


def test_a_platform_gets_a_key_and_its_first_call_is_seen(user: Visitor, world: World) -> None:
    page = user.press("/console/apps/mcp")
    [key] = set(re.findall(r"hk_[\w-]{40}", page.text))
    assert f"Bearer {key}" in page.text, "the guide has it filled in"
    assert key not in user.get("/console/apps/mcp").text
    assert "waits for its first call" in user.page("/console/apps/mcp").text
    for _ in range(2):
        answer = requests.get(
            f"{world.stack.url}/v1/me", headers={"X-API-Key": key}, timeout=90
        ).json()
    assert answer["scopes"] == ["act", "read", "texts"]
    [made] = [each for each in world.get("/v1/keys")["data"] if each["platform"]]
    assert (made["platform"], made["name"]) == ("mcp", "AI Assistants (MCP)")
    assert parse_strict(made["first_call_at"]) >= parse_strict(made["created_at"])
    seen = user.get("/console/apps/mcp").text
    assert "first call seen at" in seen
    assert made["first_call_at"] in seen
    assert made["first_call_at"] in user.get("/console/apps").text
    world.call("DELETE", f"/v1/keys/{made['id']}")
    assert "first call seen at" not in user.get("/console/apps/mcp").text


def test_a_hook_of_the_platform_is_sent_a_test_event_from_its_page(
    user: Visitor, world: World
) -> None:
    sink = Sink()
    body = {"trigger": "inbound-sms", "target_url": sink.url(), "platform": "zapier"}
    hook = world.post("/v1/hooks", **body, description="Zap 7").json()
    page = user.page("/console/apps/zapier")
    assert "Zap 7" in page.text
    assert f"/console/hooks/{hook['id']}/test" in page.forms
    assert "The target took the test" in user.press(f"/console/hooks/{hook['id']}/test").text
    assert "Zap 7" not in user.page("/console/apps/make").text
    sink.close()


def test_who_may_not_manage_keys_is_not_offered_one(visitor: Visitor, world: World) -> None:
    assert world.post("/v1/keys", name="Zap", platform="zapier").ok
    reader = world.post("/v1/keys", name="reader", scopes=["read"]).json()["key"]
    assert visitor.sign_in(reader).ok
    page = visitor.page("/console/apps/zapier")
    assert "Make a key" not in page.text
    assert "hk_" not in page.text
    assert visitor.post("/console/apps/zapier", csrf=visitor.token()).status_code == 403

"""The page with the virtual handset."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from proofs.rig.sandbox import Sandbox

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def test_the_page_and_its_assets_are_all_local(sandbox: Sandbox) -> None:
    page = sandbox.web.get(sandbox.url + "/")
    assert page.ok
    assert "pf_sandbox_demo" in page.text
    assets = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert len(assets) == 3
    for asset in assets:
        assert sandbox.web.get(sandbox.url + asset).ok
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_page_says_that_a_key_is_malformed(sandbox: Sandbox) -> None:
    page = sandbox.web.get(sandbox.url + "/", params={"account": "<b>nonsense"})
    assert "&lt;b&gt;nonsense” is not a sandbox key" in page.text


@pytest.mark.page
@pytest.mark.skipif(CHROMIUM is None, reason="There is no Chromium on this machine.")
def test_the_handset_shows_both_sides_of_a_conversation(
    sandbox: Sandbox, phone_key: str, tmp_path: Path
) -> None:
    inbound = {"phone": "+15550001111", "message": "Is my <i>table</i> ready?"}
    sandbox.control("POST", phone_key, "inbound", inbound)
    reply = {"device_fingerprint": "sandbox-phone-1", "phone": "+15550001111", "message": "It is."}
    sandbox.call("POST", "/pairfon/zapier/send-sms", phone_key, json=reply)
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", f"--user-data-dir={tmp_path}", "--virtual-time-budget=5000",
        "--dump-dom", f"{sandbox.url}/?account={phone_key}",
    ]  # fmt: skip
    page = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    talk = page.split('id="talk"')[1].split("</ol>")[0]
    assert '<li class="mine"><p>Is my &lt;i&gt;table&lt;/i&gt; ready?</p>' in talk
    assert '<li class="theirs"><p>It is.</p>' in talk

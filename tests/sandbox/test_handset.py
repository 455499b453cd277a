"""The page with the virtual handset."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.rig.sandbox import Sandbox, numbers, until
from sandbox.accounts import beginnings
from tests.console import readability
from tests.console.browser import Browser, Chromium

ONE_WAY = ("cm_", "us_")
"""Keys of providers whose API brings no texts."""
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def test_the_page_and_its_assets_are_all_local(sandbox: Sandbox) -> None:
    page = sandbox.web.get(sandbox.url + "/")
    assert page.ok
    assert "pf_sandbox_demo" in page.text
    assets = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert len(assets) == 4
    for asset in assets:
        assert sandbox.web.get(sandbox.url + asset).ok
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_page_says_that_a_key_is_malformed(sandbox: Sandbox) -> None:
    page = sandbox.web.get(sandbox.url + "/", params={"account": "<b>nonsense"})
    assert "&lt;b&gt;nonsense” is not a sandbox key" in page.text


@pytest.mark.parametrize("begins", [each for each in beginnings() if each not in ONE_WAY])
def test_the_form_writes_a_text_to_an_account_of_each_provider(
    sandbox: Sandbox, begins: str
) -> None:
    key = f"{begins}test_{os.getpid()}_{next(numbers)}"
    text = {"account": key, "phone": "+15550001111", "message": "Is my <i>table</i> ready?"}
    page = sandbox.call("POST", "/", data=text, headers={"Origin": sandbox.url})
    assert page.url.endswith(f"/?account={key}")
    talk = page.text.split('id="talk"')[1].split("</ol>")[0]
    assert '<li class="mine"><p>Is my &lt;i&gt;table&lt;/i&gt; ready?</p>' in talk
    [kept] = sandbox.control("GET", key, "state")["messages"]
    assert (kept["direction"], kept["phone"].lstrip("+")) == ("inbound", "15550001111")


@pytest.mark.parametrize("begins", ONE_WAY)
def test_an_account_that_only_sends_has_no_form_and_says_so(sandbox: Sandbox, begins: str) -> None:
    key = f"{begins}sandbox_demo"
    page = sandbox.call("GET", f"/?account={key}").text
    assert "one way only" in page
    assert 'method="post"' not in page
    text = {"account": key, "phone": "+15550001111", "message": "Hello?"}
    refused = sandbox.call("POST", "/", data=text, headers={"Origin": sandbox.url})
    assert refused.status_code == 400


@pytest.mark.parametrize("origin", [None, "null", "http://elsewhere.example"])
def test_the_form_is_taken_from_no_other_page(
    sandbox: Sandbox, phone_key: str, origin: str | None
) -> None:
    text = {"account": phone_key, "phone": "+15550001111", "message": "Forged"}
    headers = {"Origin": origin} if origin else {}
    assert sandbox.call("POST", "/", data=text, headers=headers).status_code == 403
    assert sandbox.control("GET", phone_key, "state")["messages"] == []


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
    page = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout
    talk = page.split('id="talk"')[1].split("</ol>")[0]
    assert '<li class="mine"><p>Is my &lt;i&gt;table&lt;/i&gt; ready?</p>' in talk
    assert '<li class="theirs"><p>It is.</p>' in talk


@pytest.fixture
def browser(chromium: Chromium, sandbox: Sandbox) -> Iterator[Browser]:
    opened = Browser(chromium, sandbox.url)
    yield opened
    opened.close()


@pytest.mark.page
def test_a_phone_and_its_sims_are_set_on_the_page_and_their_names_are_whole(
    sandbox: Sandbox, phone_key: str, browser: Browser
) -> None:
    browser.wide(390)
    browser.open(f"/?account={phone_key}")
    browser.until("document.querySelectorAll('#phones select').length === 1")
    browser.run("document.querySelector('#phone-name').focus()")
    browser.type("Shop counter downstairs")
    browser.key("Enter")
    browser.until("document.querySelectorAll('#phones select').length === 2")
    browser.run(
        "(list => { list.value = 'SIM2'; list.dispatchEvent(new Event('change')); })"
        "([...document.querySelectorAll('#phones select')].at(-1))"
    )

    def of_the_counter() -> list[str]:
        rows = sandbox.control("GET", phone_key, "state")["devices"]
        return [each["selected_sim"] for each in rows if each["device_name"].startswith("Shop")]

    until(lambda: of_the_counter() == ["SIM2"], "the one SIM of the new phone")
    browser.until("document.querySelector('#device').textContent.includes('downstairs, SIM 2')")
    browser.run("document.querySelector('#device').selectedIndex = 2")
    assert browser.run(
        "(list => { const probe = document.createElement('span'); probe.style.font ="
        " getComputedStyle(list).font; probe.textContent = list.selectedOptions[0].text;"
        " document.body.append(probe); const fits = probe.offsetWidth < list.clientWidth - 20;"
        " probe.remove(); return fits; })(document.querySelector('#device'))"
    ), "the name is not cut off"
    assert browser.complaints == []


@pytest.mark.page
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_the_page_says_can_be_read_and_a_text_has_its_ticks(
    sandbox: Sandbox, phone_key: str, browser: Browser, scheme: str
) -> None:
    sandbox.control("POST", phone_key, "inbound", {"phone": "+15550001111", "message": "Hello?"})
    reply = {"device_fingerprint": "sandbox-phone-1", "phone": "+15550001111", "message": "Yes."}
    sandbox.call("POST", "/pairfon/zapier/send-sms", phone_key, json=reply)
    browser.wide(1200, scheme)
    browser.open(f"/?account={phone_key}")
    browser.until("document.querySelector('.theirs .ticks')?.textContent === '✓✓'")
    assert readability.faint(browser) == []

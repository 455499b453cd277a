"""A headless Chromium, driven over its DevTools protocol."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp

from proofs.rig.sandbox import until
from proofs.rig.spawn import spawn

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)
LIMIT = 180.0
ZONE = "Asia/Kolkata"
"""UTC+05:30 all year: no time of this zone reads as one of UTC."""


class Chromium:
    """The running program. Its start costs more than most tests, so many share it."""

    def __init__(self, program: str, profile: Path) -> None:
        self._process = spawn(
            [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TZ": ZONE},
        )
        told = profile / "DevToolsActivePort"
        port, self._path = until(lambda: _lines(told), "the port of Chromium")
        self.address = f"ws://127.0.0.1:{port}"

    @property
    def control(self) -> str:
        return self.address + str(self._path)

    def close(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _lines(file: Path) -> list[str]:
    found = file.read_text().splitlines() if file.exists() else []
    return found[:2] if len(found) > 1 else []


class Browser:
    """One tab, with cookies and storage of its own.

    `complaints` are what the page's console says: errors, policy violations. `hosts` are those that
    its pages sent requests to, as host:port."""

    def __init__(self, chromium: Chromium, url: str) -> None:
        self.url = url
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self._numbers = itertools.count(1)
        self._loop = asyncio.Runner()
        self._loop.run(self._connect(chromium))
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)

    def close(self) -> None:
        self._loop.run(self._disconnect())
        self._loop.close()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._loop.run(self._call(self._socket, method, params))

    def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is awaited."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, script: str) -> Any:
        """The first true value of the expression, also over the loading of a new page."""
        limit = time.monotonic() + LIMIT
        while time.monotonic() < limit:
            try:
                found = self.run(script)
            except (AssertionError, RuntimeError):  # the page is on its way out
                found = None
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"Not seen within {LIMIT:.0f} s: {script}")

    def open(self, path: str) -> None:
        """A page of the service, or the page at a whole address."""
        self.leave(lambda: self.call("Page.navigate", url=urljoin(self.url, path)))

    def leave(self, act: Callable[[], object]) -> None:
        """Do what leads to another page, and wait until that is there."""
        self.run("window.left = true")
        act()
        self.until("!window.left && document.readyState === 'complete'")

    def wide(self, pixels: int, scheme: str = "light") -> None:
        size = {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        chosen = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=chosen)

    def type(self, text: str) -> None:
        """Into the field that has the focus, as a person would."""
        self.call("Input.insertText", text=text)

    def key(self, name: str) -> None:
        more = {"text": "\r"} if name == "Enter" else {}
        code = {"Enter": 13, "Tab": 9}[name]
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=name,
                code=name,
                windowsVirtualKeyCode=code,
                **(more if kind == "keyDown" else {}),
            )

    def point(self, node: str) -> None:
        """Click with the mouse on what an expression names; nothing lies over it there."""
        x, y = self.until(
            f"(node => {{ if (!node) return null; node.scrollIntoView("
            "{ block: 'center', inline: 'center', behavior: 'instant' });"
            " const box = node.getClientRects()[0];"
            " const at = [box.x + box.width / 2, box.y + box.height / 2];"
            " const hit = document.elementFromPoint(...at);"
            f" return node.contains(hit) ? at : null; }})({node})"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def sign_in(self, key: str) -> None:
        self.open("/")
        self.until("document.activeElement.name === 'key'")
        self.type(key)
        self.key("Enter")
        self.arrive("Overview")

    def arrive(self, title: str) -> None:
        """Wait for the whole of a page whose title begins so; the title itself comes first."""
        begins = f"document.title.startsWith({json.dumps(title)})"
        self.until(f"{begins} && document.readyState === 'complete'")

    def press(self, label: str) -> None:
        """Click the first button or link that is called so, once it is there."""
        node = (
            "[...document.querySelectorAll('button, a, summary')]"
            f".find(each => each.textContent.trim() === {json.dumps(label)})"
        )
        self.until(f"!!{node}")
        self.run(f"{node}.click()")

    async def _connect(self, chromium: Chromium) -> None:
        self._web = aiohttp.ClientSession()
        self._control = await self._web.ws_connect(chromium.control)
        made = await self._call(self._control, "Target.createBrowserContext", {})
        self.context = made["browserContextId"]
        tab = {"url": "about:blank", "browserContextId": self.context}
        made = await self._call(self._control, "Target.createTarget", tab)
        page = f"{chromium.address}/devtools/page/{made['targetId']}"
        self._socket = await self._web.ws_connect(page, max_msg_size=0)

    async def _disconnect(self) -> None:
        await self._socket.close()
        whole = {"browserContextId": self.context}
        await self._call(self._control, "Target.disposeBrowserContext", whole)
        await self._web.close()

    async def _call(
        self, socket: aiohttp.ClientWebSocketResponse, method: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        number = next(self._numbers)
        await socket.send_json({"id": number, "method": method, "params": params})
        while True:
            told: dict[str, Any] = await socket.receive_json(timeout=LIMIT)
            self._listen(told)
            if told.get("id") == number:
                if "error" in told:
                    raise RuntimeError(told["error"]["message"])
                return dict(told["result"])

    def _listen(self, told: dict[str, Any]) -> None:
        if told.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(told["params"]))
        if told.get("method") == "Network.requestWillBeSent":
            address = urlsplit(told["params"]["request"]["url"])
            self.hosts |= {address.netloc} if address.netloc else set()
        if told.get("method") == "Log.entryAdded":
            entry = told["params"]["entry"]
            if entry["level"] in ("error", "warning"):
                self.complaints.append(f"{entry['text']} {entry.get('url', '')}")

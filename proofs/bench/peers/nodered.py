"""Node-RED: an HTTP endpoint whose every message goes to so many addresses; nothing is stored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from proofs.bench.ground import Ground
from proofs.bench.peers import environments
from proofs.bench.program import Program
from proofs.rig.ports import free_port
from proofs.rig.sandbox import until

SETTINGS = """module.exports = {
  uiPort: %d, uiHost: '127.0.0.1', flowFile: 'flows.json', credentialSecret: false,
  logging: { console: { level: 'warn', metrics: false, audit: false } },
  telemetry: { enabled: false }
}
"""
SPLIT = """const { req, res, ...own } = msg
const headers = { 'content-type': 'application/json' }
const made = %s.map(url => ({ ...own, url, method: 'POST', headers }))
return [msg, made]
"""


@dataclass(frozen=True, kw_only=True)
class NodeRed:
    program: Program
    base: str

    @property
    def url(self) -> str:
        """Where messages come in."""
        return f"{self.base}/in"

    def answers(self) -> bool:
        try:
            with build_opener(ProxyHandler({})).open(f"{self.base}/up", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


def start(ground: Ground, targets: list[str]) -> NodeRed:
    """`launch`, and wait until it answers."""
    made = launch(ground, targets)
    until(made.answers, "Node-RED's answer")
    return made


def launch(ground: Ground, targets: list[str]) -> NodeRed:
    """Node-RED with one flow, which answers `POST /in` at once and then calls each target."""
    folder, port = environments.node("nodered"), free_port()
    home = ground.folder / f"nodered-{port}"
    home.mkdir()
    (home / "settings.js").write_text(SETTINGS % port)
    (home / "flows.json").write_text(json.dumps(_flow(targets)))
    program = ground.start(f"nodered-{port}", command(folder, home), folder, NO_UPDATE_NOTIFIER="1")
    return NodeRed(program=program, base=f"http://127.0.0.1:{port}")


def command(folder: Path, home: Path) -> list[str]:
    script = folder / "node_modules" / "node-red" / "red.js"
    return [str(environments.NODE), str(script), "--userDir", str(home)]


def _flow(targets: list[str]) -> list[dict[str, Any]]:
    asked = {"z": "t", "persist": True, "method": "use", "ret": "txt", "paytoqs": "ignore"}
    return [
        {"id": "t", "type": "tab", "label": "bench"},
        {"id": "i", "type": "http in", "z": "t", "url": "/in", "method": "post", "wires": [["f"]]},
        {
            "id": "f",
            "type": "function",
            "z": "t",
            "func": SPLIT % json.dumps(targets),
            "outputs": 2,
            "wires": [["r"], ["q"]],
        },
        {"id": "r", "type": "http response", "z": "t", "statusCode": "200", "wires": []},
        {"id": "q", "type": "http request", **asked, "wires": [[]]},
        {"id": "u", "type": "http in", "z": "t", "url": "/up", "method": "get", "wires": [["v"]]},
        {"id": "v", "type": "http response", "z": "t", "statusCode": "200", "wires": []},
    ]

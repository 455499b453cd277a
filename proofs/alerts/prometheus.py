"""A real Prometheus over a running stack, with our alerts in a twentieth of their time."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import requests

from proofs.rig.ports import free_port
from proofs.rig.sandbox import ROOT, until

FASTER = 20
MONITORING = ROOT / "docs/monitoring"
UNITS = {"m": 60, "h": 3600}
HELD = re.compile(r"(_seconds) > (\d+)")
SPAN = re.compile(r"\b(\d+)([mh])\b")
CONFIG = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [alerts.yml]
scrape_configs:
  - job_name: hookline
    authorization: {{credentials: {token}}}
    static_configs: [{{targets: ["{target}"]}}]
"""


class Prometheus:
    """Scrapes `target` (host and port) each second, until it is closed."""

    def __init__(self, folder: Path, target: str, token: str) -> None:
        folder.mkdir()
        (folder / "alerts.yml").write_text(hastened((MONITORING / "alerts.yml").read_text()))
        (folder / "prometheus.yml").write_text(CONFIG.format(target=target, token=token))
        self.url = f"http://127.0.0.1:{free_port()}"
        command = ["prometheus", f"--config.file={folder}/prometheus.yml"]
        command += [f"--storage.tsdb.path={folder}/data"]
        command += [f"--web.listen-address={self.url.removeprefix('http://')}"]
        with (folder / "prometheus.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._scrapes, "a scrape of the service")

    def firing(self) -> set[str]:
        """The names of the alerts that fire now."""
        found = self._ask("alerts")["alerts"]
        return {each["labels"]["alertname"] for each in found if each["state"] == "firing"}

    def fires(self, alert: str) -> bool:
        return alert in self.firing()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(60)

    def _scrapes(self) -> bool:
        try:
            targets = self._ask("targets")["activeTargets"]
        except requests.RequestException:
            return False
        return [each["health"] for each in targets] == ["up"]

    def _ask(self, what: str) -> dict[str, Any]:
        answer = requests.get(f"{self.url}/api/v1/{what}", timeout=10)
        return dict(answer.json()["data"])


def hastened(rules: str) -> str:
    """The rules with each span, and each limit in seconds, in a twentieth of its time."""

    def span(found: re.Match[str]) -> str:
        return f"{int(found[1]) * UNITS[found[2]] // FASTER}s"

    def limit(found: re.Match[str]) -> str:
        return f"{found[1]} > {int(found[2]) // FASTER}"

    return HELD.sub(limit, SPAN.sub(span, rules))


def names() -> set[str]:
    """Every alert that we have."""
    return set(re.findall(r"alert: (\w+)", (MONITORING / "alerts.yml").read_text()))

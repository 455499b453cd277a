"""A whole n8n of its own, without a browser: installed once, started, and asked over REST."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import requests

from proofs.rig.ports import free_port
from proofs.rig.sandbox import until
from proofs.rig.spawn import spawn
from tests.platforms import node

HERE = Path(__file__).parent
REBUILD_SECONDS = 1200
QUIET = {
    "N8N_DIAGNOSTICS_ENABLED": "false",
    "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
    "N8N_TEMPLATES_ENABLED": "false",
    "N8N_PERSONALIZATION_ENABLED": "false",
    "N8N_HIRING_BANNER_ENABLED": "false",
    "N8N_COMMUNITY_PACKAGES_ENABLED": "false",
    "N8N_PUBLIC_API_DISABLED": "true",
    "N8N_SECURE_COOKIE": "false",
}
OWNER = {"email": "amy@example.com", "password": "Password1", "firstName": "Amy", "lastName": "Lee"}


class CannotRun(Exception):
    """Why there is no n8n on this machine, in words."""


def installed() -> Path:
    """The folder of n8n with its database driver, which npm has to build from source."""
    folder = node.installed(HERE / "n8n_server" / "package.json")
    if not list(folder.glob("node_modules/sqlite3/build/Release/*.node")):
        command = ["node", str(node.NPM), "rebuild", "sqlite3", "--loglevel=error"]
        headers = {"npm_config_nodedir": str(node.HOME)}
        done = node.run(command, folder, seconds=REBUILD_SECONDS, **headers)
        if done.returncode:
            raise CannotRun(f"sqlite3 could not be built for n8n: {done.stderr[-400:]}")
    return folder


class N8n:
    """`home` keeps its data from one start to the next."""

    def __init__(self, home: Path, extensions: Path) -> None:
        self.folder, self.home = installed(), home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.web = requests.Session()
        self.web.trust_env = False
        self.web.headers["browser-id"] = "proof"
        self.settings = {
            **QUIET,
            "N8N_USER_FOLDER": str(home),
            "N8N_PORT": str(self.port),
            "N8N_LISTEN_ADDRESS": "127.0.0.1",
            "N8N_HOST": "127.0.0.1",
            "WEBHOOK_URL": f"{self.url}/",
            "N8N_ENCRYPTION_KEY": "for-this-proof-only",
            "N8N_CUSTOM_EXTENSIONS": str(extensions),
            "N8N_RUNNERS_BROKER_PORT": str(free_port()),
            "DB_TYPE": "sqlite",
        }

    def command(self, *words: str) -> None:
        done = node.run(["n8n", *words], self.folder, seconds=300, **self.settings)
        assert done.returncode == 0, done.stdout + done.stderr

    def take(self, kind: str, things: list[dict[str, Any]]) -> None:
        """`n8n import:credentials` or `import:workflow`."""
        place = self.home / f"{kind}.json"
        place.write_text(json.dumps(things))
        self.command(f"import:{kind}", f"--input={place}")

    def start(self) -> None:
        with (self.home / "n8n.log").open("ab") as log:
            self.process = spawn(
                ["n8n", "start"],
                cwd=self.folder,
                env=node.environment(self.folder, self.settings),
                stdout=log,
                stderr=log,
            )
        until(self._ready, f"n8n ready; see {self.home / 'n8n.log'}")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def log(self) -> str:
        return (self.home / "n8n.log").read_text()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.web.request(method, f"{self.url}/rest{path}", json=body, timeout=60)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:400]}"
        return answer.json()["data"]

    def own(self) -> None:
        """Make the owner's account; this session is signed in from then on."""
        self.ask("POST", "/owner/setup", OWNER)

    def executions(self, workflow: str, status: str) -> list[dict[str, Any]]:
        asked = json.dumps({"workflowId": workflow, "status": [status]})
        found = self.web.get(f"{self.url}/rest/executions", params={"filter": asked}, timeout=60)
        return list(found.json()["data"]["results"])

    def _ready(self) -> bool:
        assert self.process.poll() is None, self.log()[-2000:]
        try:
            # n8n calls itself ready before its REST addresses answer in JSON.
            answer = self.web.get(f"{self.url}/rest/login", timeout=5)
        except requests.RequestException:
            return False
        return answer.headers.get("Content-Type", "").startswith("application/json")

"""What goes wrong in a week: each trouble begins, and ends as it would in life."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from proofs.chaos.arena import WORKERS
from proofs.chaos.figure import Life
from proofs.chaos.restarting import ALL
from proofs.chaos.scene import Scene
from proofs.chaos.seen import Closed
from proofs.chaos.week.profile import Profile, Trouble
from proofs.rig.stack import World


class Town:
    """The accounts of a profile. `offline` holds what phones without a network could not upload."""

    def __init__(self, scene: Scene, profile: Profile) -> None:
        self.scene, self.profile = scene, profile
        self.groups: dict[str, list[World]] = {}
        self.offline: dict[str, list[dict[str, object]]] = {}
        self.target_of: dict[str, str] = {}
        self._hands = threading.Lock()
        for people in profile.people:
            self.groups[people.name] = [
                scene.account(healthy=people.healthy, **people.settings)
                for _ in range(people.accounts)
            ]
            for world in self.groups[people.name]:
                self.target_of[world.name] = people.target
                scene.hook(world, f"/{people.target}")
        for name in profile.targets:
            self.behave(name)

    def behave(self, target: str, trouble: Trouble | None = None) -> None:
        """The paths of a target take a trouble's habit, or their own."""
        habit = trouble.habit if trouble else self.profile.targets[target]
        worlds = [each for each in self.scene.worlds if self.target_of[each.name] == target]
        self.scene.arena.sink.plan({self.scene.path(each, f"/{target}"): habit for each in worlds})

    def arrive(self, world: World, text: str, phone: str, *, webhook: bool) -> None:
        """Somebody writes; a phone without a network keeps it with its time."""
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        row: dict[str, object] = {"message": text, "phone": phone, "received_at": at}
        if world.name in self.offline:
            self.offline[world.name].append(row | {"webhook": False})
        else:
            world.control("POST", "inbound", row | {"webhook": webhook})

    def begin(self, trouble: Trouble) -> None:
        worlds = self.groups.get(trouble.people, [])
        scene = self.scene
        match trouble.kind:
            case "fault":
                for world in worlds:
                    scene.fault(world, **{"match": "POST /zapier/send-sms", **trouble.fault})
                if trouble.fault.get("kind") == "status" and "p" not in trouble.fault:
                    names = frozenset(world.name for world in worlds)
                    scene.closed.append(Closed(names=names, begin=time.time()))
            case "target":
                self.behave(trouble.target, trouble)
            case "offline":
                self.offline |= {world.name: [] for world in worlds}
            case "burst":
                for world in worlds:
                    scene.receive(world, trouble.texts)
            case "refused":
                scene.refused += worlds
                for world in worlds:
                    world.control("PUT", "settings", {"revoked": True})
            case "store":
                self._again("redis")
            case "crash":
                self._again(WORKERS[0])
            case "deploy":
                self._deploy()

    def end(self, trouble: Trouble) -> None:
        worlds = self.groups.get(trouble.people, [])
        match trouble.kind:
            case "fault":
                for world in worlds:
                    world.control("DELETE", "faults")
                names = frozenset(world.name for world in worlds)
                for each in self.scene.closed:
                    if each.names == names:
                        each.end = min(each.end, time.time())
            case "target":
                self.behave(trouble.target)
            case "refused":
                for world in worlds:
                    world.control("PUT", "settings", {"revoked": False})
            case "offline":
                for world in worlds:
                    if rows := self.offline.pop(world.name, []):
                        world.control("POST", "inbound", rows)

    def mend(self) -> None:
        """Everything is as it should be, targets that always hang as well."""
        self.scene.clear()
        plain = {
            self.scene.path(each, f"/{self.target_of[each.name]}"): 200
            for each in self.scene.worlds
        }
        self.scene.arena.sink.plan(dict(plain))

    def life(self) -> Life:
        """Whom the troubles of the profile strike, for the headline."""
        struck = {"hang": 0, "limited": 0, "breaking": 0}
        for people in self.profile.people:
            kinds = {
                each.fault.get("kind")
                for each in self.profile.troubles
                if each.kind == "fault" and each.people == people.name
            }
            kind = "hang" if "hang" in kinds else "breaking" if kinds else ""
            kind = "limited" if "rate_limit" in people.settings and not kind else kind
            if kind:
                struck[kind] += people.accounts
        scene = self.scene
        scene.silent, scene.limited, scene.breaking = struck.values()
        return scene.life()

    def tend(self) -> None:
        """What a supervisor does, unless somebody restarts something just now."""
        if self._hands.acquire(blocking=False):
            try:
                self.scene.arena.tend()
            finally:
                self._hands.release()

    def _again(self, name: str) -> None:
        with self._hands:
            self.scene.arena.kill(name)
            self.scene.arena.start(name)

    def _deploy(self) -> None:
        arena = self.scene.arena
        with self._hands:
            for name in ALL:
                arena.processes[name].terminate()
                arena.processes[name].wait(60)
                arena.start(name)
                time.sleep(0.5)

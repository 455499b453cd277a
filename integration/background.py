"""Worker and scheduler in one: forked from one parent, where one machine or dyno runs both."""

from __future__ import annotations

from integration import parent, scheduler, worker


def main() -> None:
    own = parent.prepared("worker")
    parent.keep(own, [*worker.duties(own), scheduler.duty(own)])


if __name__ == "__main__":
    main()

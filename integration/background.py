"""Worker and scheduler, forked from one parent: for a machine or dyno that runs both."""

from integration import scheduler, worker
from integration.runtime import forking


def main() -> None:
    own = forking.prepared("worker")
    forking.keep(own, [*worker.duties(own), scheduler.duty(own)])


if __name__ == "__main__":
    main()

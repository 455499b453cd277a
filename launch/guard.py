"""A bystander that kills what the launcher started when the launcher itself is killed.

The launcher writes `+GROUP` and `-GROUP` lines to our standard input as process groups come and
go. End of file means that it is gone, however it died, so whatever still stands on the list is
killed. This covers what PR_SET_PDEATHSIG cannot: grandchildren, and systems without it (macOS).
"""

import os
import signal
import sys


def watch() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        (groups.add if line[0] == "+" else groups.discard)(group)
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue


if __name__ == "__main__":
    watch()

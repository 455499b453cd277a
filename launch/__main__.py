"""`python -m launch [run|start]`: see --help."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from launch.errors import LaunchError
from launch.run import run, start

DESCRIPTION = """\
run    (default) everything on this machine: a data server unless REDIS_URL is set, the sandbox
       unless a provider's account is set, and the processes of the Procfile
start  the processes of the Procfile alone, under one supervisor, for a platform with one dyno;
       needs REDIS_URL and SECRET_KEY
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m launch",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("mode", nargs="?", choices=("run", "start"), default="run")
    parser.add_argument("--directory", type=Path, default=Path(), help="where the Procfile lies")
    wanted = parser.parse_args()
    root = wanted.directory.resolve()
    try:
        if wanted.mode == "start":
            start(os.environ, root)
        else:
            run(os.environ, root, root / (os.environ.get("HOOKLINE_STATE") or ".hookline"))
    except LaunchError as error:
        sys.stdout.flush()
        print(f"Hookline: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before anything was started
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

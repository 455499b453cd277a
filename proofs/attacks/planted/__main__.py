"""`python -m proofs.attacks.planted`: open each hole in a copy and see it caught.

A patch is named after its figure and its fault, such as `S3-follow_redirects.patch`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from proofs.rig.planted import Planted, Suite, main

HEAD = ("planted", "figure", "what the figure said", "caught", "when, code")


def read(patch: Path) -> Planted:
    figure, _, fault = patch.stem.partition("-")
    command = ["proofs.attacks", "--short", "--only", figure]
    return Planted(name=fault, figure=figure, patch=patch, command=command)


SUITE = Suite(
    program="proofs.attacks.planted",
    planted=[read(path) for path in sorted(Path(__file__).parent.glob("*.patch"))],
    broken="BROKEN: ",
    table="attacks planted",
    head=HEAD,
)

if __name__ == "__main__":
    sys.exit(main(SUITE))

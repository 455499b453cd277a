"""`python -m proofs.chaos.planted`: plant each fault in a copy and see the proof fail.

Every `.patch` beside this file opens with lines of what it breaks and how it is caught:

    breaks: what the service no longer does
    figure: f1
    sizes: f1.kills=10 f1.sends=150
    caught: a pattern that the report has to hold
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from proofs.rig.planted import Planted, Suite, main

HEAD = ("planted", "what it breaks", "figure", "what the figure said", "caught", "when, code")
FIELD = re.compile(r"^(breaks|figure|sizes|caught): (.*)$", re.MULTILINE)


def read(patch: Path) -> Planted:
    head = dict(FIELD.findall(patch.read_text(encoding="utf-8")))
    sizes = [part for size in head.get("sizes", "").split() for part in ("--set", size)]
    return Planted(
        name=patch.stem,
        breaks=head["breaks"],
        figure=head["figure"].upper(),
        patch=patch,
        command=["proofs.chaos", "--here", "--short", "--only", head["figure"], *sizes],
        caught=head["caught"],
    )


SUITE = Suite(
    program="proofs.chaos.planted",
    planted=[read(path) for path in sorted(Path(__file__).parent.glob("*.patch"))],
    broken="MISSED: ",
    table="planted",
    head=HEAD,
)

if __name__ == "__main__":
    sys.exit(main(SUITE))

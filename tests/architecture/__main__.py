"""`python -m tests.architecture`: print the house; `--write` draws it into its pages."""

from __future__ import annotations

import argparse

from tests.architecture.picture import PAGES, drawn, rooms, upward
from tests.architecture.reading import ROOT


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.architecture", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"into {', '.join(PAGES)}")
    options = parser.parse_args()
    house = rooms()
    for each in house:
        print(f"{each.floor:>2}  {each.lines:>6}  {each.path}")
        print(f"            uses {', '.join(sorted(each.uses)) or 'nothing'}")
    arrows = sum(len(each.uses) for each in house)
    up = upward(house)
    print(f"{len(house)} rooms, {house[-1].floor + 1} floors, {arrows} arrows, {len(up)} back up")
    for page in PAGES if options.write else ():
        path = ROOT / page
        text = path.read_text(encoding="utf-8")
        path.write_text(drawn(page, text, house), encoding="utf-8")


if __name__ == "__main__":
    main()

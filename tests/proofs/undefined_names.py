"""Names that planted code uses and nothing defines: such code crashes, and proves nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

RULES = "F821,F822,F823"
"""Undefined names, also of `__all__`, and locals that are used before they are set."""


def undefined_names(root: Path) -> list[str]:
    """A line for each in the Python files under `root`."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache"]
    command += ["--select", RULES, "--output-format", "concise", str(root)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode in (0, 1), ran.stderr
    lines = ran.stdout.splitlines()
    return [each.removeprefix(f"{root}/") for each in lines if each.startswith(str(root))]

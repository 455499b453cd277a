"""`python -m integration.cli`, which `hookline` runs."""

from __future__ import annotations

import sys

from integration.cli.main import main

sys.exit(main())

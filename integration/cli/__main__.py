"""`python -m integration.cli`, which `hookline` runs."""

import sys

from integration.cli.main import main

sys.exit(main())

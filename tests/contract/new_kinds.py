"""The example of each kind: what it edits, and the failure that names a file left out."""

from __future__ import annotations

from tests.contract.new_checkout import Edit, Kind

ROUTES = "integration/web/console/routes.py"
RENDERING = "integration/web/console/rendering.py"
GOLDEN = {"tests/platforms/*/golden": "The compiled files of zapier are not the kept ones"}
KINDS = (
    Kind(section="A trigger", key="order_placed", named=GOLDEN),
    Kind(section="An action", key="say_hello", named=GOLDEN),
    Kind(section="A search", key="find_last_text", named=GOLDEN),
    Kind(section="A dropdown", key="people", named=GOLDEN),
    Kind(
        section="A provider",
        key="acme",
        edits=(
            Edit(
                path="docs/providers.md",
                before="| `pairfon` |",
                line="| `acme` | send and receive SMS | `https://sms.acme.example` | 60 a minute |",
            ),
            Edit(
                path="docs/settings.md",
                before="| `PAIRFON_API_KEY` |",
                line="| `ACME_API_KEY`, `ACME_PROJECT`, `ACME_BASE_URL`, `ACME_SIGNING_SECRET` ||",
            ),
            Edit(
                path="app.json",
                before='    "DEFAULT_REGION"',
                line='    "ACME_API_KEY": { "required": false }, "ACME_PROJECT": {},',
            ),
        ),
        named={
            "tests/fixtures/providers/acme/*.json": "record tests/fixtures/providers/acme/probe.ok",
            "docs/providers.md": "docs/providers.md lacks a row for acme.",
            "docs/settings.md": "lacks a row for ACME_API_KEY, ACME_BASE_URL, ACME_PROJECT, ",
            "app.json": "app.json lacks ACME_API_KEY, ACME_PROJECT.",
        },
    ),
    Kind(
        section="A platform",
        key="acme_flow",
        edits=(
            Edit(
                path="README.md",
                before="| [Zapier](docs/platforms/zapier.md) |",
                line="| [Acme Flow](docs/platforms/acme-flow.md) | addresses | a test calls them |",
            ),
        ),
        named={
            "docs/platforms/acme-flow.md": "lacks its guide, docs/platforms/acme-flow.md.",
            "README.md": "README.md lacks (docs/platforms/acme-flow.md).",
            "tests/platforms/acme_flow/test_*.py": "write a test in tests/platforms/acme_flow/.",
            "tests/platforms/acme_flow/golden": "tests/platforms/acme_flow/golden is empty;",
        },
    ),
    Kind(
        section="A setting",
        key="greeting",
        edits=(
            Edit(
                path="integration/settings.py",
                before="    sync_interval:",
                line='    greeting: str = setting("Hello", text, "What the pages say first.")',
            ),
            Edit(
                path="docs/settings.md",
                before="| `SYNC_INTERVAL` |",
                line="| `GREETING` | what the pages say first | Hello |",
            ),
        ),
        named={"docs/settings.md": ", GREETING."},
    ),
    Kind(
        section="A console page",
        key="about",
        edits=(
            Edit(path=ROUTES, before="    app_pages,", line="    about_pages,"),
            Edit(path=RENDERING, before='    ("apps", "Apps")', line='    ("about", "About"),'),
        ),
        named={
            "integration/web/console/templates/console/about.html": "templates/console/about.html",
            ROUTES: "console/routes.py does not register about.",
            RENDERING: "NAVIGATION in console/rendering.py lacks about.",
        },
    ),
)

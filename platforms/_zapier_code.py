"""The JavaScript of the Zapier app: the code that Zapier runs around and in each operation.

Each operation is a few lines; two middlewares hold the shared code. A user's values travel as
`middlewareData`, in which Zapier replaces no curly braces. A text with `{{name}}` or
`{{bundle.authData.api_key}}` thus arrives unchanged.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

from integration.kernel.catalog import dashed

Function = dict[str, Any]
WAIT = 20
"""Seconds that an action's call waits for the outcome; Zapier gives up after 30."""
NEWEST, MOST = 3, 100
"""Rows that the editor's test step reads, and rows of a poll."""
FUNCTIONS = Path(__file__).with_name("_zapier_functions")
"""The bodies of functions; `$words` in them are filled in as JSON."""
DATA = "return response.data;\n"
ONE = "return response.data.id ? [response.data] : [];\n"


def body(name: str, **words: Any) -> str:
    """A function's body from its file."""
    source = (FUNCTIONS / f"{name}.js").read_text("utf-8")
    return Template(source).safe_substitute({each: json.dumps(words[each]) for each in words})


def function(source: str, *arguments: str) -> Function:
    return {"source": source, "args": [*(arguments or ("z", "bundle"))]}


def before() -> Function:
    """Completes the Server URL, refuses a malformed one, and writes the values."""
    return function(body("before"), "request", "z", "bundle")


def after() -> Function:
    """Turns a refusal into Zapier's kind of error with our sentence."""
    return function(body("after"), "response", "z", "bundle")


def me() -> Function:
    return function(_get("/v1/me", "{}") + DATA)


def subscribe(key: str, fields: Sequence[str]) -> Function:
    return function(_values(fields) + body("subscribe", trigger=dashed(key)))


def poll(key: str, fields: Sequence[str], *, limit: int, single: bool) -> Function:
    values = "values" if single else f"{{ ...values, limit: {limit} }}"
    read = _get(f"/v1/triggers/{dashed(key)}", values)
    return function(_values(fields) + read + (ONE if single else DATA))


def dropdown(key: str, *, narrowed: bool) -> Function:
    """Fills a dropdown; `narrowed` limits it to the connection that the same form names."""
    page = "page: (bundle.meta && bundle.meta.page) || 0"
    values = f"{page}, connection: bundle.inputData.connection" if narrowed else page
    return function(_get(f"/v1/options/{dashed(key)}", f"{{ {values} }}") + DATA)


def search(key: str, fields: Sequence[str]) -> Function:
    return function(_values(fields) + _get(f"/v1/searches/{dashed(key)}", "values") + DATA)


def create(key: str, fields: Sequence[str], found: str = "") -> Function:
    call = body("create", url=f"/v1/actions/{dashed(key)}", wait=WAIT)
    return function(_values(fields) + call + found + DATA)


def found(search_key: str, shared: Sequence[str]) -> str:
    """Returns the new thing in the form of the search, for a find-or-create step.

    The steps behind it then find the same fields either way.
    """
    url = f"/v1/searches/{dashed(search_key)}"
    return body("found", search=search_key, shared=list(shared), url=url)


def _values(fields: Sequence[str]) -> str:
    return body("values", fields=list(fields))


def _get(url: str, values: str) -> str:
    return body("get", url=url).replace("$values", values)

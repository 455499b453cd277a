"""Places: the page that an address belongs to which only takes a form or a button."""

from flask import current_app, request
from werkzeug.exceptions import HTTPException

NOWHERE = "console.nowhere"
HOME = "/"


def page() -> str:
    """The page of the address at hand, with its query; "" for an address that takes no form.

    It is the address itself where it shows a page as well, else the nearest one above it."""
    adapter = current_app.url_map.bind("")
    path = request.path
    if "POST" not in adapter.allowed_methods(path):
        return ""
    own, _ = adapter.match(path, method="POST", return_rule=True)
    there, _ = adapter.match(path, method="GET", return_rule=True)
    if there.rule != own.rule:
        path = _above(path)
    query = request.query_string.decode("ascii", "ignore")
    return f"{path}?{query}" if query else path


def _above(path: str) -> str:
    adapter = current_app.url_map.bind("")
    while path := path.rpartition("/")[0]:
        try:
            endpoint, _ = adapter.match(path, method="GET")
        except HTTPException:  # `/console` itself
            break
        if endpoint != NOWHERE:
            return path
    return HOME

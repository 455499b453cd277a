"""Lists as a Laravel paginator gives them, which both flavours of the family do."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request

from sandbox import assumptions


def paginated(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The page of `rows` that the request asks for; a page that is not a number counts as 1."""
    asked = request.args.get("page", "")
    page = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    size, start = assumptions.PER_PAGE, (page - 1) * assumptions.PER_PAGE
    shown, last = rows[start : start + size], max(1, -(-len(rows) // size))
    return {
        "current_page": page,
        "data": shown,
        "first_page_url": _address(1),
        "from": start + 1 if shown else None,
        "last_page": last,
        "last_page_url": _address(last),
        "links": _links(page, last),
        "next_page_url": _address(page + 1) if page < last else None,
        "path": request.base_url,
        "per_page": size,
        "prev_page_url": _address(page - 1) if page > 1 else None,
        "to": start + len(shown) if shown else None,
        "total": len(rows),
    }


def _links(page: int, last: int) -> list[dict[str, Any]]:
    numbered = [
        {"url": _address(each), "label": str(each), "active": each == page}
        for each in range(1, min(last, 10) + 1)
    ]
    before = {"url": _address(page - 1) if page > 1 else None, "label": "Previous"}
    after = {"url": _address(page + 1) if page < last else None, "label": "Next"}
    return [before | {"active": False}, *numbered, after | {"active": False}]


def _address(page: int) -> str:
    # As in Laravel, the page links keep no other parameter of the query.
    return f"{request.base_url}?{urlencode({'page': page})}"

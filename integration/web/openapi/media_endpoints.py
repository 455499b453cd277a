"""The endpoint of links to received files."""

from typing import Any

from integration.schema.components import TEXT
from integration.schema.endpoint import Endpoint, Reply
from integration.web.openapi.resources import section

FILE: dict[str, Any] = {"type": "string", "contentEncoding": "binary"}
ABOUT = (
    "Events name these links under `media`. A link needs no key: its address is signed, and is"
    " over after MEDIA_HOURS. A file that is not kept is fetched from its provider meanwhile. What"
    " is no picture, sound or video is given to be saved."
)


def _part(name: str, example: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": TEXT, "example": example}


MEDIA = section(
    "Received files",
    Endpoint(
        "GET /media/{connection}/{media}/{proof}/{name}",
        "get_media",
        "Give a file of a received message.",
        [Reply(description="The file.", schema=FILE, media="*/*")],
        description=ABOUT,
        parameters=[
            _part("connection", "conn_k4x2mq7vb3nd5wz6"),
            _part("media", "med_0123456789abcdef01234567"),
            _part("proof", "6981b910-abcdefghijklmnopqrstuvwxyz234567"),
            _part("name", "image.jpg"),
        ],
        problems=(404, 410, 503),
        open=True,
    ),
)

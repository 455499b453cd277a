"""Links to files of received messages: a link gives its file to anyone, until its time is over.

A browser never runs what a stranger sent: it shows pictures, sounds and videos, and saves the rest.
"""

import re

from flask import Blueprint

from integration.kernel.errors import NotFound
from integration.kernel.media import SHOWN, known
from integration.media import opening
from integration.media.links import Link
from integration.web.core.answers import Reply
from integration.web.core.current import services

routes = Blueprint("media", __name__)
ADDRESS = "/media/<connection>/<media>/<proof>/<name>"
PROOF = re.compile(r"([0-9a-f]{1,12})-([a-z2-7]{32})")
NAME = re.compile(r"[a-z]{1,10}\.[a-z0-9]{1,5}")
FOREIGN = "This is no link that we gave; copy it again from the message."
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=300",
    "X-Robots-Tag": "noindex",
}


@routes.get(ADDRESS)
def give(connection: str, media: str, proof: str, name: str) -> Reply:
    """The file of a link. NotFound for one that we did not sign; Gone and Unavailable say why a
    file is not there."""
    found = PROOF.fullmatch(proof)
    link = found and Link(connection, media, int(found[1], 16))
    if not (found and link and link.is_signed(services(), found[2])):
        raise NotFound(FOREIGN)
    data, content_type = opening.opened(services(), link)
    plain = known(content_type)
    way = "inline" if plain in SHOWN else "attachment"
    named = name if NAME.fullmatch(name) else "file.bin"
    headers = {**HEADERS, "Content-Disposition": f'{way}; filename="{named}"'}
    # The text of a stranger has no charset that we know of.
    mimetype = f"{plain}; charset=utf-8" if plain.startswith("text/") else plain
    return Reply(data, mimetype=mimetype, headers=headers)

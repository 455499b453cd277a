"""Links to files of received messages: signed with SECRET_KEY, and closed after a time.

A link stands in an event, which is stored once. So it is the same in each poll and each delivery.
"""

import hmac
from collections.abc import Sequence
from typing import NamedTuple

from integration.kernel.media import ending, known
from integration.services import Services


class Link(NamedTuple):
    """The parts of a link. `expires` is in seconds since 1970."""

    connection: str
    media: str
    expires: int

    def signatures(self, services: Services) -> Sequence[str]:
        """That of SECRET_KEY first, then those of OLD_SECRET_KEYS, which stay valid."""
        return services.vault.tokens(f"media {self.connection} {self.media} {self.expires}")

    def is_signed(self, services: Services, given: str) -> bool:
        proofs = [hmac.compare_digest(each, given) for each in self.signatures(services)]
        return given.isascii() and any(proofs)


def url(services: Services, link: Link, content_type: str) -> str:
    """The address of a link. Its last part is a name with an ending, which some programs need."""
    [kind, _, _] = known(content_type).partition("/")
    name = f"{'file' if kind in ('application', 'text') else kind}.{ending(content_type)}"
    signature = link.signatures(services)[0]
    root = f"{services.settings.public_url}/media/{link.connection}/{link.media}"
    # In hexadecimals: as a decimal it could be read as somebody's number (upkeep/person.py).
    return f"{root}/{link.expires:x}-{signature}/{name}"

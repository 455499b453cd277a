"""Files of received messages: where a provider keeps them, and what a browser may do with one."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

PLAIN = "application/octet-stream"
"""The type of what is only to be saved."""
SHOWN = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/tiff": "tiff",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/ogg": "ogg",
    "audio/amr": "amr",
    "audio/3gpp": "3gp",
    "audio/wav": "wav",
    "audio/webm": "weba",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
    "video/3gpp2": "3g2",
    "video/webm": "webm",
    "video/quicktime": "mov",
    "video/mpeg": "mpeg",
}
"""Types that a browser may show or play, and their file endings: none of them can hold a script.
SVG can, so it is not among them."""
SAVED = {
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "text/directory": "vcf",
    "text/calendar": "ics",
    "text/plain": "txt",
    "application/pdf": "pdf",
}
"""Types of files that a browser saves: MMS bring contacts and appointments too."""
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"})
"""Those that every browser can show."""
_OTHER_NAMES = {"image/jpg": "image/jpeg", "audio/mp3": "audio/mpeg", "audio/x-wav": "audio/wav"}


class KeepsMedia:
    """A provider that keeps files of received messages at an address (`Media.url`).

    A file is fetched from the account's base URL and from the hosts below, by https, never from
    another host. Where it answers with a redirect, the next address has to be one of these too.
    """

    media_hosts: ClassVar[Sequence[str]] = ()
    """Further hosts with files. `*.` stands for any name before the rest. They get no login."""
    media_login_hosts: ClassVar[Sequence[str]] = ()
    """Likewise those that get the login, as the host of the base URL does."""

    def media_login(self, url: str) -> Mapping[str, str]:  # noqa: ARG002  # the providers that override this use it
        """The headers that open a file at this address, none for an address that is no file's.

        They are sent to the host of the base URL and to `media_login_hosts` alone. No redirect to
        another host gets them.
        """
        return {}


def known(content_type: str) -> str:
    """The type without its parameters; PLAIN for one that is not known to be harmless."""
    plain = content_type.partition(";")[0].strip().lower()
    plain = _OTHER_NAMES.get(plain, plain)
    return plain if plain in SHOWN or plain in SAVED else PLAIN


def ending(content_type: str) -> str:
    """The ending of a file's name."""
    plain = known(content_type)
    return SHOWN.get(plain) or SAVED.get(plain) or "bin"

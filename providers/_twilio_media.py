"""Twilio's media: where the pictures of received messages are, and the login that opens them."""

import base64
import re
from abc import abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlsplit

from integration.kernel.errors import ProviderRejected
from integration.kernel.events import Media
from integration.kernel.media import KeepsMedia
from integration.kernel.specs import Values
from providers import _twilio_pages, _twilio_words
from providers._reading import filled, segment

FILE = re.compile(r".*/Accounts/\w+/Messages/\w+/Media/\w+")
NO_RIGHT = (401, 403, 404)
"""How Twilio refuses what a key may not see; 401 is its answer to a wrong key as well."""
# ASSUMED_MEDIA_SOON: the list has a message some seconds before its pictures. It is less than the
# `late_within` of the list, so the next reading shows the message again.
SOON = timedelta(minutes=4)


class TwilioMedia(KeepsMedia):
    """The pictures of an account. The address that Twilio names asks for the account's login, and
    answers with another one, which needs none."""

    # ASSUMED_MEDIA_HOSTS: the bytes are at Twilio's own hosts or at Amazon's store.
    media_hosts: ClassVar = ("*.twiliocdn.com", "*.twilio.com", "*.amazonaws.com")
    media_login_hosts: ClassVar = ("api.twilio.com", "*.ie1.twilio.com", "*.au1.twilio.com")
    """With the hosts of Twilio's regions."""
    options: Values
    base_url: ClassVar[str]

    def media_login(self, url: str) -> Mapping[str, str]:
        is_file = FILE.fullmatch(urlsplit(url).path)
        return {"Authorization": f"Basic {self._credentials()}"} if is_file else {}

    def _media(self, row: Mapping[str, Any]) -> list[Media] | None:
        """Where the pictures of a listed message are, None while Twilio does not show them all yet.
        Its webhook has named them already."""
        sid, count = filled(row, "sid"), _twilio_words.media_count(row)
        if sid is None or not count:
            return []
        path = f"/Messages/{segment(sid, 'message')}/Media"
        base_url = (self.options.get("base_url") or self.base_url).rstrip("/")
        root = f"{base_url}/Accounts/{self.options['account_sid']}{path}"
        ask = partial(self._call, "GET", f"{path}.json")
        try:
            found = _twilio_words.media(_twilio_pages.listed(ask, {}, "media_list"), root)
        except ProviderRejected as error:
            # ASSUMED_MEDIA_RIGHTS: some keys may see messages alone. They hold up no message.
            if error.upstream_status not in NO_RIGHT:
                raise
            return []
        came = _twilio_words.created(row)
        is_new = came is not None and datetime.now(UTC) - came < SOON
        return None if len(found) < count and is_new else found

    @abstractmethod
    def _call(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, **more: Any
    ) -> Any:
        """One call of the account."""

    def _credentials(self) -> str:
        given = self.options
        if given.get("api_key_sid"):
            pair = f"{given['api_key_sid']}:{given['api_key_secret']}"
        else:
            pair = f"{given['account_sid']}:{given['auth_token']}"
        return base64.b64encode(pair.encode()).decode()

"""Twilio's media: where the pictures of received messages are, and the login that opens them."""

import base64
import re
from abc import abstractmethod
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlsplit

from integration.kernel.events import Media
from integration.kernel.media import KeepsMedia
from integration.kernel.specs import Values
from providers import _twilio_pages, _twilio_words
from providers._reading import filled, segment

FILE = re.compile(r".*/Accounts/\w+/Messages/\w+/Media/\w+")


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

    def _media(self, row: Mapping[str, Any]) -> list[Media]:
        """Where the pictures of a listed message are; its webhook has named them already."""
        sid = filled(row, "sid")
        if sid is None or not _twilio_words.media_count(row):
            return []
        path = f"/Messages/{segment(sid, 'message')}/Media"
        listed = _twilio_pages.listed(partial(self._call, "GET", f"{path}.json"), {}, "media_list")
        base_url = (self.options.get("base_url") or self.base_url).rstrip("/")
        root = f"{base_url}/Accounts/{self.options['account_sid']}{path}"
        return _twilio_words.media(listed, root)

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

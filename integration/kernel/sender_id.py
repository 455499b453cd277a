"""The sender of a text as a field: the name or number that the recipient sees."""

from typing import Any

from integration.kernel import senders
from integration.kernel.fields import Word


class SenderId(Word):
    """A number loses its spaces and other marks, which no provider takes; a name stays as typed."""

    def read(self, text: str) -> Any:
        return senders.plain(super().read(text))

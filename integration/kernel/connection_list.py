"""A field of several connections."""

from typing import Any

from marshmallow import ValidationError

from integration.kernel import digits
from integration.kernel.fields import Text

MOST = 5


class ConnectionList(Text):
    """Ids of connections in their order, as an array or as text with commas; each counts once."""

    many = True

    def take(self, value: Any) -> Any:
        found = list(dict.fromkeys(each.strip() for each in digits.entries(value)))
        if len(found) > MOST:
            raise ValidationError(f"At most {MOST} connections.")
        return found

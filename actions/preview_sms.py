"""Preview SMS: the parts and letters that a text would cost, before it is sent."""

from typing import Any

from actions import _texting
from integration.kernel import plain_letters
from integration.kernel.fields import Inputs
from integration.kernel.segments import ALPHABET, segments
from integration.kernel.specs import Search, Values

SAMPLE = "It\u2019s ready \u2013 see you at 5"


class PreviewSmsInputs(Inputs):
    message = _texting.message("The text to look at; nothing is sent.", SAMPLE, required=True)


def run(_: object, values: Values) -> list[dict[str, Any]]:
    text = values["message"]
    folded = plain_letters.folded(text)
    return [
        {
            "id": "preview",
            "encoding": "GSM-7" if set(text) <= ALPHABET else "UCS-2",
            "parts": segments(text),
            "characters": len(text),
            "costly_characters": plain_letters.costly(text),
            "folded_message": folded,
            "folded_parts": segments(folded),
        }
    ]


SEARCH = Search(
    key="preview_sms",
    noun="Preview",
    label="Get SMS Preview",
    description="Gets how many parts a text would have, and which characters make it costly.",
    inputs=PreviewSmsInputs,
    needs=None,
    run=run,
    sample={
        "id": "preview",
        "encoding": "UCS-2",
        "parts": 1,
        "characters": 28,
        "costly_characters": "\u2019\u2013",
        "folded_message": "It's ready - see you at 5",
        "folded_parts": 1,
    },
)

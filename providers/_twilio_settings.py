"""What an account at Twilio is connected with."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from integration.kernel.fields import Flag, Inputs, Secret, Url, Word
from integration.kernel.sender_id import SenderId


def _sid(start: str, name: str) -> validate.Regexp:
    message = f"{name} is {start} and then 32 digits or letters from a to f."
    return validate.Regexp(f"{start}[0-9a-fA-F]{{32}}$", error=message)


class TwilioSettings(Inputs):
    account_sid = Word(
        required=True,
        label="Account SID",
        help="From the first page of the Twilio console; it starts with AC.",
        sample="AC00000000000000000000000000000001",
        validate=_sid("AC", "An Account SID"),
    )
    auth_token = Secret(
        label="Auth Token",
        help="From the same page; it also proves that webhooks come from Twilio.",
        sample="0123456789abcdef0123456789abcdef",
    )
    api_key_sid = Word(
        label="API Key SID",
        help="Calls Twilio with an API key of yours instead; it starts with SK.",
        sample="SK00000000000000000000000000000001",
        validate=_sid("SK", "An API Key SID"),
    )
    api_key_secret = Secret(
        label="API Key Secret",
        help="The secret of that API key.",
        sample="0123456789abcdefghijklmnopqrstuv",
    )
    sender_id = SenderId(
        label="Sender",
        help="Your number, messaging service (MG…) or name that sends where a step chooses none.",
        sample="+14155550100",
        validate=validate.Length(max=36, error="A sender has at most 36 characters."),
    )
    replace_webhook = Flag(
        label="Replace Webhook",
        help="Lets our address replace another one that a number or service calls now.",
        sample="true",
    )
    base_url = Url(
        label="Base URL",
        help="Where the API answers; leave empty for Twilio in the United States.",
        sample="https://api.dublin.ie1.twilio.com/2010-04-01",
    )

    @validates_schema
    def check_key(self, data: Mapping[str, Any], **_: Any) -> None:
        """Calls need the token, or a whole API key."""
        if bool(data.get("api_key_sid")) != bool(data.get("api_key_secret")):
            raise ValidationError("An API key has a SID and a secret; give both.", "api_key_secret")
        if "account_sid" in data and not (data.get("auth_token") or data.get("api_key_sid")):
            raise ValidationError("Give the Auth Token, or an API key.", "auth_token")

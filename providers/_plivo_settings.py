"""What an account at Plivo is connected with."""

from marshmallow import validate

from integration.kernel.fields import Flag, Inputs, Secret, Url, Word
from integration.kernel.sender_id import SenderId


class PlivoSettings(Inputs):
    auth_id = Word(
        required=True,
        label="Auth ID",
        help="From the first page of the Plivo console; it starts with MA, or SA for a subaccount.",
        sample="MA0000000000EXAMPLE1",
        validate=validate.Regexp(
            r"(MA|SA)[0-9A-Za-z]{18}\Z",
            error="An Auth ID is MA or SA and then 18 letters and digits.",
        ),
    )
    auth_token = Secret(
        required=True,
        label="Auth Token",
        help="From the same page; it also proves that webhooks come from Plivo.",
        sample="0123456789abcdefghijklmnopqrstuvwxyzABCD",
    )
    sender_id = SenderId(
        label="Sender",
        help="The number, short code, name or Powerpack UUID that sends where a step names none.",
        sample="+14155550100",
        validate=validate.Length(max=36, error="A sender has at most 36 characters."),
    )
    replace_webhook = Flag(
        label="Replace Webhook",
        help="Lets our address replace another one that an application calls now.",
        sample="true",
    )
    base_url = Url(
        label="Base URL",
        help="Where the API answers; leave empty for Plivo itself.",
        sample="https://api.plivo.com/v1",
    )

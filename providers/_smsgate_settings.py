"""What tells one SMSGate account from another, and where it answers."""

from integration.kernel.fields import Inputs, Password, Secret, Url, Word


class SmsgateSettings(Inputs):
    username = Word(
        required=True,
        label="Username",
        help="The username that the app shows on its home screen, under the server that you use.",
        sample="QWE3HQ",
    )
    password = Password(
        required=True,
        label="Password",
        help="The password that the app shows beside the username.",
        sample="b9k2-x7mq-pw41",
    )
    base_url = Url(
        label="Base URL",
        help="Leave empty for the cloud; https://HOST/api/3rdparty/v1 is a private server, and"
        " http://ADDRESS:8080 a phone in your own network.",
        sample="https://api.sms-gate.app/3rdparty/v1",
    )
    signing_key = Secret(
        label="Signing Key",
        help="From the app's settings, under Webhooks; each phone has a key of its own, and"
        " several are separated by commas.",
        sample="s3cretKey",
    )

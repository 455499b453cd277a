"""What tells one httpSMS account from another, and where it answers."""

from integration.kernel.fields import Inputs, Password, Secret, Url


class HttpsmsSettings(Inputs):
    api_key = Secret(
        required=True,
        label="API Key",
        help="From httpsms.com, under Settings; one that begins with pk_ is for phones alone.",
        sample="uk_4dKq7m2VxA5tZr3W9c8E1f20bYhNsJ6p",
    )
    signing_key = Password(
        label="Signing Key",
        help="Only for a webhook that you entered at httpSMS yourself, with a key of your own.",
        sample="signing-key",
    )
    base_url = Url(
        label="Base URL",
        help="Leave empty for httpSMS's cloud; your own server is https://HOST/v1.",
        sample="https://api.httpsms.com/v1",
    )

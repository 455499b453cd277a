"""The Ultimate SMS family: presets of its members, whose parts a user can replace."""

from dataclasses import dataclass, replace

from integration.kernel.fields import Choice, Inputs, Secret, Url, Word, longest
from integration.kernel.sender_id import SenderId
from integration.kernel.specs import Values


@dataclass(frozen=True, kw_only=True)
class Paths:
    """The path of each operation under the prefix; None where the member has no such operation."""

    send_sms: str
    send_mms: str | None
    profile: str
    balance: str | None
    groups: str
    create_group: str
    contacts: str | None
    group_contacts: str
    add_contact: str


HOSTED = Paths(
    send_sms="/http/sms/send",
    send_mms="/http/mms/send",
    profile="/http/profile",
    balance=None,
    groups="/http/contact-groups",
    create_group="/v3/contacts",
    contacts="/http/contacts",
    group_contacts="/http/contacts",
    add_contact="/v3/contacts/{group}/store",
)
STOCK = Paths(
    send_sms="/sms/send",
    send_mms=None,  # an MMS is an SMS of type "mms"
    profile="/me",
    balance="/balance",
    groups="/contacts",
    create_group="/contacts",
    contacts=None,  # the product lists contacts by group
    group_contacts="/contacts/{group}/all",
    add_contact="/contacts/{group}/store",
)


@dataclass(frozen=True, kw_only=True)
class Preset:
    """`id_path` leads to the id of a sent message, its members separated by dots."""

    prefix: str
    auth_scheme: str
    upper: bool
    id_path: str
    paths: Paths


PRESETS = {
    "cloud_messaging": Preset(
        prefix="/api/http/v3",
        auth_scheme="Api-Key",
        upper=False,
        id_path="message_id",
        paths=HOSTED,
    ),
    "ultimate_sms": Preset(
        prefix="/api/v3",
        auth_scheme="Bearer",
        upper=True,
        id_path="data.uid",
        paths=STOCK,
    ),
}


class UltimateSettings(Inputs):
    api_key = Secret(
        required=True,
        label="API Key",
        help="From the console of your account, under API Keys.",
        sample="cm_live_0123456789abcdef",
    )
    base_url = Url(
        label="Base URL",
        help="Where the API answers; leave empty for Cloud Messaging Office itself.",
        sample="https://api.faxinssms.com/api",
    )
    preset = Choice(
        choices={"cloud_messaging": "Cloud Messaging Office", "ultimate_sms": "Ultimate SMS"},
        label="Preset",
        help="Which product answers; other resellers of Ultimate SMS are Ultimate SMS.",
        sample="cloud_messaging",
    )
    sender_id = SenderId(
        label="Sender ID",
        help="Who a message is from where a step names no sender.",
        sample="MyCompany",
        validate=longest(20),
    )
    prefix = Word(
        label="Path Prefix",
        help="What stands between base URL and resource; leave empty for the preset's.",
        sample="/api/http/v3",
    )
    auth_scheme = Choice(
        choices={"Api-Key": "Authorization: Api-Key", "Bearer": "Authorization: Bearer"},
        label="Auth Scheme",
        help="How the key is presented; leave empty for the preset's way.",
        sample="Api-Key",
    )
    field_case = Choice(
        choices={"lower": "phone, first_name", "upper": "PHONE, FIRST_NAME"},
        label="Field Case",
        help="How the fields of a contact are written; leave empty for the preset's way.",
        sample="lower",
    )
    id_path = Word(
        label="ID Path",
        help="Where the answer to a send holds the message id; leave empty for the preset's.",
        sample="message_id",
    )
    paths = Choice(
        choices={"cloud_messaging": "http/sms/send and others", "ultimate_sms": "sms/send, me"},
        label="Paths",
        help="Which set of addresses the product has; leave empty for the preset's.",
        sample="cloud_messaging",
    )


def preset(options: Values) -> Preset:
    """The chosen preset with the parts that the settings replace."""
    chosen = PRESETS[options.get("preset") or "cloud_messaging"]
    prefix = options.get("prefix")
    return replace(
        chosen,
        # A user writes "/" for no prefix at all.
        prefix="/".join(["", *filter(None, prefix.split("/"))]) if prefix else chosen.prefix,
        auth_scheme=options.get("auth_scheme") or chosen.auth_scheme,
        upper={"upper": True, "lower": False}.get(options.get("field_case", ""), chosen.upper),
        id_path=options.get("id_path") or chosen.id_path,
        paths=PRESETS.get(options.get("paths", ""), chosen).paths,
    )

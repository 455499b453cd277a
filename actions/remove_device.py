"""Remove device: take a phone out of the account."""

from integration.kernel import common_fields
from integration.kernel.capabilities import HasDevices
from integration.kernel.events import Sent
from integration.kernel.fields import Inputs
from integration.kernel.specs import Action, Values


class RemoveDeviceInputs(Inputs):
    device_fingerprint = common_fields.device(
        "The phone to remove; it stops sending and receiving for your account.", required=True
    )
    connection = common_fields.connection()


def run(provider: HasDevices, values: Values) -> Sent:
    return provider.remove_device(values["device_fingerprint"])


# A second call does no harm: a phone that is gone counts as removed.
ACTION = Action(
    key="remove_device",
    noun="Device",
    label="Remove Device",
    description="Removes a phone from your account.",
    inputs=RemoveDeviceInputs,
    needs=HasDevices,
    run=run,
    sample={},
    repeatable=True,
    destructive=True,
)

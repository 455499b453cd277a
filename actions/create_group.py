"""Create group: a new, empty contact group."""

from datetime import datetime

from integration.kernel import common_fields
from integration.kernel.capabilities import HoldsContacts
from integration.kernel.events import Group, Sent, Trace
from integration.kernel.fields import Inputs, LongText, Word, longest
from integration.kernel.folding import folded
from integration.kernel.specs import Action, Settling, Values


class CreateGroupInputs(Inputs):
    name = Word(
        required=True,
        label="Name",
        help="The name of the new group, at most 255 characters.",
        sample="Newsletter",
        validate=longest(255),
    )
    description = LongText(
        label="Description",
        help="Notes for yourself on what the group is for.",
        sample="People who asked for the newsletter.",
    )
    connection = common_fields.connection()


def run(provider: HoldsContacts, values: Values) -> Sent:
    return provider.create_group(name=values["name"], description=values.get("description"))


def traces(provider: HoldsContacts, values: Values, _since: datetime) -> list[Trace]:
    """Groups of that name; no provider says when a group was made.

    One group proves one job (`shown`): two requests for one name make two groups, as they do
    when both answers arrive. A group that the user made by hand counts as ours. The user then has
    one group of the name instead of two.
    """
    named = [group for group in provider.groups() if folded(group.name) == shown(values)]
    return [_trace(group) for group in named]


def shown(values: Values) -> str:
    return folded(values["name"])


def _trace(group: Group) -> Trace:
    shown = {"group_id": group.id, "name": group.name}
    return Trace(sent=Sent(provider_id=group.id, result=shown))


ACTION = Action(
    key="create_group",
    noun="Group",
    label="Create Group",
    description="Creates a contact group.",
    inputs=CreateGroupInputs,
    needs=HoldsContacts,
    run=run,
    sample={"group_id": "g_01hgroup", "name": "Newsletter"},
    settling=Settling(needs=HoldsContacts, traces=traces, shown=shown),
)

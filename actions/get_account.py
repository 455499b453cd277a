"""Get account: whose account a connection is, and its balance where there is one."""

from typing import Any

from integration.kernel import common_fields
from integration.kernel.capabilities import HasAccount
from integration.kernel.fields import Inputs
from integration.kernel.specs import Search, Values

SCALAR = str | int | float | bool | None


class GetAccountInputs(Inputs):
    connection = common_fields.connection(common_fields.EVERY)


def run(provider: HasAccount, _values: Values) -> list[dict[str, Any]]:
    """Returns one row. It leaves out nested details: a platform cannot map them."""
    account = provider.account()
    flat = {key: value for key, value in account.details.items() if isinstance(value, SCALAR)}
    return [flat | {"id": account.label, "label": account.label, "balance": account.balance}]


SEARCH = Search(
    key="get_account",
    noun="Account",
    label="Get Account",
    description="Gets the name and balance of your account.",
    inputs=GetAccountInputs,
    needs=HasAccount,
    run=run,
    sample={"id": "Amy's Office", "label": "Amy's Office", "balance": "42.50"},
)

"""Page facts: what pages of a history tell of an account beside the messages."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from integration.kernel.capabilities import ListsInbound
from integration.kernel.errors import ProviderError
from integration.kernel.events import Conversation, HistoryPage
from integration.store.counters import number

LONG_AGO = datetime.min.replace(tzinfo=UTC)
COUNTS_SENT, COUNTS_RECEIVED = "1", "0"
"""Which texts the provider counts in a conversation."""


def habit_of(count: int, page: HistoryPage) -> str:
    """Which texts a provider counts so many of in the conversation of this page; "" where the page
    does not tell."""
    if not page.sent or page.pages > 1:
        return ""
    told = {page.total: COUNTS_SENT, page.total - len(page.sent): COUNTS_RECEIVED}
    return told.get(count, "")


def tops(
    provider: ListsInbound, talks: Sequence[Conversation], before: Mapping[str, int]
) -> dict[str, int]:
    """The highest id in each phone's history, as far as its newest conversation shows it."""
    newest: dict[str, Conversation] = {}
    for each in sorted(talks, key=lambda talk: talk.last_message_at or LONG_AGO):
        newest[each.device_fingerprint] = each
    found = dict(before)
    for device, talk in newest.items():
        found[device] = max(_top(provider, talk), found.get(device, 0))
    return found


def _top(provider: ListsInbound, talk: Conversation) -> int:
    """Either end of a long history may be its newest."""
    device, phone = talk.device_fingerprint, talk.phone
    try:
        first = provider.page(device_fingerprint=device, phone=phone, number=1)
        pages = [first]
        if first.pages > 1:
            last = provider.page(device_fingerprint=device, phone=phone, number=first.pages)
            pages.append(last)
    except ProviderError:
        return 0
    return max(_highest(page) for page in pages)


def _highest(page: HistoryPage) -> int:
    """The highest id of a page, 0 where none is a number."""
    ids = [*page.sent, *(each.provider_id for each in page.received)]
    return max((number(each or "") or 0 for each in ids), default=0)

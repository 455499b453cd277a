"""The figures, each in a file of its own."""

from __future__ import annotations

from proofs.chaos.figure import Figure
from proofs.chaos.figures import (
    backlogs,
    busy_targets,
    clocks,
    dead_letters,
    hanging_hooks,
    late_rows,
    lost_replies,
    network_faults,
    poison_records,
    retry_contract,
    rolling_restarts,
    silent_accounts,
    store_away,
    store_emptied,
    store_full,
    store_kills,
    takeover,
    web_kills,
    worker_kills,
)

FIGURES: tuple[Figure, ...] = (
    worker_kills.FIGURE,
    web_kills.FIGURE,
    store_kills.FIGURE,
    store_away.FIGURE,
    takeover.FIGURE,
    network_faults.FIGURE,
    lost_replies.FIGURE,
    poison_records.FIGURE,
    store_full.FIGURE,
    rolling_restarts.FIGURE,
    clocks.FIGURE,
    retry_contract.FIGURE,
    dead_letters.FIGURE,
    silent_accounts.FIGURE,
    late_rows.FIGURE,
    backlogs.FIGURE,
    busy_targets.FIGURE,
    hanging_hooks.FIGURE,
    # The last: it empties the store that short runs share.
    store_emptied.FIGURE,
)

"""The figures, each in a file of its own."""

from __future__ import annotations

from chaos.figure import Figure
from chaos.figures import (
    lost_replies,
    rolling_restarts,
    store_away,
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
    lost_replies.FIGURE,
    rolling_restarts.FIGURE,
)

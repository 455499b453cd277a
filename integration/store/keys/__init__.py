"""Every key of the store: the one list that code, scripts, tests and docs/data-model.md read.

`{<workspace>}` is a hash tag: a cluster would keep all such keys of a workspace in one slot.
"""

from integration.store.key import EVERY, give_names
from integration.store.keys.accounts import *
from integration.store.keys.activity import *
from integration.store.keys.delivery import *
from integration.store.keys.hooks import *
from integration.store.keys.inbound import *
from integration.store.keys.jobs import *
from integration.store.keys.media import *
from integration.store.keys.rq import *
from integration.store.keys.service import *

OURS, OF_RQ = "hl:*", "rq:*"
"""What all names begin with: our own, and those that RQ reads."""
RQ_ACTIONS = "hookline-actions"
RQ_DELIVERIES = "hookline-deliveries"
RQ_MEDIA = "hookline-media"

give_names(globals())

LUA = {each.local: each for each in EVERY.values()}
"""The keys by the names that Lua code has for them."""

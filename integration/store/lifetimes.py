"""How long things are kept in the store, and how many of them."""

DAY_MS = 86_400_000
IDEMPOTENCY_SECONDS = 86_400
"""How long an idempotency key gives its first answer again: the 24 hours that callers rely on."""
INSPECTED_SECONDS = 30 * 86_400
"""How long what could not be read is kept for inspection, and notes on damaged records."""
TEXTS_SECONDS = (3 + 2 * 366) * 86_400
"""How long a text is known again that is scheduled as far ahead as a call may be."""
TEXTS_KEPT = 100
"""Jobs with one text to one number that are known again."""
SENDS_SECONDS = 3 * 86_400
"""How long the log of a connection's sends, which tells equal messages apart, is kept."""
WORD_ANSWERED_SECONDS = 86_400
"""How long after an automatic answer a person gets no other one to the same word."""
PARKED_SECONDS = 2 * 86_400
"""How long a receipt waits for the send it belongs to."""
RETENTION_MOST_SECONDS = 3650 * 86_400
"""How long RETENTION_DAYS keeps anything at most."""
CONSUMER_SECONDS = 90 * 86_400
"""How long an unused consumer's cursor is kept."""
NUMBERS_SECONDS = 400 * 86_400
"""How long after its last message a connection's known numbers are kept."""
READER_SECONDS = 7 * 86_400
"""How long after its last poll an inbox counts as read."""
UNREADABLE_KEPT = 50
"""Webhook bodies and rows kept for inspection, per workspace."""
UNREAD_KNOWN = 10_000
"""Unreadable rows of a connection that are known again."""
MEDIA_HOURS = 720
"""How many hours a link to a received file opens at most."""
MEDIA_FLIGHT_SECONDS = 45
"""How long one turn of fetching an account's files holds its lock at most."""
DELIVERIES_KEPT = 200
"""Entries of one hook's delivery log."""
ANSWERS_SECONDS, ANSWERS_KEPT = 7 * 86_400, 100
"""How long after it came last a target's answer is kept, and how many different ones of a hook."""
DAYS_SECONDS = 32 * 86_400
"""How long after its last hour began a day's counts are kept, which the overview shows."""
HOURS_KEPT = 24
"""Hours of which it is counted how a hook's attempts ended; the one that runs is among them."""
HOURS_SECONDS = (HOURS_KEPT + 1) * 3_600
"""How long after an hour with attempts began a hook's counts are kept."""
HOOKS_MOST = 1_000
"""Hooks of one workspace: each event costs a delivery for every hook that wants it."""
EMPTIED_SECONDS = 30 * 86_400
"""How long the mark of an emptied store is kept."""
REPLICATED_SECONDS = 3_600
"""How long the mark that is written before a wait for replicas is kept."""
BROKEN_KEPT = 1_000
"""Notes on damaged records, the newest."""
JOBS_KEPT = 100_000
"""Jobs listed per workspace; older ones leave the list and expire."""
CONVERSATION_KEPT = 10_000
"""Texts of one conversation that its page leads to; search finds older ones."""
CONSOLE_SESSION_SECONDS = 12 * 3600
"""How long after sign-in a session of the console ends, however busy it is."""
CONSOLE_IDLE_SECONDS = 2 * 3600
"""How long after its last request a session of the console ends."""
SIGN_IN_LINK_SECONDS = 900
"""How long a link that signs in to the console opens."""
FORM_SECONDS = 86_400
"""How long a form of the console that was sent is known, so that a second press makes nothing."""
FORM_WORKING_SECONDS = 60
"""How long after its press a form whose outcome nobody noted may be sent again."""
SEEN_DAYS = 7
"""How much longer than its event a fingerprint is kept, so that a late webhook repeats nothing."""
WATCHED_SECONDS = 30 * 86_400
"""How long after the last look the known facts of an account are kept."""
LIMIT_SECONDS = 3_600
"""How long after the last call a provider's limit is remembered."""
PARTS_SECONDS = 172_800
"""Providers repeat a webhook for a day; a part that comes again later is one of a new text."""
LANE_SECONDS = 86_400
"""How long after its last call without an answer a provider counts as silent."""
ANSWERED_SECONDS = 10
"""How long after its last answer a provider counts as answering."""
PACE_SECONDS, PACE_PEOPLE_SECONDS = 2 * 86_400, 32 * 86_400
"""How long after a connection's last text its parts are known, and its recipients. The longest
windows of its pacing are a day and 31 days."""
REFERENCES_SECONDS = 60 * 86_400
"""How long after its last new one a month's provider ids are kept."""
RQ_KEPT_SECONDS, RQ_FAILED_SECONDS = 5, 3_600
"""How long RQ keeps a wake-up that was performed, and one that a worker took."""
RQ_TIMEOUT_SECONDS = 120
"""After which RQ thinks a job dead; every outbound call ends long before."""
HEARTBEAT_SECONDS = 15
"""How long after its last heartbeat a process counts as alive."""
OWN_ADDRESS_SECONDS = 900
"""How long what the last call of our own address found is kept."""
BELONGINGS_SECONDS = 7 * 86_400
SEEN_SECONDS = 30 * 86_400
"""How long what an account listed stands in for one that does not answer."""
SYNC_LOCK_SECONDS = 60
"""How long a sync holds its lock at most; a dead process blocks the next one for so long."""
WATCH_LOCK_SECONDS = 20
"""The same for a look at an account."""
REGISTRATION_LOCK_SECONDS = 60
"""The same for a webhook registration."""
LEFT_SECONDS = 86_400
"""How long after the last one accounts are known that connections have left."""
REMOVED_SECONDS = 3_600
"""How long after its removal a connection that is made again goes on where it was."""
FAILURES_SECONDS = 900
"""How long a failed authentication counts against its client address."""
OLD_KEY_SECONDS = 86_400
"""How long an API key that was rotated opens beside the new one."""
EXPIRED_KEY_SECONDS = 7 * 86_400
"""How long an expired API key stays in the list, for people who wonder why it opens nothing."""
AUDIT_SECONDS, AUDIT_KEPT = 90 * 86_400, 10_000
"""How long an entry of the audit list is kept, and how many entries are."""
SECOND_PASS_MS = 60_000
"""How long after its erasure a workspace is looked for once more."""
ERASED_SECONDS = 86_400
"""How long the ids of an erased workspace's connections and hooks are kept at most."""

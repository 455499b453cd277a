"""What the providers' documentation leaves open, decided here once and by name.

A client that is right only under one of these must be changed, not the sandbox. Those marked
*setting* can be turned per account, so that a client can be tried under the other reading.

Pairfon
- The webhook body is the same object as an item of `/zapier/inbound-sms`, unsigned. A 2xx answer
  acknowledges; anything else and a time-out is retried (PUSH_DELAYS; *setting* `retry_scale`).
- `/zapier/inbound-sms` shows the newest INBOUND_WINDOW messages, newest first (*setting*
  `inbound_window`), by their arrival at the provider (*setting* `inbound_order`), because phones
  upload late.
- `/zapier/latest-sms` with no message yet answers `{}` (*setting* `latest_empty`).
- `/chat/messages` is newest first (*setting* `messages_order`); `limit` above 100 counts as 100;
  `pages` is at least 1; a phone matches by its digits.
- One integer series per account numbers inbound and outbound messages; the UUID of latest-sms and
  the `queueId` of /chat/send are found nowhere else.
- Outbound status is queued, then sent, then delivered (*setting* `status_after`, seconds).
- PUT /webhooks/inbound-sms replaces the list and gives every entry a new number.
- Deleting a device ends sending from it and reading its history (404).
- The auth limit counts failed authentications per client address; valid keys keep working.
- A wrong method is 404, as an unknown route.

Cloud Messaging Office and stock Ultimate SMS
- Field names are those of the public Ultimate SMS clients; the documentation lost them.
- The sender limit of 11 characters has one exception, the documentation's own sample (*setting*
  `sender_max`).
- A list of recipients is one message with one id and one unit of cost for each recipient. A
  balance that does not suffice is 422.
- An unknown group is 404. The same phone may be stored twice (*setting* `unique_contacts`).
- `schedule_time` is UTC; receipts of a scheduled message start at that time.
- A missing `Accept` header is tolerated.
- Receipts go to the account's `callback_url` (*setting*; the product has it in its console), are
  unsigned, and are retried until the answer is exactly 200.
"""

from __future__ import annotations

from typing import Final

INBOUND_WINDOW: Final = 50
MESSAGES_LIMIT: Final = 50
MESSAGES_LIMIT_MAX: Final = 100
RATE_LIMIT: Final = 100
RATE_WINDOW: Final = 60.0
AUTH_LIMIT: Final = 15
AUTH_WINDOW: Final = 900.0
STATUS_AFTER: Final = {"sent": 1.0, "delivered": 2.0}
SENDER_MAX: Final = 11
SENDER_DIGITS_MAX: Final = 15
SENDER_SAMPLE: Final = "CloudMessaging"
PER_PAGE: Final = 25
BALANCE: Final = 1000.0
PUSH_DELAYS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
PUSH_TIMEOUT: Final = 10.0
RECEIPTS: Final = ({"status": "success", "after": 1.0},)
KEY_LENGTH_MIN: Final = 8
DEVICE: Final = {
    "device_fingerprint": "sandbox-phone-1",
    "device_name": "Sandbox Phone",
    "status": "active",
    "selected_sim": "BOTH",
    "user_id": 1,
    "fcm_token": "fcm_sandbox_token_1",
}

"""Trust: the authorities that may vouch for a provider's server, read once a process.

Reading them takes 25 ms and a third of a megabyte, which is more than all else that a call takes.
"""

from __future__ import annotations

import ssl
from functools import cache

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util.ssl_ import create_urllib3_context


@cache
def trusted() -> ssl.SSLContext:
    """The context of all TLS connections; threads and forked processes share it."""
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.check_hostname = True
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context

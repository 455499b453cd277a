"""The limit of open files: each connection needs one, and the usual soft limit is 1,024."""

import resource

MOST = 65_536


def raise_it() -> None:
    """Raise the soft limit of this process and of what it forks, as far as the hard one allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or soft < hard:
        wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))

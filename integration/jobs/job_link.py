"""Job links: the provider of a job's connection, which knows what the job's send is called."""

from integration.accounts import ingress_urls
from integration.accounts.connections import Connection
from integration.accounts.provider_link import Reach, link
from integration.jobs import record
from integration.jobs.claim import Claim
from integration.kernel.capabilities import ReadsWebhooks
from integration.kernel.specs import Provider
from integration.services import Services


def linked(services: Services, claim: Claim, connection: Connection, reach: Reach) -> Provider:
    """The provider, all of whose calls end before another process may take the job."""
    provider = link(services, connection, within=claim.seconds_left(), reach=reach)
    provider.reference = record.reference(claim.job)
    if services.settings.public_url and isinstance(provider, ReadsWebhooks):
        provider.receipt_url = ingress_urls.url(services, connection)
    return provider

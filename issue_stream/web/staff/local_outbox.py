"""Who may read letters that stay on this machine because no mail server is set.

In: the settings, a reader, where a request came from. Out: yes or no. It must never say yes once a mail server is set.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request

from issue_stream.web.context import Web
from issue_stream.web.security import address_of
from issue_stream.web.staff.guard import Viewer

_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def keeps_letters(web: Web) -> bool:
    """Whether letters stay in the local outbox."""
    settings = web.house.settings
    return settings.smtp_url is None and settings.web.show_outbox


def is_not_set_up(web: Web) -> bool:
    """Whether this house has neither a mail server nor an address of its own: then anybody signs in as anybody."""
    return keeps_letters(web) and urlsplit(web.house.settings.web.base_url).hostname in _LOCAL_HOSTS


def may_read_letters(viewer: Viewer) -> bool:
    """Leads and admins; everybody in a house that is not set up, where they could sign in as a lead anyway."""
    return keeps_letters(viewer.web) and (viewer.leads or is_not_set_up(viewer.web))


def asked_from_here(request: Request, web: Web) -> bool:
    """Whether this machine asks, by one of its own names: any site may point a name of its own at 127.0.0.1."""
    try:
        asker = ip_address(address_of(request, web.house.settings.web.trusted_proxies))
    except ValueError:
        return False
    return asker.is_loopback and request.url.hostname in _LOCAL_HOSTS

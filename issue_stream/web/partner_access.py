"""Who may see which issue through a signed link: checked in the store each time, so that a link can be revoked."""

from dataclasses import dataclass

from issue_stream.store.pages_partner import PartnerHistory, partner_history
from issue_stream.web.context import Web
from issue_stream.web.links import StatusClaim
from schemas.errors import NotFound
from schemas.issue import Issue
from schemas.people import Contact, Partner


@dataclass(frozen=True, slots=True)
class Opened:
    """A contact at the door of one issue. `history` is None while the desk has not written the issue yet."""

    claim: StatusClaim
    contact: Contact
    partner: Partner | None
    history: PartnerHistory | None

    @property
    def zone(self) -> str:
        """The reader's zone."""
        return self.contact.zone or (self.partner.zone if self.partner else "UTC")


async def open_issue(web: Web, claim: StatusClaim) -> Opened:
    """What this link opens; raises NotFound when it was revoked or never theirs."""
    contact = await contact_of(web, claim.contact, claim.link_version)
    async with web.house.db.read() as conn:
        history = await partner_history(conn, claim.issue)
    if history is not None and not _may_see(contact, history.issue):
        raise NotFound("expected an issue of this contact, found another one")
    return Opened(claim, contact, await partner_of(web, contact), history)


async def contact_of(web: Web, contact: str, link_version: int) -> Contact:
    """The contact while their links are not revoked; raises NotFound."""
    found = (await web.house.reading.contacts([contact])).get(contact)
    if found is None or found.link_version != link_version:
        raise NotFound("expected a contact whose links are in force")
    return found


async def partner_of(web: Web, contact: Contact) -> Partner | None:
    """The contact's company; None for an address nobody knows."""
    if contact.partner is None:
        return None
    return (await web.house.reading.partners([contact.partner])).get(contact.partner)


def _may_see(contact: Contact, issue: Issue) -> bool:
    return contact.id == issue.contact or contact.id in issue.also_tell

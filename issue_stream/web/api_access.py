"""Who asks through the API: a partner's key or a service's, how often, and for which partner."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from issue_stream.intake.colleagues import colleagues
from issue_stream.intake.words import is_address
from issue_stream.store.access import ApiKey, api_key_of
from issue_stream.web.context import OurWeb, Web
from issue_stream.web.security import UnknownKey
from schemas.errors import BadInput
from schemas.people import Contact, Partner

_bearer = HTTPBearer(
    auto_error=False, scheme_name="API key", description="A key made by `issue-stream keys create`, as a bearer token."
)


async def key_of(web: OurWeb, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> ApiKey:
    """The key of this request; raises UnknownKey, and TooMany when it asks too often."""
    if given is None:
        raise UnknownKey
    async with web.house.db.read() as conn:
        key = await api_key_of(conn, given.credentials)
    if key is None:
        raise UnknownKey
    web.limits.api_key(key.id)
    return key


OurKey = Annotated[ApiKey, Depends(key_of)]
"""A route's parameter: whoever asks has a key in force."""


async def partner_for(web: Web, key: ApiKey, named: str | None) -> Partner:
    """The partner this key may raise for: its own, or the one a service names; raises BadInput."""
    wanted = key.partner or named
    if wanted is None:
        todo = "Name the partner's id; this key belongs to a service."
        raise BadInput("partner", expected="the id of a partner", found="none", todo=todo)
    if named not in {None, wanted}:
        todo = "Leave it out: the key says for whom it is."
        raise BadInput("partner", expected="the partner of this key", found=named or "", todo=todo)
    found = (await web.house.reading.partners([wanted])).get(wanted)
    if found is None:
        raise BadInput("partner", expected="the id of a partner", found=wanted, todo="Use the id that staff gave you.")
    return found


async def contact_at(web: Web, partner: Partner, address: str) -> Contact:
    """The contact of this partner with this address; a new one within its domains. Raises BadInput for any other."""
    address = address.strip().lower()
    if is_address(address):
        async with web.house.db.write() as conn:
            told = await colleagues(conn, partner, [address])
        found = await web.house.reading.contacts(told.contacts)
        if found:
            return next(iter(found.values()))
    todo = "Name an address that belongs to the partner, or ask staff to add it."
    raise BadInput("contact", expected="an address of this partner", found="another one", todo=todo)

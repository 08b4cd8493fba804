"""What the People page's forms give, read into partners, contacts and staff.

In: fields as typed. Out: values; a fault is BadInput with the field's name.
"""

import re
from collections.abc import Mapping
from zoneinfo import available_timezones

from pydantic import ValidationError

from issue_stream.intake.words import is_address
from issue_stream.web.staff.asked import moment_of
from schemas.errors import BadInput
from schemas.people import Contact, Partner, Person
from schemas.policy import Policy
from schemas.values import Instant
from schemas.vocabulary import Role

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")


def partner_of_form(typed: Mapping[str, str], policy: Policy) -> Partner:
    """A partner; raises BadInput."""
    tiers = [tier.id for tier in policy.tiers]
    return Partner(
        id=_id(typed),
        name=_named(typed),
        tier=_one_of("tier", typed, tiers),
        region=_get(typed, "region")[:40],
        zone=_zone(typed),
        channel_manager=_get(typed, "channel_manager") or None,
        domains=tuple(_get(typed, "domains").lower().replace(",", " ").split()),
    )


def contact_of_form(typed: Mapping[str, str], before: Contact | None) -> Contact:
    """A contact; their links stay in force. Raises BadInput."""
    return Contact(
        id=_id(typed),
        partner=_get(typed, "partner") or None,
        name=_named(typed),
        email=_email(typed),
        zone=_zone(typed) if _get(typed, "zone") else None,
        link_version=before.link_version if before else 1,
        confirmed=before.confirmed if before else True,
    )


def person_of_form(typed: Mapping[str, str], policy: Policy, now: Instant) -> Person:
    """A member of staff; raises BadInput."""
    team = _get(typed, "team")
    skills = tuple(_get(typed, "skills").replace(",", " ").split())
    unknown = [skill for skill in skills if policy.category(skill) is None]
    if unknown:
        known = ", ".join(category.id for category in policy.categories)
        raise BadInput("skills", expected="kinds of the policy", found=unknown[0][:60], todo=f"Known are: {known}.")
    zone = _zone(typed)
    return _valid(
        {
            "id": _id(typed),
            "name": _named(typed),
            "email": _email(typed),
            "role": Role(_one_of("role", typed, list(Role))),
            "team": _one_of("team", typed, [one.id for one in policy.teams]) if team else None,
            "skills": skills,
            "regions": tuple(_get(typed, "regions").replace(",", " ").split()),
            "capacity": _capacity(typed),
            "zone": zone,
            "away_from": _maybe_when("away_from", typed, now, zone),
            "away_until": _maybe_when("away_until", typed, now, zone),
            "backup": _get(typed, "backup") or None,
            "active": _get(typed, "active") == "1",
        }
    )


def _valid(fields: Mapping[str, object]) -> Person:
    try:
        return Person.model_validate(fields)
    except ValidationError as exc:
        fault = exc.errors(include_url=False, include_input=False)[0]
        where = str(fault["loc"][0]) if fault["loc"] else "name"
        raise BadInput(where, expected="a value this field takes", found=fault["msg"], todo="Change it.") from exc


def _get(typed: Mapping[str, str], name: str) -> str:
    return typed.get(name, "").strip()


def _id(typed: Mapping[str, str]) -> str:
    given = _get(typed, "id") or re.sub(r"[^a-z0-9]+", "-", _get(typed, "name").lower()).strip("-")[:60]
    if not _ID.fullmatch(given):
        todo = "Use small letters, digits, dots and dashes."
        raise BadInput("id", expected="a short name", found=given[:60] or "none", todo=todo)
    return given


def _named(typed: Mapping[str, str]) -> str:
    name = _get(typed, "name")
    if not name or len(name) > 120:  # noqa: PLR2004 - as Actor.name
        found = f"{len(name)} characters"
        raise BadInput("name", expected="a name of at most 120 characters", found=found, todo="Write it.")
    return name


def _email(typed: Mapping[str, str]) -> str:
    email = _get(typed, "email").lower()
    if not is_address(email):
        found = email[:80] or "none"
        raise BadInput("email", expected="an e-mail address", found=found, todo="Write it like name@example.com.")
    return email


def _zone(typed: Mapping[str, str]) -> str:
    zone = _get(typed, "zone") or "UTC"
    if zone not in available_timezones():
        raise BadInput("zone", expected="a time zone", found=zone[:60], todo="Write it like Europe/Berlin.")
    return zone


def _one_of(name: str, typed: Mapping[str, str], known: list[str]) -> str:
    given = _get(typed, name)
    if given not in known:
        found = given[:60] or "none"
        raise BadInput(name, expected=f"one of {', '.join(known)}", found=found, todo="Choose one.")
    return given


def _capacity(typed: Mapping[str, str]) -> int:
    given = _get(typed, "capacity") or "12"
    if not (given.isascii() and given.isdecimal() and len(given) <= 4):  # noqa: PLR2004 - nobody owns ten thousand
        raise BadInput("capacity", expected="a number of issues", found=given[:20], todo="Write it like 12.")
    return int(given)


def _maybe_when(name: str, typed: Mapping[str, str], now: Instant, zone: str) -> Instant | None:
    return moment_of(name, _get(typed, name), now, zone) if _get(typed, name) else None

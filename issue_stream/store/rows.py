"""Rows to values of the language and back, for people and partners."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from schemas.people import Contact, Partner, Person


def person_of(row: Row[Any]) -> Person:
    """The member of staff in a row of `staff`."""
    columns = _columns(row)
    columns["backup"] = columns.pop("backup_id")
    return Person.model_validate(columns | _split(columns, "skills", "regions"))


def partner_of(row: Row[Any]) -> Partner:
    """The partner in a row of `partners`."""
    columns = _columns(row)
    columns["channel_manager"] = columns.pop("channel_manager_id")
    return Partner.model_validate(columns | _split(columns, "domains"))


def contact_of(row: Row[Any]) -> Contact:
    """The contact in a row of `contacts`."""
    columns = _columns(row)
    columns["partner"] = columns.pop("partner_id")
    return Contact.model_validate(columns)


def person_row(person: Person) -> dict[str, Any]:
    """The row of a member of staff; addresses are kept in small letters."""
    columns = (
        person.model_dump(exclude={"backup"}) | _joined(person.skills, "skills") | _joined(person.regions, "regions")
    )
    return columns | {"role": person.role.value, "backup_id": person.backup, "email": address(person.email)}


def partner_row(partner: Partner) -> dict[str, Any]:
    """The row of a partner."""
    columns = partner.model_dump(exclude={"channel_manager"}) | _joined(map(address, partner.domains), "domains")
    return columns | {"channel_manager_id": partner.channel_manager}


def contact_row(contact: Contact) -> dict[str, Any]:
    """The row of a contact; addresses are kept in small letters."""
    columns = contact.model_dump(exclude={"partner"})
    return columns | {"partner_id": contact.partner, "email": address(contact.email)}


def address(words: str) -> str:
    """An e-mail address or a domain as it is kept and looked up: two spellings of one address are one person."""
    return words.strip().lower()


def _columns(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)  # noqa: SLF001 - public by its documentation: a named tuple may not take other names


def _split(columns: dict[str, Any], *names: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(columns[name].split()) for name in names}


def _joined(words: Iterable[str], name: str) -> dict[str, str]:
    return {name: " ".join(words)}

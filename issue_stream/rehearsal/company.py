"""Who there is in a scenario: the sample company, or people and partners written in the scenario itself.

Only an id is needed; a name and an address are made from it, and a partner's tier is the policy's lowest unless it is
written. Faults are BadInput with file and line.
"""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from issue_stream.policies.tree import Place
from issue_stream.policies.words import choice, quoted
from issue_stream.rehearsal.scenario import Company
from issue_stream.sample.company import sample_company
from schemas.errors import BadInput
from schemas.people import Contact, Partner, Person

_One = TypeVar("_One", Person, Partner, Contact)

_PARTS = ("staff", "partners", "contacts")


class Faults(Protocol):
    """Says where in the file something is wrong."""

    def fault(self, place: Place, expected: str, found: str, todo: str) -> BadInput:
        """A fault at this place."""


def company_of(file: Faults, written: Any) -> Company:  # noqa: ANN401 - what a stranger wrote
    """The company of a scenario; without one, the sample company."""
    if written is None or written == "sample":
        sample = sample_company()
        return Company(_by_id(sample.staff), _by_id(sample.partners), _by_id(sample.contacts))
    if not isinstance(written, Mapping):
        todo = "Leave company out for the sample company."
        raise file.fault(("company",), f"lists of {', '.join(_PARTS)}", quoted(written), todo)
    for key in written:
        if key not in _PARTS:
            found = f"{quoted(key)}; {choice(key, _PARTS)}"
            raise file.fault(("company", str(key)), f"lists of {', '.join(_PARTS)}", found, "Mend the key.")
    company = Company(
        _by_id(_all(file, written, "staff", Person)),
        _by_id(_all(file, written, "partners", Partner)),
        _by_id(_all(file, written, "contacts", Contact)),
    )
    _check_names(file, company)
    return company


def _by_id(found: tuple[_One, ...]) -> dict[str, _One]:
    return {one.id: one for one in found}


def _all(file: Faults, written: Mapping[str, Any], part: str, model: type[_One]) -> tuple[_One, ...]:
    listed = written.get(part, [])
    if not isinstance(listed, list):
        raise file.fault(("company", part), "a list", quoted(listed), "Begin each entry with - {id: …}")
    seen: dict[str, _One] = {}
    for number, fields in enumerate(listed):
        place: Place = ("company", part, number)
        one = _one(file, place, fields, model)
        if one.id in seen:
            raise file.fault(place, "each id once", quoted(one.id), "Rename one of them.")
        seen[one.id] = one
    return tuple(seen.values())


def _one(file: Faults, place: Place, fields: Any, model: type[_One]) -> _One:  # noqa: ANN401 - as above
    if not isinstance(fields, Mapping) or "id" not in fields:
        raise file.fault(place, "an entry with an id", quoted(fields), "Write {id: …}.")
    for key in fields:
        if key not in model.model_fields:
            found = f"{quoted(key)}; {choice(key, model.model_fields)}"
            raise file.fault((*place, str(key)), f"a field of {place[1]}", found, "Mend the key.")
    given = _usual(str(fields["id"]), model) | {str(k): v for k, v in fields.items()}
    try:
        return model.model_validate(given)
    except ValidationError as exc:
        error: ErrorDetails = exc.errors(include_url=False)[0]
        said = f"{'.'.join(map(str, error['loc']))}: {error['msg']}"
        raise file.fault((*place, *error["loc"]), said, quoted(error.get("input")), _SEE) from exc


_SEE = "See docs/reference/scenarios.md."


def _usual(one: str, model: type[Person] | type[Partner] | type[Contact]) -> dict[str, str]:
    usual = {"name": one.replace("_", " ").replace("-", " ").title(), "email": f"{one}@example.com", "role": "support"}
    return {key: value for key, value in (usual | {"tier": ""}).items() if key in model.model_fields}


def _check_names(file: Faults, company: Company) -> None:
    """Contacts belong to partners, partners to channel managers, backups are people."""
    for part, key, allowed in (
        ("contacts", "partner", company.partners),
        ("partners", "channel_manager", company.staff),
        ("staff", "backup", company.staff),
    ):
        for number, one in enumerate(getattr(company, part).values()):
            named = getattr(one, key)
            if named is not None and named not in allowed:
                found = f"{quoted(named)}; {choice(named, list(allowed))}"
                place: Place = ("company", part, number, key)
                raise file.fault(place, f"{key} of {one.id}: somebody of this company", found, "Mend the id.")

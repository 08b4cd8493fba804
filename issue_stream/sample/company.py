"""The sample company as values. In the packaged YAML, out frozen people and what they tell; stores nothing."""

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field
from ruamel.yaml import YAML

from schemas.people import Contact, Partner, Person
from schemas.values import Identifier, Value


class Deed(Value):
    """What a member of staff does about an issue right after it was raised."""

    by: Identifier
    do: Literal["accept", "reply", "note", "wait", "resolve"]
    text: str = ""


class Tale(Value):
    """One issue as a partner tells it; days count from the day of the set-up."""

    contact: Identifier
    what: str
    days_since: int | None = Field(default=None, ge=0)
    deal: str = ""
    days_until: int | None = Field(default=None, ge=0)
    amount: Decimal | None = None
    then: tuple[Deed, ...] = ()


class Company(Value):
    """Everybody there is, and what they tell."""

    staff: tuple[Person, ...]
    partners: tuple[Partner, ...]
    contacts: tuple[Contact, ...]
    issues: tuple[Tale, ...] = ()


@cache
def sample_company() -> Company:
    """The packaged one."""
    text = files("issue_stream.sample").joinpath("company.yaml").read_text("utf-8")
    return Company.model_validate(YAML(typ="safe").load(text))

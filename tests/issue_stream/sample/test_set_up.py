"""The first choice of a new house: a company with something on the board, or one admin."""

import pytest
from sqlalchemy import func, select

from issue_stream.sample.company import sample_company
from issue_stream.store import tables as t
from issue_stream.store.people import list_contacts, list_partners, list_staff
from issue_stream.store.verify import Audit, verify
from schemas.errors import BadInput
from schemas.vocabulary import Role
from tests.builders import policy_book
from tests.issue_stream.little_house import LittleHouse


def test_the_sample_company_is_as_small_and_complete_as_promised() -> None:
    company = sample_company()
    roles = [person.role for person in company.staff]

    assert len(company.partners) == 12
    assert {partner.tier for partner in company.partners} == {"platinum", "gold", "silver"}
    assert len([person for person in company.staff if person.team]) == 10
    assert {person.team for person in company.staff if person.team} == {team.id for team in policy_book().current.teams}
    assert roles.count(Role.EXECUTIVE) == 1
    assert roles.count(Role.CHANNEL_MANAGER) == 3
    assert roles.count(Role.ADMIN) == 1


def test_every_team_of_the_sample_company_has_a_lead() -> None:
    leads = {person.team for person in sample_company().staff if person.role is Role.LEAD}

    assert leads == {team.id for team in policy_book().current.teams}


def test_everybody_in_it_is_obviously_invented() -> None:
    company = sample_company()
    addresses = [p.email for p in company.staff] + [c.email for c in company.contacts]

    assert all(address.endswith(".example.com") for address in addresses)


def test_its_parts_refer_to_one_another() -> None:
    company, policy = sample_company(), policy_book().current
    staff, partners = {p.id for p in company.staff}, {p.id for p in company.partners}

    assert {c.partner for c in company.contacts} == partners
    assert {p.channel_manager for p in company.partners} <= staff
    assert {p.backup for p in company.staff if p.backup} <= staff
    assert all(policy.category(skill) for p in company.staff for skill in p.skills)
    assert all(policy.tier(partner.tier) for partner in company.partners)
    assert {deed.by for tale in company.issues for deed in tale.then} <= staff
    assert {tale.contact for tale in company.issues} <= {c.id for c in company.contacts}


async def test_a_new_house_is_fresh_until_it_is_filled(house: LittleHouse) -> None:
    assert await house.set_up.is_fresh()

    await house.set_up.sample()

    assert not await house.set_up.is_fresh()


async def test_the_sample_issues_come_in_through_the_door_and_are_granted(house: LittleHouse) -> None:
    raised = await house.set_up.sample()
    answered = await house.settle()
    async with house.db.read() as conn:
        refused = (await conn.execute(select(t.commands.c.refusal_text).where(t.commands.c.refusal != ""))).all()
        states = (await conn.execute(select(t.issues.c.state, func.count()).group_by(t.issues.c.state))).all()

    assert raised == 8
    assert answered == 8 + sum(len(tale.then) for tale in sample_company().issues)
    assert refused == []
    assert {row.state: row[1] for row in states} == {"raised": 4, "accepted": 2, "waiting": 1, "resolved": 1}


async def test_one_sample_issue_is_a_big_deal_of_a_platinum_partner(house: LittleHouse) -> None:
    await house.set_up.sample()
    await house.settle()
    i = t.issues.c
    async with house.db.read() as conn:
        big = (
            await conn.execute(select(i.partner_id).where(i.tier == "platinum", i.blocked_amount > 50_000))
        ).scalars()

    assert list(big) == ["harbour"]


async def test_installing_twice_changes_nothing(house: LittleHouse) -> None:
    await house.set_up.sample()
    await house.settle()
    again = await house.set_up.sample()
    left = await house.settle()
    async with house.db.read() as conn:
        people = (len(await list_staff(conn)), len(await list_partners(conn)), len(await list_contacts(conn)))
        issues = (await conn.execute(select(func.count()).select_from(t.issues))).scalar_one()

    assert (again, left, issues) == (0, 0, 8)
    assert people == (14, 12, 16)


async def test_an_audit_of_the_sample_finds_nothing(house: LittleHouse) -> None:
    await house.set_up.sample()
    await house.settle()
    checks = [check async for check in verify(Audit(house.db, policy_book(), house.now()))]

    assert [check for check in checks if not check.ok] == []


async def test_an_empty_start_has_one_admin(house: LittleHouse) -> None:
    admin = await house.set_up.empty(" Grace Hopkins ", "Grace@Example.com ")
    async with house.db.read() as conn:
        staff = await list_staff(conn)

    assert staff == [admin]
    assert (admin.name, admin.email, admin.role) == ("Grace Hopkins", "grace@example.com", Role.ADMIN)


@pytest.mark.parametrize(("name", "email", "field"), [("", "a@example.com", "name"), ("Ada", "nobody", "email")])
async def test_an_empty_start_needs_a_name_and_an_address(
    house: LittleHouse, name: str, email: str, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        await house.set_up.empty(name, email)

    assert refused.value.field == field
    assert await house.set_up.is_fresh()

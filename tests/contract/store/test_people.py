"""Partners, contacts and staff, and what agents read of them."""

from datetime import datetime, timedelta

import pytest

from issue_stream.store import people
from issue_stream.store.contents import read_texts
from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.intake import keep_texts, text_ref
from issue_stream.store.reading import DIRECTORY_LIVES, SqlReading
from schemas import commands as c
from schemas.errors import BadInput, NotFound
from schemas.people import Contact, Partner, Person
from schemas.vocabulary import Role
from tests.builders import HOUR, ISSUE, NOW, STAFF, person, policy_book, raise_command, wish
from tests.contract.store.shelves import IDA, NORDLYS, hear

MIA = person(
    "mia",
    skills=("integration", "billing"),
    regions=("emea",),
    backup="omar",
    away_from=NOW,
    away_until=NOW + HOUR,
    zone="Europe/Oslo",
)


async def _settle_in(db: Database) -> None:
    async with db.write() as conn:
        await people.add_partner(conn, NORDLYS)
        await people.add_contact(conn, IDA)
        for each in STAFF:
            await people.add_staff(conn, MIA if each.id == "mia" else each)


async def test_people_come_back_as_they_were_given(db: Database) -> None:
    await _settle_in(db)

    async with db.read() as conn:
        assert await people.staff(conn, ["mia", "nobody"]) == {"mia": MIA}
        assert await people.partners(conn, ["nordlys", "nobody"]) == {"nordlys": NORDLYS}
        assert await people.contacts(conn, ["ida", "nobody"]) == {"ida": IDA}
        assert await people.staff(conn, []) == {}
        assert [p.id for p in await people.list_staff(conn)] == sorted(p.id for p in STAFF)
        assert await people.list_partners(conn) == [NORDLYS]
        assert await people.list_contacts(conn) == await people.list_contacts(conn, "nordlys") == [IDA]
        assert await people.list_contacts(conn, "another") == []


async def test_an_address_is_found_in_any_spelling(db: Database) -> None:
    await _settle_in(db)

    async with db.read() as conn:
        staff, contact = await people.staff_by_email(conn, " MIA@Example.com"), await people.contact_by_email(conn, "x")
        ida = await people.contact_by_email(conn, "Ida@NORDLYS.example")

    assert staff == MIA
    assert ida == IDA
    assert contact is None


async def test_a_domain_belongs_to_one_partner_or_to_nobody(db: Database) -> None:
    async with db.write() as conn:
        await people.add_partner(conn, Partner(id="a", name="A", tier="gold", domains=("a.example", "both.example")))
        await people.add_partner(conn, Partner(id="b", name="B", tier="gold", domains=("Both.example", "b_.example")))
        found = {
            domain: getattr(await people.partner_by_domain(conn, domain), "id", None)
            for domain in ("A.example", "both.example", "example", "bx.example", "b_.example", "%")
        }

    assert found == {
        "A.example": "a",
        "both.example": None,
        "example": None,
        "bx.example": None,
        "b_.example": "b",
        "%": None,
    }


async def test_a_taken_id_or_address_is_bad_input(db: Database) -> None:
    await _settle_in(db)

    with pytest.raises(BadInput, match=r"nobody has yet, found new / mia@example\.com"):
        await _add(db, person("new", email="MIA@example.com"))
    with pytest.raises(BadInput, match="nobody has yet, found nordlys"):
        await _add(db, NORDLYS)
    with pytest.raises(BadInput, match="partner: expected the id of a partner, found nobody"):
        await _add(db, Contact(id="new", partner="nobody", name="New", email="new@example.com"))


async def _add(db: Database, who: Person | Partner | Contact) -> None:
    async with db.write() as conn:
        if isinstance(who, Partner):
            await people.add_partner(conn, who)
        elif isinstance(who, Contact):
            await people.add_contact(conn, who)
        else:
            await people.add_staff(conn, who)


async def test_a_change_is_kept(db: Database) -> None:
    await _settle_in(db)
    moved = MIA.model_copy(update={"team": "billing", "role": Role.LEAD, "away_from": None})
    revoked = IDA.model_copy(update={"link_version": 2})
    silver = NORDLYS.model_copy(update={"tier": "silver", "channel_manager": "cara"})

    async with db.write() as conn:
        await people.change_staff(conn, moved)
        await people.change_contact(conn, revoked)
        await people.change_partner(conn, silver)

    async with db.read() as conn:
        assert (await people.staff(conn, ["mia"]))["mia"] == moved
        assert (await people.contacts(conn, ["ida"]))["ida"] == revoked
        assert (await people.partners(conn, ["nordlys"]))["nordlys"] == silver


async def test_a_change_of_nobody_or_to_a_taken_address_is_refused(db: Database) -> None:
    await _settle_in(db)

    async with db.write() as conn:
        with pytest.raises(NotFound, match="expected an id in staff, found nobody"):
            await people.change_staff(conn, person("nobody"))
        with pytest.raises(NotFound, match="expected an id in partners, found nobody"):
            await people.change_partner(conn, NORDLYS.model_copy(update={"id": "nobody"}))
        with pytest.raises(BadInput, match="omar has it; change that row first"):
            await people.change_staff(conn, MIA.model_copy(update={"email": "omar@example.com"}))
        with pytest.raises(NotFound, match="expected an id in contacts"):
            await people.change_contact(conn, IDA.model_copy(update={"id": "new", "email": "new@example.com"}))


async def test_a_name_that_is_too_long_is_bad_input_on_both_databases(db: Database) -> None:
    with pytest.raises(BadInput, match="name: expected at most 200 characters, found 201"):
        await _add(db, MIA.model_copy(update={"name": "x" * 201}))


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


async def test_agents_read_by_ids(db: Database, store: SqlDeskStore) -> None:
    await _settle_in(db)
    await hear(store, wish(raise_command(), "partner"))
    async with db.write() as conn:
        await keep_texts(conn, ["words"], NOW)
    reading = SqlReading(db, policy_book, lambda: NOW)
    ref = text_ref("words")

    assert (await reading.issues([ISSUE, "unknown"]))[ISSUE].partner == "nordlys"
    assert await reading.texts([ref, ref, "t-unknown"]) == {ref: "words"}
    assert await reading.partners(["nordlys"]) == {"nordlys": NORDLYS}
    assert await reading.contacts(["ida"]) == {"ida": IDA}
    assert reading.policies() is policy_book()
    assert [await ask([]) for ask in (reading.issues, reading.texts, reading.partners, reading.contacts)] == [{}] * 4


async def test_load_counts_open_issues_owned_or_offered(db: Database, store: SqlDeskStore) -> None:
    await _settle_in(db)
    for n in range(3):
        issue = f"issue-{n}"
        await hear(store, wish(raise_command(number=1001 + n), "partner", issue=issue), wish(c.Accept(), issue=issue))
    handing = c.HandOver(
        to="omar", team="deal_desk", what="t-what", expected="t-expected", accept_by=NOW + timedelta(hours=4)
    )
    await hear(store, wish(handing, issue="issue-1"), wish(c.Resolve(text="t-done"), issue="issue-2"))

    directory = await SqlReading(db, policy_book, lambda: NOW).directory()

    assert directory.load == {"mia": 2, "omar": 1}
    assert set(directory.people) == {p.id for p in STAFF}


async def test_the_directory_is_read_again_when_it_is_old_or_dropped(db: Database) -> None:
    await _settle_in(db)
    clock = Clock()
    reading = SqlReading(db, policy_book, clock)
    first = await reading.directory()
    await _add(db, person("nina"))

    young = await reading.directory()
    clock.at += DIRECTORY_LIVES
    old = await reading.directory()
    await _add(db, person("nils"))
    reading.forget_directory()
    dropped = await reading.directory()

    assert young is first
    assert ["nina" in directory.people for directory in (first, old)] == [False, True]
    assert "nils" in dropped.people


async def test_a_clock_that_jumps_back_makes_the_directory_new(db: Database) -> None:
    clock = Clock()
    reading = SqlReading(db, policy_book, clock)
    first = await reading.directory()
    clock.at -= HOUR

    assert await reading.directory() is not first


async def test_a_text_is_read_by_its_id(db: Database) -> None:
    async with db.write() as conn:
        await keep_texts(conn, ["one", "two", "one"], NOW)
        found = await read_texts(conn, [text_ref("one"), text_ref("two")])

    assert sorted(found.values()) == ["one", "two"]

"""Away, locked, full, undone: each is `Unavailable` with a sentence, and the database works again afterwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from schemas.errors import BadInput, Unavailable
from tests.builders import NOW, raise_command, wish
from tests.contract.store.shelves import count, hear

SETTING = {"name": "a", "text": "words of a partner"}


async def test_a_transaction_that_ends_well_is_kept(db: Database, other: Database) -> None:
    async with db.write() as conn:
        await conn.execute(t.settings.insert().values(SETTING))

    assert await count(other, t.settings) == 1


async def test_a_transaction_that_fails_is_undone(db: Database) -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        await _write_then_break(db)

    assert await count(db, t.settings) == 0


async def _write_then_break(db: Database) -> None:
    async with db.write() as conn:
        await conn.execute(t.settings.insert().values(SETTING))
        raise RuntimeError("a bug")


async def test_a_broken_rule_surfaces_as_it_is_but_without_the_values(db: Database) -> None:
    """Values may be a partner's words, and errors are logged."""
    with pytest.raises(IntegrityError) as caught:
        await _write_twice(db)

    assert await count(db, t.settings) == 0
    assert SETTING["text"] not in str(caught.value)


async def _write_twice(db: Database) -> None:
    async with db.write() as conn:
        await conn.execute(t.settings.insert().values(SETTING))
        await conn.execute(t.settings.insert().values(SETTING))


async def test_a_mistake_in_sql_is_not_called_unavailable(db: Database) -> None:
    with pytest.raises(DBAPIError, match="no_such_table"):
        await _ask(db, "SELECT * FROM no_such_table")


async def _ask(db: Database, sql: str) -> object:
    async with db.read() as conn:
        return (await conn.execute(text(sql))).scalar()


async def test_writers_write_in_the_order_in_which_they_came(db: Database) -> None:
    order: list[int] = []

    async def write(n: int) -> None:
        async with db.write() as conn:
            await conn.execute(t.settings.insert().values(name=str(n), text=""))
            order.append(n)

    await asyncio.gather(*(write(n) for n in range(8)))

    assert sorted(order) == list(range(8))
    assert db.dialect != "sqlite" or order == list(range(8))
    assert await count(db, t.settings) == 8


async def test_readers_read_while_somebody_writes(db: Database) -> None:
    async with db.write() as conn:
        await conn.execute(t.settings.insert().values(SETTING))
        meanwhile = await asyncio.gather(*(count(db, t.settings) for _ in range(3)))

    assert meanwhile == [0, 0, 0]
    assert await count(db, t.settings) == 1


async def test_a_snapshot_sees_one_moment(db: Database, other: Database) -> None:
    async with db.snapshot() as conn:
        before = (await conn.execute(text("SELECT count(*) FROM settings"))).scalar()
        async with other.write() as writer:
            await writer.execute(t.settings.insert().values(SETTING))
        after = (await conn.execute(text("SELECT count(*) FROM settings"))).scalar()

    assert before == after == 0
    assert await count(db, t.settings) == 1


async def test_a_cancelled_write_leaves_nothing_and_blocks_nobody(db: Database) -> None:
    begun = asyncio.Event()

    async def write_for_ever() -> None:
        async with db.write() as conn:
            await conn.execute(t.settings.insert().values(SETTING))
            begun.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write_for_ever())
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    async with db.write() as conn:
        await conn.execute(t.settings.insert().values(name="after", text=""))

    assert await count(db, t.settings) == 1


@pytest.mark.parametrize("url", ["mysql://x/y", "store.db", "sqlite://", "sqlite:///:memory:"])
async def test_another_database_is_bad_input(url: str) -> None:
    with pytest.raises(BadInput, match=r"expected sqlite:///path/store\.db or postgresql://"):
        await Database.open(url)


async def test_a_password_in_a_wrong_address_is_not_repeated() -> None:
    with pytest.raises(BadInput) as caught:
        await Database.open("oracle://me:secret@host/name")

    assert "secret" not in str(caught.value)


async def test_a_database_that_is_away_is_unavailable(unused_tcp_port: int) -> None:
    db = await Database.open(f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/store")

    with pytest.raises(Unavailable, match=r"the database does not answer \(it cannot be reached"):
        await _ask(db, "SELECT 1")
    with pytest.raises(Unavailable, match="it cannot be reached"):
        await _write_then_break(db)
    await db.close()


class TestSqlite:
    """What only a file can suffer."""

    @pytest.fixture
    def url(self, request: pytest.FixtureRequest) -> str:
        file = request.getfixturevalue("tmp_path") / "store.db"
        file.write_bytes(request.getfixturevalue("migrated_file").read_bytes())
        return f"sqlite:///{file}"

    async def test_a_full_disk_is_unavailable_and_leaves_nothing(self, db: Database) -> None:
        store = SqlDeskStore(db, lambda: NOW)
        wishes = [wish(raise_command(number=2000 + n), "partner", issue=f"many-{n}") for n in range(100)]
        await _limit_pages(db, 1)

        with pytest.raises(Unavailable, match="its disk is full; free some space"):
            await hear(store, *wishes)
        await _limit_pages(db, 1_000_000)
        town = await hear(store, *wishes)

        assert len(town.announced) == await count(db, t.issues) == 100

    async def test_a_locked_database_is_unavailable(self, db: Database, other: Database) -> None:
        await _wait_shortly(other)
        async with db.write() as conn:
            await conn.execute(t.settings.insert().values(SETTING))
            with pytest.raises(Unavailable, match="another process holds its lock"):
                await _write_then_break(other)
        async with other.write() as conn:
            await conn.execute(t.settings.insert().values(name="afterwards", text=""))

        assert await count(other, t.settings) == 2

    async def test_a_folder_that_is_missing_is_made(self, tmp_path: object) -> None:
        db = await Database.open(f"sqlite:///{tmp_path}/not/yet/store.db")

        assert await _ask(db, "SELECT 1") == 1
        await db.close()

    async def test_a_reader_cannot_write(self, db: Database) -> None:
        with pytest.raises(Unavailable, match="may not be written"):
            await _ask(db, "DELETE FROM settings")

    async def test_what_was_said_yes_to_survives_a_power_cut(self, db: Database) -> None:
        """A durable transaction syncs at its commit (FULL is 2)."""
        async with db.write(durable=True) as conn:
            synchronous = (await conn.execute(text("PRAGMA synchronous"))).scalar()
            journal = (await conn.execute(text("PRAGMA journal_mode"))).scalar()
            foreign_keys = (await conn.execute(text("PRAGMA foreign_keys"))).scalar()

        assert (synchronous, journal, foreign_keys) == (2, "wal", 1)


async def _limit_pages(db: Database, pages: int) -> None:
    """As if the disk ended here: SQLite never shrinks below what is used."""
    async with db.write() as conn:
        await conn.execute(text(f"PRAGMA max_page_count={pages}"))


async def _wait_shortly(db: Database) -> None:
    async with db.write() as conn:
        await conn.execute(text("PRAGMA busy_timeout=10"))


@pytest.mark.services
class TestPostgres:
    """What only a server can suffer."""

    @pytest.fixture
    async def gate(self, postgres_url: str) -> AsyncIterator["Gate"]:
        address = make_url(postgres_url)
        gate = Gate(str(address.host), int(address.port or 5432))
        await gate.open()
        yield gate
        await gate.close()

    async def test_a_server_that_dies_in_the_middle_is_unavailable_and_works_again(
        self, postgres_url: str, gate: "Gate"
    ) -> None:
        through = make_url(postgres_url).set(host="127.0.0.1", port=gate.port)
        db = await Database.open(through.render_as_string(hide_password=False))
        assert await _ask(db, "SELECT 1") == 1

        with pytest.raises(Unavailable, match="it cannot be reached"):
            await _die_in_the_middle(db, gate)
        with pytest.raises(Unavailable, match="it cannot be reached"):
            await _ask(db, "SELECT 1")
        await gate.open()

        assert await _ask(db, "SELECT 1") == 1
        await db.close()

    async def test_a_connection_ended_by_the_server_is_unavailable_once(self, postgres_url: str) -> None:
        db = await Database.open(postgres_url)

        with pytest.raises(Unavailable, match="it cannot be reached"):
            await _ask(db, "SELECT pg_terminate_backend(pg_backend_pid())")
        assert await _ask(db, "SELECT 1") == 1
        await db.close()

    @pytest.mark.parametrize(
        ("state", "cause"),
        [("53100", "its disk is full"), ("40001", "two transactions met"), ("55P03", "holds a lock")],
    )
    async def test_what_the_server_says_becomes_a_sentence(self, postgres_url: str, state: str, cause: str) -> None:
        db = await Database.open(postgres_url)
        said = f"DO $$ BEGIN RAISE EXCEPTION 'said by a test' USING ERRCODE = '{state}'; END $$"

        with pytest.raises(Unavailable, match=cause):
            await _ask(db, said)
        await db.close()

    async def test_a_pool_without_a_free_connection_is_unavailable(
        self, postgres_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("issue_stream.store.database.QUEUE_S", 0.05)  # ten seconds are too long for a test
        db = await Database.open(postgres_url, pool=1)

        async with db.write():
            with pytest.raises(Unavailable, match="all its connections are busy"):
                await _ask(db, "SELECT 1")
        await db.close()


async def _die_in_the_middle(db: Database, gate: "Gate") -> None:
    async with db.write() as conn:
        await conn.execute(text("SELECT 1"))
        await gate.close()
        await conn.execute(text("SELECT 2"))


class Gate:
    """Stands before a server; closed, it refuses new connections and cuts those that are open."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.behind, self.port = host, port, 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._open):
            writer.transport.abort()
        self._server = None

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(self.host, self.behind)
        async with _kept(self._open, writer), _kept(self._open, server_writer):
            await asyncio.gather(_pour(reader, server_writer), _pour(server_reader, writer))


@asynccontextmanager
async def _kept(among: set[asyncio.StreamWriter], writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    among.add(writer)
    try:
        yield
    finally:
        among.discard(writer)
        writer.transport.abort()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while received := await reader.read(65_536):
            writer.write(received)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.transport.abort()

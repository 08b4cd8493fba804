"""The rounds of a worker beside its agents: due timers, wishes and events left behind, letters, digests, heartbeats.

Each is a function of the house and gives back whether there is more to do at once. All are safe to run in every worker:
rows are claimed, ids are derived from what is due, and doing a thing twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from agents import deliver, digest
from issue_stream import metrics
from issue_stream.house import House
from issue_stream.policies.kept import SqlPolicyTexts
from issue_stream.publish import Publisher
from issue_stream.remember import Remembered
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.heartbeats import beat
from issue_stream.store.intake import mark_sent, unsent
from issue_stream.store.timers import DueTimer, claim_due
from issue_stream.tick import Task
from schemas.envelope import CommandMessage, timer_command_id
from schemas.side_commands import PassDeadline
from schemas.topics import ISSUE_COMMANDS
from schemas.values import Actor, Instant
from schemas.vocabulary import ActorKind, DeadlineKind

AT_ONCE = 500
"""Rows a round takes: a second's work, and a transaction of moderate size."""
LEASE = timedelta(seconds=60)
"""A timer that was wished but not answered by then is wished again; the desk knows it by its id."""
CARRIED_AGAIN = timedelta(seconds=120)
"""A wish that the desk has not answered by then is carried again: longer than any restart that was measured (87 s)."""
ANNOUNCED_AGAIN = timedelta(seconds=15)
"""An event still in the outbox then was left by a crash; its writer announces it within milliseconds."""

TIMER = Actor(kind=ActorKind.TIMER, id="timers")


@dataclass(frozen=True, slots=True)
class Rounds:
    """The rounds of one worker."""

    house: House
    publisher: Publisher
    desk_store: SqlDeskStore
    deliver: deliver.Needs
    digest: digest.Needs
    likeness: Remembered
    alive: dict[str, Instant] = field(default_factory=dict)

    def tasks(self) -> Sequence[Task]:
        """All of them with their pace in seconds."""
        settings = self.house.settings
        return (
            Task("timers", settings.timer_seconds, self.timers),
            Task("wishes", settings.sweep_seconds, self.wishes),
            Task("outbox", 2.0, self.outbox),
            Task("letters", 1.0, self.letters),
            Task("digests", 30.0, self.digests),
            Task("policy", 2.0, self.policy),
            Task("heartbeats", 2.0, self.heartbeats),
            Task("likeness", 120.0, self.likeness.catch_up),
        )

    async def timers(self) -> bool:
        """Wish what has fallen due."""
        now = self.house.now()
        due = await claim_due(self.house.db, now, AT_ONCE, LEASE)
        if due:
            await self.publisher.wish([wish_of(timer, now) for timer in due])
            metrics.TIMERS.inc(len(due))
            for timer in due:
                metrics.LATENESS.observe(max(0.0, (now - timer.due_at).total_seconds()))
        self._beat("timers")
        return len(due) == AT_ONCE

    async def wishes(self) -> bool:
        """Carry what other processes left in the store, and what was not answered for long."""
        now = self.house.now()
        async with self.house.db.read() as conn:
            rows = await unsent(conn, now - CARRIED_AGAIN, AT_ONCE)
        if not rows:
            self._beat("publisher")
            return False
        await self.publisher.send(ISSUE_COMMANDS.name, [(issue.encode(), body) for _, issue, body in rows])
        async with self.house.db.write() as conn:
            await mark_sent(conn, [row[0] for row in rows], now)
        metrics.CARRIED.labels("swept").inc(len(rows))
        self._beat("publisher")
        return len(rows) == AT_ONCE

    async def outbox(self) -> bool:
        """Announce what a crash left behind, and forget what was announced."""
        await self.desk_store.flush_published()
        left = await self.desk_store.unpublished(self.house.now() - ANNOUNCED_AGAIN, AT_ONCE)
        if left:
            await self.publisher.announce(left)
            await self.desk_store.published([event.id for event in left])
        self._beat("outbox")
        return len(left) == AT_ONCE

    async def letters(self) -> bool:
        """Send what has fallen due."""
        taken = await deliver.sweep(self.deliver)
        self._beat("delivery")
        return taken >= deliver.SWEEP_AT_ONCE

    async def digests(self) -> bool:
        """Make the digests whose readers' morning has come."""
        await digest.make_due(self.digest)
        return False

    async def policy(self) -> bool:
        """Take a changed policy file; a broken one changes nothing and is shown on the operations page."""
        keeper = self.house.keeper
        keeper.reload_if_changed()
        if not keeper.is_kept:
            await keeper.remember(SqlPolicyTexts(self.house.db, self.house.now))
        return False

    async def heartbeats(self) -> bool:
        """Say when timers, sweeps and delivery of this worker last did their round."""
        faults = "; ".join(self.house.keeper.faults)[:600]
        async with self.house.db.write() as conn:
            for part, at in dict(self.alive).items():
                await beat(conn, part, self.house.worker, at, faults if part == "timers" else "")
        return False

    def _beat(self, part: str) -> None:
        self.alive[part] = self.house.now()


def wish_of(timer: DueTimer, now: Instant) -> CommandMessage:
    """The command of a due timer; the same deadline always gives the same id."""
    return CommandMessage(
        id=timer_command_id(timer.issue_id, timer.kind, timer.ref, timer.due_at),
        issue=timer.issue_id,
        at=now,
        by=TIMER,
        command=PassDeadline(deadline=DeadlineKind(timer.kind), ref=timer.ref, due_at=timer.due_at),
    )

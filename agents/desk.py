"""The desk: the only writer of facts.

hears   every command, in the order of its issue's partition
keeps   nothing of its own: the store is the truth
decides whether a wish may be, and what is true then
says    events, once their transaction is committed; a refusal is an answer kept with the command

It must never write two transactions for one batch, nor announce what is not committed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from agents import _desk_catch as catch
from agents import _desk_side as side
from agents import _desk_work as work
from agents._desk_rules import Case, Decision, DeskContext, case_of, refuse
from schemas import commands as c
from schemas import side_commands as w
from schemas.deadlines import deadlines
from schemas.envelope import CommandMessage, EventMessage, event_id
from schemas.evolve import evolve
from schemas.issue import Issue
from schemas.ports import Announce, DeskStore, Effects, Now, Outcome, Reading
from schemas.refusals import Refusal
from schemas.values import Instant, Value
from schemas.vocabulary import ActorKind

HEARS = frozenset({"*"})
SAYS = frozenset({"event"})

_Decide = Callable[[Case, Any], Decision]

_DECISIONS: dict[type[Value], _Decide] = {
    c.ConfirmSender: catch.confirm_sender,
    c.Triage: catch.triage,
    c.AskForTriage: catch.ask_for_triage,
    c.SetPriority: catch.set_priority,
    c.SetSummary: catch.set_summary,
    c.OfferIssue: catch.offer,
    c.AskLead: catch.ask_lead,
    c.Accept: catch.accept,
    c.Decline: catch.decline,
    c.HandOver: catch.hand_over,
    c.AddComment: work.comment,
    c.SayNotMoving: work.not_moving,
    c.ReplyToPartner: work.reply,
    c.AddNote: work.note,
    c.Wait: work.wait,
    c.Resume: work.resume,
    c.Resolve: work.resolve,
    c.CannotDo: work.cannot_do,
    c.AnswerResolved: work.answer_resolved,
    c.AnswerStillFixed: work.answer_still_fixed,
    c.GiveSatisfaction: work.satisfaction,
    c.Close: work.close,
    c.Reopen: work.reopen,
    w.Escalate: side.escalate,
    w.Deescalate: side.deescalate,
    w.LinkProblem: side.link_problem,
    w.UnlinkProblem: side.unlink_problem,
    w.SuggestAlike: side.suggest_alike,
    w.DismissAlike: side.dismiss_alike,
    w.MergeInto: side.merge,
    w.Unmerge: side.unmerge,
    w.MakePromise: side.make_promise,
    w.RevisePromise: side.revise_promise,
    w.KeepPromise: side.keep_promise,
    w.WithdrawPromise: side.withdraw_promise,
    w.PassDeadline: side.pass_deadline,
    w.InformExecutive: side.inform_executive,
    w.RecordExecutiveContact: side.executive_contact,
    w.RecordDelivery: side.record_delivery,
    w.Follow: side.follow,
}

PARTNERS_MAY = (
    c.ConfirmSender,
    c.AddComment,
    c.SayNotMoving,
    c.AnswerResolved,
    c.AnswerStillFixed,
    c.GiveSatisfaction,
)
"""What somebody outside may wish of an existing issue; everything else is for staff and agents."""


def decide(issue: Issue | None, message: CommandMessage, now: Instant, context: DeskContext) -> Decision:
    """What this wish makes true, or why not. Pure; never raises for a normal no."""
    command = message.command
    if isinstance(command, c.RaiseIssue):
        return refuse("raised_already") if issue is not None else catch.raise_issue(command, now, context)
    if issue is None:
        return refuse("no_such_issue")
    outside = message.by.kind in {ActorKind.PARTNER, ActorKind.SERVICE}
    if outside and not isinstance(command, PARTNERS_MAY):
        return refuse("not_staff")
    decision = _DECISIONS[type(command)](case_of(issue, message, now, context), command)
    if isinstance(decision, Refusal):
        return decision
    if message.expects_version is not None and message.expects_version != issue.version:
        return refuse("moved_on", what=f"step {issue.version} instead of {message.expects_version}")
    return decision


@dataclass(slots=True)
class _Batch:
    """What a batch has changed so far; lives for one call of `decide_batch`."""

    issues: dict[str, Issue]
    touched: dict[str, Issue] = field(default_factory=dict)
    stale: dict[str, Issue] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    events: list[EventMessage] = field(default_factory=list)


def decide_batch(
    messages: Sequence[CommandMessage], issues: dict[str, Issue], now: Instant, context: DeskContext
) -> Effects:
    """Every wish of the batch in order, each seeing what the one before made true."""
    batch = _Batch(issues=dict(issues))
    for message in messages:
        _decide_one(batch, message, now, context)
    falling = {key: deadlines(issue, context.book) for key, issue in (batch.stale | batch.touched).items()}
    return Effects(outcomes=tuple(batch.outcomes), events=tuple(batch.events), issues=batch.touched, deadlines=falling)


def _decide_one(batch: _Batch, message: CommandMessage, now: Instant, context: DeskContext) -> None:
    issue = batch.issues.get(message.issue)
    decision = decide(issue, message, now, context)
    if isinstance(decision, Refusal):
        batch.outcomes.append(Outcome(message, 0, decision.code, decision.text))
        if isinstance(message.command, w.PassDeadline) and issue is not None:
            batch.stale[issue.id] = issue  # its rows are written anew, or the stale one would fall due for ever
        return
    for ordinal, event in enumerate(decision):
        fact = EventMessage(
            id=event_id(message.id, ordinal),
            issue=message.issue,
            at=now,
            by=message.by,
            because=message.because,
            event=event,
            version=(issue.version if issue else 0) + 1,
            cause=message.id,
            policy=context.policy.version,
        )
        issue = evolve(issue, fact)
        batch.events.append(fact)
    if issue is not None:
        batch.issues[message.issue] = batch.touched[message.issue] = issue
    batch.outcomes.append(Outcome(message, len(decision)))


@dataclass(frozen=True, slots=True)
class Needs:
    """What the desk needs of the world."""

    store: DeskStore
    reading: Reading
    announce: Announce
    now: Now


async def hear(needs: Needs, messages: Sequence[CommandMessage]) -> None:
    """Answer a batch in one transaction, then announce its events. The same wish twice changes nothing."""
    wishes = {message.id: message for message in reversed(messages)}
    staff = {message.by.id for message in messages if message.by.kind is ActorKind.STAFF}
    context = DeskContext(book=needs.reading.policies(), directory=await needs.reading.directory(staff))
    async with needs.store.unit() as unit:
        seen = await unit.seen(list(wishes))
        fresh = _fresh(messages, seen)
        issues = await unit.issues(list(dict.fromkeys(message.issue for message in fresh)))
        effects = decide_batch(fresh, dict(issues), needs.now(), context)
        await unit.save(_with_duplicates(effects, len(messages) - len(fresh)))
    if effects.events:
        await needs.announce(effects.events)
        await needs.store.published([event.id for event in effects.events])


def _fresh(messages: Sequence[CommandMessage], seen: frozenset[UUID]) -> list[CommandMessage]:
    """Those not answered before, each once, in log order: after a rebalance one may stand twice in a batch."""
    first: dict[UUID, CommandMessage] = {}
    for message in messages:
        if message.id not in seen:
            first.setdefault(message.id, message)
    return list(first.values())


def _with_duplicates(effects: Effects, duplicates: int) -> Effects:
    return Effects(
        outcomes=effects.outcomes,
        events=effects.events,
        issues=effects.issues,
        deadlines=effects.deadlines,
        duplicates=duplicates,
    )

"""Which fact beside the main path is told to whom: the rest of the table in `_hearings.py`. Pure."""

from collections.abc import Iterator
from typing import assert_never

from agents._parties import Parties, Party
from agents._telling import Told, name_of, partner_news, staff_news, when, with_texts
from schemas import side_events as s
from schemas.envelope import EventMessage
from schemas.notices import NoticeKind as K
from schemas.vocabulary import Audience

NOT_MOVING = "not-moving"
"""The rule of an escalation that the partner asked for, as `escalate` names it."""

LADDER = "ladder:"
"""Prefix of the rule of a ladder's step: the executives it tells hear the escalation itself."""

_Escalation = s.LadderStepDue | s.Escalated | s.Deescalated
_Alike = s.ProblemLinked | s.ProblemUnlinked | s.AlikeSuggested | s.AlikeDismissed | s.MergedInto | s.Unmerged
_Promised = s.PromiseMade | s.PromiseRevised | s.PromiseKept | s.PromiseBroken | s.PromiseWithdrawn
_Ledger = s.ExecutiveInformed | s.ExecutiveContacted | s.DeliveryFailedForGood | s.RefusalReviewDue | s.Followed
Beside = _Escalation | _Alike | _Promised | _Ledger


def told_beside(message: EventMessage, event: Beside, parties: Parties) -> Iterator[Told]:
    """All news of this event; nothing for one that nobody must hear."""
    match event:
        case s.LadderStepDue() | s.Escalated() | s.Deescalated():
            return _escalation(message, event, parties)
        case s.PromiseMade() | s.PromiseRevised() | s.PromiseKept() | s.PromiseBroken() | s.PromiseWithdrawn():
            return _promised(message, event, parties)
        case (
            s.ExecutiveInformed()
            | s.ExecutiveContacted()
            | s.DeliveryFailedForGood()
            | s.RefusalReviewDue()
            | s.Followed()
        ):
            return _ledger(message, event, parties)
        case _:
            return _alike(message, event, parties)


def _escalation(message: EventMessage, event: _Escalation, parties: Parties) -> Iterator[Told]:
    match event:
        case s.LadderStepDue():
            return  # `escalate` decides whom it tells; they hear `escalated`
        case s.Escalated():
            yield from _escalated(message, event, parties)
        case s.Deescalated():
            to = (*parties.named(event.told), *parties.owner(), *parties.alarmed())
            yield with_texts(staff_news(message, parties, K.DEESCALATED, to, hold=True), text=event.reason)
        case _:
            assert_never(event)


def _escalated(message: EventMessage, event: s.Escalated, parties: Parties) -> Iterator[Told]:
    told = parties.named(event.told)
    because = message.because.sentence if message.because else ""
    names = ", ".join(name_of(who, parties) for who, _ in told)
    to = (*told, *parties.owner())
    news = staff_news(message, parties, K.ESCALATED, to, step=event.step, why=because, told=names)
    yield with_texts(news, text=event.reason)
    if event.rule == NOT_MOVING:
        parts = ",".join(dict.fromkeys(part.value for part in _said_to_partner(told)))
        yield partner_news(message, K.HEARD_YOU, parties.contacts(), hold=False, told=parts)


def _said_to_partner(told: Party) -> tuple[Audience, ...]:
    """In which parts people were told: a partner hears parts, never names of people they do not know."""
    return tuple(audience for _, audience in told)


def _alike(message: EventMessage, event: _Alike, parties: Parties) -> Iterator[Told]:
    match event:
        case s.ProblemLinked():
            yield staff_news(message, parties, K.FOLLOWED_NEWS, (*parties.owner(), *parties.followers()), hold=True)
        case s.ProblemUnlinked() | s.AlikeSuggested() | s.AlikeDismissed():
            return  # seen on the issue's page; nothing to do at once
        case s.MergedInto():
            yield partner_news(message, K.MERGED, parties.contacts())
            to = (*parties.owner(), *parties.alarmed(), *parties.followers())
            yield staff_news(message, parties, K.FOLLOWED_NEWS, to, hold=True)
        case s.Unmerged():
            yield partner_news(message, K.MOVING_AGAIN, parties.contacts(), apart=True)
            yield staff_news(message, parties, K.MOVING_AGAIN, parties.responsible(message.at), why="unmerged")
        case _:
            assert_never(event)


def _promised(message: EventMessage, event: _Promised, parties: Parties) -> Iterator[Told]:
    match event:
        case s.PromiseMade():
            yield partner_news(message, K.DATE_CHANGED, parties.contacts(), change="given")
        case s.PromiseRevised():
            yield partner_news(message, K.DATE_CHANGED, parties.contacts(), change="moved")
        case s.PromiseWithdrawn():
            yield partner_news(message, K.DATE_CHANGED, parties.contacts(), change="withdrawn")
        case s.PromiseBroken():
            promised = next((p for p in parties.issue.promises if p.id == event.promise), None)
            due = when(promised.due_at) if promised else None
            yield partner_news(message, K.DATE_CHANGED, parties.contacts(), hold=False, change="missed", due_at=due)
            to = (*parties.in_charge(), *parties.lead())
            yield staff_news(message, parties, K.PROMISE_MISSED, to, due_at=due)
            yield staff_news(message, parties, K.PROMISE_MISSED, parties.channel_manager(), hold=True, due_at=due)
        case s.PromiseKept():
            return  # what was promised is told by its own reply or resolution
        case _:
            assert_never(event)


def _ledger(message: EventMessage, event: _Ledger, parties: Parties) -> Iterator[Told]:
    match event:
        case s.ExecutiveInformed():
            if not event.delivered and not event.rule.startswith(LADDER):
                why = message.because.sentence if message.because else ""
                executive = ((event.executive, Audience.EXECUTIVE),)
                yield staff_news(message, parties, K.MUST_KNOW, executive, why=why, rule=event.rule)
        case s.ExecutiveContacted():
            to = (*parties.in_charge(), *parties.lead(), *parties.channel_manager())
            reached, first = name_of(event.executive, parties), event.told_first
            news = staff_news(message, parties, K.FOLLOWED_NEWS, to, executive=reached, told_first=first)
            yield with_texts(news, text=event.note)
        case s.DeliveryFailedForGood():
            yield from _unreachable(message, event, parties)
        case s.RefusalReviewDue():
            yield staff_news(message, parties, K.REFUSAL_REVIEW, parties.in_charge())
        case s.Followed():
            if event.on:
                yield staff_news(message, parties, K.FOLLOWED_NEWS, parties.named((event.staff,)), hold=True)
        case _:
            assert_never(event)


def _unreachable(message: EventMessage, event: s.DeliveryFailedForGood, parties: Parties) -> Iterator[Told]:
    """The owner hears who hears nothing; when that is the owner, or nobody owns it, the lead does."""
    others = tuple(p for p in (*parties.owner(), *parties.lead()) if p[0] != event.recipient)
    who = name_of(event.recipient, parties)
    whom = event.audience.value
    yield staff_news(message, parties, K.UNREACHABLE, others[:1], whom=whom, whom_name=who, failure=event.reason)

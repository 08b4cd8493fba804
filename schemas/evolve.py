"""How an issue changes by what happened: the one fold.

`evolve(issue, message)` takes the issue before (None before `raised`) and one event; it returns the issue after. It
never decides, never reads a clock, and knows every event there is.
"""

from collections.abc import Iterable
from typing import assert_never

from schemas import events as e
from schemas import side_events as s
from schemas.envelope import EventMessage
from schemas.evolve_side import Alike, Changes, Told, alike, promised, told
from schemas.issue import Issue, WaitingState
from schemas.values import Instant, Offer
from schemas.vocabulary import State

_Understood = e.Triaged | e.TriageAsked | e.PrioritySet | e.SummarySet | e.SenderConfirmed
_Caught = e.Offered | e.LeadAsked | e.Accepted | e.Declined | e.OfferLapsed | e.HandOverStarted
_Said = e.CommentAdded | e.NotMovingSaid | e.Replied | e.NoProgressTold | e.NoteAdded
_Worked = e.WaitStarted | e.WaitEnded | e.Resolved | e.CannotBeDone
_Ended = (
    e.ResolutionConfirmed
    | e.ResolutionDenied
    | e.Closed
    | e.StillFixedAsked
    | e.StillFixedAnswered
    | e.SatisfactionGiven
    | e.Reopened
)


class Impossible(Exception):
    """An event that cannot follow the history it claims to follow."""


def evolve(issue: Issue | None, message: EventMessage) -> Issue:
    """The issue after this event. Raises Impossible when the event is not the next of this issue."""
    if issue is None:
        if not isinstance(message.event, e.Raised) or message.version != 1:
            raise Impossible(f"expected raised as version 1, found {message.event.type} {message.version}")
        return _raised(message, message.event)
    if message.version != issue.version + 1:
        raise Impossible(f"expected version {issue.version + 1} of {issue.id}, found {message.version}")
    stamp: Changes = {"version": message.version, "changed_at": message.at}
    return issue.model_copy(update=stamp | _changes(issue, message))


def fold(messages: Iterable[EventMessage]) -> Issue:
    """The issue after all these events, in order, from the first."""
    issue: Issue | None = None
    for message in messages:
        issue = evolve(issue, message)
    if issue is None:
        raise Impossible("expected at least one event, found none")
    return issue


def _raised(message: EventMessage, event: e.Raised) -> Issue:
    copied = {name: getattr(event, name) for name in e.Raised.model_fields if name != "type"}
    return Issue(
        **copied,
        id=message.issue,
        version=1,
        state=State.RAISED,
        team=event.offer.team,
        raised_at=message.at,
        changed_at=message.at,
        last_told_at=message.at,
        last_partner_word_at=message.at,
        ladder_since=message.at,
        ladder_policy=message.policy,
    )


def _changes(issue: Issue, message: EventMessage) -> Changes:
    event = message.event
    match event:
        case e.Raised():
            raise Impossible(f"{issue.id} was raised already")
        case e.Triaged() | e.TriageAsked() | e.PrioritySet() | e.SummarySet() | e.SenderConfirmed():
            return _understood(issue, message, event)
        case e.Offered() | e.LeadAsked() | e.Accepted() | e.Declined() | e.OfferLapsed() | e.HandOverStarted():
            return _caught(issue, message, event)
        case e.CommentAdded() | e.NotMovingSaid() | e.Replied() | e.NoProgressTold() | e.NoteAdded():
            return _said(issue, message, event)
        case e.WaitStarted() | e.WaitEnded() | e.Resolved() | e.CannotBeDone():
            return _worked(message, event)
        case s.PromiseMade() | s.PromiseRevised() | s.PromiseKept() | s.PromiseBroken() | s.PromiseWithdrawn():
            return {"promises": promised(issue.promises, message, event)}
        case _:
            return _later(issue, message, event)


def _later(issue: Issue, message: EventMessage, event: _Ended | Told | Alike) -> Changes:
    match event:
        case (
            s.ProblemLinked()
            | s.ProblemUnlinked()
            | s.AlikeSuggested()
            | s.AlikeDismissed()
            | s.MergedInto()
            | s.Unmerged()
        ):
            return alike(issue, message, event)
        case (
            s.LadderStepDue()
            | s.Escalated()
            | s.Deescalated()
            | s.ExecutiveInformed()
            | s.ExecutiveContacted()
            | s.DeliveryFailedForGood()
            | s.RefusalReviewDue()
            | s.Followed()
        ):
            return told(issue, message, event)
        case _:
            return _ended(issue, message, event)


def _understood(issue: Issue, message: EventMessage, event: _Understood) -> Changes:
    match event:
        case e.Triaged():
            return _triaged(issue, message, event)
        case e.TriageAsked():
            return {
                "triage_asked": True,
                "suggested_categories": event.suggested,
                "priority": event.priority,
                "heat": event.heat,
                "offer": _team_offer(issue.offer, event.team, None),
                "team": issue.team if issue.owner else event.team,
            }
        case e.PrioritySet():
            return {"priority": event.priority, "priority_by_hand": True}
        case e.SummarySet():
            return {"summary": event.summary}
        case e.SenderConfirmed():
            return _confirmed(issue, message, event)
        case _:
            assert_never(event)


def _confirmed(issue: Issue, message: EventMessage, event: e.SenderConfirmed) -> Changes:
    offer = issue.offer.model_copy(update={"accept_by": event.catch_by}) if issue.offer is not None else None
    clocks: Changes = {"next_update_at": event.next_update_at, "ladder_since": message.at}
    return {"confirmed": True, "offer": offer} | clocks


def _triaged(issue: Issue, message: EventMessage, event: e.Triaged) -> Changes:
    changes: Changes = {
        "category": event.category,
        "priority": issue.priority if issue.priority_by_hand else event.priority,
        "heat": event.heat,
        "triage_asked": False,
        "suggested_categories": (),
        "ladder": event.ladder,
        "ladder_policy": message.policy,
        "next_update_at": event.next_update_at,
    }
    if issue.owner is None and issue.is_open:
        changes |= {"state": State.TRIAGED, "team": event.team, "asked_lead": False}
        changes["offer"] = _team_offer(issue.offer, event.team, None)
        if event.team != issue.team:  # another team has refused nothing yet; who said no is still not asked again
            changes |= {"decline_reasons": (), "lapses": 0}
    return changes


def _team_offer(offer: Offer | None, team: str | None, accept_by: Instant | None) -> Offer | None:
    """The same deadline, now on a whole team, so that nothing is ever on nobody between two offers."""
    if offer is None:
        return None
    return Offer(team=team or offer.team, made_at=offer.made_at, accept_by=accept_by or offer.accept_by)


def _caught(issue: Issue, message: EventMessage, event: _Caught) -> Changes:
    match event:
        case e.Offered():
            return {"state": State.OFFERED, "offer": event.offer, "asked_lead": False, "team": event.offer.team}
        case e.LeadAsked():
            return {"state": State.OFFERED, "offer": _lead_offer(message, event), "asked_lead": True}
        case e.Accepted():
            return _accepted(issue, message, event)
        case e.HandOverStarted():
            return {"offer": event.offer, "last_worked_at": message.at}
        case e.Declined():
            declined: Changes = {
                "declined_by": (*issue.declined_by, event.who),
                "decline_reasons": (*issue.decline_reasons, event.reason.value),
            }
            return declined | _uncaught(issue, event.catch_by)
        case e.OfferLapsed():
            lapsed: Changes = {"lapses": issue.lapses + 1}
            if event.who is not None:
                lapsed["declined_by"] = (*issue.declined_by, event.who)
            return lapsed | _uncaught(issue, event.catch_by)
        case _:
            assert_never(event)


def _lead_offer(message: EventMessage, event: e.LeadAsked) -> Offer:
    return Offer(
        to=event.lead,
        to_name=event.lead_name,
        team=event.team,
        made_at=message.at,
        accept_by=event.decide_by,
        why_you=event.reason,
    )


def _accepted(issue: Issue, message: EventMessage, event: e.Accepted) -> Changes:
    return {
        "state": State.WAITING if issue.state is State.WAITING else State.ACCEPTED,
        "owner": event.owner,
        "owner_name": event.owner_name,
        "team": event.team,
        "accepted_at": message.at,
        "last_worked_at": message.at,
        "last_told_at": message.at,
        "offer": None,
        "asked_lead": False,
        "declined_by": (),
        "decline_reasons": (),
        "lapses": 0,
        "next_update_at": event.next_update_at,
    }


def _uncaught(issue: Issue, catch_by: Instant | None) -> Changes:
    """After a no: a hand-over leaves the owner as they were, otherwise the team must catch it by the next deadline."""
    if issue.owner is not None:
        return {"offer": None}
    return {"state": State.TRIAGED, "asked_lead": False, "offer": _team_offer(issue.offer, None, catch_by)}


def _said(issue: Issue, message: EventMessage, event: _Said) -> Changes:
    match event:
        case e.CommentAdded():
            return {
                "last_partner_word_at": message.at,
                "unanswered_words": issue.unanswered_words + 1,
                "files": (*issue.files, *event.files),
            }
        case e.NotMovingSaid():
            return {
                "last_partner_word_at": message.at,
                "unanswered_words": issue.unanswered_words + 1,
                "not_moving": issue.not_moving + 1,
            }
        case e.Replied():
            return {
                "last_told_at": message.at,
                "last_worked_at": message.at,
                "unanswered_words": 0,
                "no_progress_in_a_row": 0,
                "next_update_at": event.next_update_at if issue.is_open else None,
                "files": (*issue.files, *event.files),
            }
        case e.NoProgressTold():
            return {
                "last_told_at": message.at,
                "no_progress_in_a_row": event.in_a_row,
                "next_update_at": event.next_update_at,
            }
        case e.NoteAdded():
            return {"last_worked_at": message.at}
        case _:
            assert_never(event)


def _worked(message: EventMessage, event: _Worked) -> Changes:
    match event:
        case e.WaitStarted():
            waiting = WaitingState(on=event.on, reason=event.reason, review_at=event.review_at, since=message.at)
            told: Changes = {"last_told_at": message.at, "last_worked_at": message.at, "unanswered_words": 0}
            return told | {"state": State.WAITING, "waiting": waiting}
        case e.WaitEnded():
            ended: Changes = {"state": State.ACCEPTED, "waiting": None}
            return ended if event.next_update_at is None else ended | {"next_update_at": event.next_update_at}
        case e.Resolved():
            over: Changes = {"state": State.RESOLVED, "assume_at": event.assume_at, "resolved_at": message.at}
            return over | _at_rest(message)
        case e.CannotBeDone():
            refused: Changes = {"state": State.CANNOT_DO, "review_refusal_on": event.review_on}
            return refused | {"closed_at": message.at} | _at_rest(message)
        case _:
            assert_never(event)


def _at_rest(message: EventMessage) -> Changes:
    return {
        "offer": None,
        "asked_lead": False,
        "waiting": None,
        "next_update_at": None,
        "last_told_at": message.at,
        "last_worked_at": message.at,
        "unanswered_words": 0,
        "no_progress_in_a_row": 0,
    }


def _ended(issue: Issue, message: EventMessage, event: _Ended) -> Changes:
    match event:
        case e.ResolutionConfirmed():
            return {"last_partner_word_at": message.at}
        case e.ResolutionDenied():
            denied: Changes = {"last_partner_word_at": message.at, "unanswered_words": issue.unanswered_words + 1}
            if issue.owner is None:
                return denied  # `reopened` follows: it brings the deadline by which the team must catch it
            return denied | _open_again(issue, message, event.next_update_at, None)
        case e.Closed():
            return {
                "state": State.CLOSED,
                "closed_at": message.at,
                "close_reason": event.reason,
                "assume_at": None,
                "still_fixed_at": event.still_fixed_at,
                "told": (),
            } | _at_rest(message)
        case e.StillFixedAsked():
            return {"still_fixed_at": None}
        case e.StillFixedAnswered():
            return {"last_partner_word_at": message.at}
        case e.SatisfactionGiven():
            return {"satisfaction": event.score}
        case e.Reopened():
            return _open_again(issue, message, event.next_update_at, event.catch_by)
        case _:
            assert_never(event)


def _open_again(issue: Issue, message: EventMessage, next_update_at: Instant, catch_by: Instant | None) -> Changes:
    changes: Changes = {
        "state": State.ACCEPTED if issue.owner else State.TRIAGED,
        "reopened": issue.reopened + 1,
        "next_update_at": next_update_at,
        "assume_at": None,
        "resolved_at": None,
        "closed_at": None,
        "close_reason": None,
        "still_fixed_at": None,
        "review_refusal_on": None,
        "ladder_since": message.at,
        "steps_done": (),
    }
    if issue.owner is None and catch_by is not None:
        changes["offer"] = Offer(team=issue.team or "", made_at=message.at, accept_by=catch_by)
    return changes

"""How an issue changes by the facts beside the main path; `evolve.py` calls these and nothing else does."""

from typing import assert_never

from schemas import side_events as s
from schemas.envelope import EventMessage
from schemas.issue import Issue
from schemas.values import Offer, Plan, Promise
from schemas.vocabulary import State

Changes = dict[str, object]
Told = (
    s.LadderStepDue
    | s.Escalated
    | s.Deescalated
    | s.ExecutiveInformed
    | s.ExecutiveContacted
    | s.DeliveryFailedForGood
    | s.RefusalReviewDue
    | s.Followed
)
Alike = s.ProblemLinked | s.ProblemUnlinked | s.AlikeSuggested | s.AlikeDismissed | s.MergedInto | s.Unmerged
Promising = s.PromiseMade | s.PromiseRevised | s.PromiseKept | s.PromiseBroken | s.PromiseWithdrawn


def told(issue: Issue, message: EventMessage, event: Told) -> Changes:
    """What changes when somebody was told something, or could not be."""
    match event:
        case s.LadderStepDue():
            return {"steps_done": (*issue.steps_done, event.step)}
        case s.Escalated():
            plan = Plan(step=event.step, at=message.at, told=event.told, rule=event.rule)
            return {"escalations": (*issue.escalations, plan), "told": _joined(issue.told, event.told)}
        case s.Deescalated():
            return {"told": ()}
        case s.ExecutiveInformed():
            informed: Changes = {"executives_informed": _joined(issue.executives_informed, (event.executive,))}
            if event.delivered:
                informed["executives_reached"] = _joined(issue.executives_reached, (event.executive,))
            return informed
        case s.ExecutiveContacted():
            return {
                "executives_contacted": issue.executives_contacted + 1,
                "surprises": issue.surprises + (0 if event.told_first else 1),
                "last_partner_word_at": message.at,
            }
        case s.DeliveryFailedForGood():
            return {"unreachable": _joined(issue.unreachable, (event.recipient,))}
        case s.RefusalReviewDue():
            return {"review_refusal_on": None}
        case s.Followed():
            others = tuple(f for f in issue.followers if f != event.staff)
            return {"followers": (*others, event.staff) if event.on else others}
        case _:
            assert_never(event)


def _joined(before: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before, *more)))


def alike(issue: Issue, message: EventMessage, event: Alike) -> Changes:
    """What changes when the issue is likened to, linked to or merged into another."""
    match event:
        case s.ProblemLinked():
            return {"problem": event.problem, "alike": ()}
        case s.ProblemUnlinked():
            return {"problem": None}
        case s.AlikeSuggested():
            return {"alike": event.alike}
        case s.AlikeDismissed():
            return {"alike": ()}
        case s.MergedInto():
            return {
                "state": State.MERGED,
                "before_merge": issue.state,
                "merged_into": event.into,
                "merged_number": event.into_number,
                "offer": None,
                "next_update_at": None,
            }
        case s.Unmerged():
            return _unmerged(issue, message, event)
        case _:
            assert_never(event)


def _unmerged(issue: Issue, message: EventMessage, event: s.Unmerged) -> Changes:
    unowned = issue.owner is None
    offer = (
        Offer(team=issue.team or "", made_at=message.at, accept_by=event.catch_by)
        if (unowned and event.catch_by is not None)
        else None
    )
    back = issue.before_merge or State.TRIAGED
    if back is State.OFFERED or (unowned and back is not State.RAISED):
        back = State.TRIAGED
    return {
        "state": back,
        "before_merge": None,
        "merged_into": None,
        "merged_number": None,
        "offer": offer,
        "next_update_at": event.next_update_at,
    }


def promised(promises: tuple[Promise, ...], message: EventMessage, event: Promising) -> tuple[Promise, ...]:
    """The promise ledger of the issue after this event."""
    if isinstance(event, s.PromiseMade):
        made = Promise(id=event.promise, what=event.what, due_at=event.due_at, made_by=message.by.id)
        return (*promises, made)
    return tuple(_promise_after(p, event) if p.id == event.promise else p for p in promises)


def _promise_after(promise: Promise, event: Promising) -> Promise:
    match event:
        case s.PromiseRevised():
            state = promise.state if event.before_due else "late"
            changes: Changes = {"due_at": event.due_at, "revisions": promise.revisions + 1, "state": state}
        case s.PromiseKept():
            changes = {"state": "late" if event.late else "kept"}
        case s.PromiseBroken():
            changes = {"state": "late"}
        case s.PromiseWithdrawn():
            changes = {"state": "withdrawn"}
        case _:
            changes = {}
    return promise.model_copy(update=changes)

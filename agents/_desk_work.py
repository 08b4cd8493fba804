"""What happens while somebody has it: words, waits, solutions, refusals, endings. Pure."""

from agents._desk_catch import accepted, catch_by
from agents._desk_rules import (
    Case,
    Decision,
    first_no,
    not_future,
    not_lead,
    not_owner,
    not_person,
    not_resolver,
    not_staff,
    over,
    refuse,
)
from schemas import commands as c
from schemas import events as e
from schemas import side_events as s
from schemas.deadlines import due_after
from schemas.events import Event
from schemas.vocabulary import ActorKind, CloseReason, State, WaitingFor, state_word


def comment(case: Case, command: c.AddComment) -> Decision:
    """The partner's words; an answer ends a wait for them, and reopens what was only assumed to be over."""
    if case.by.kind is ActorKind.STAFF and (no := not_staff(case)) is not None:
        return no
    if command.text is None and not command.files:
        return refuse("empty")
    said: Event = e.CommentAdded(text=command.text, files=command.files)
    waits = case.issue.waiting if case.issue.state is State.WAITING else None
    if waits is not None and waits.on is WaitingFor.PARTNER:
        return (said, e.WaitEnded(why="answered", next_update_at=case.next_update()))
    if case.issue.state is State.CLOSED and case.issue.close_reason is CloseReason.ASSUMED:
        return (said, reopened(case, None))
    return (said,)


def not_moving(case: Case, command: c.SayNotMoving) -> Decision:
    """The partner escalates; the escalate agent decides whom that tells."""
    no = over(case)
    return no or (e.NotMovingSaid(reason=command.reason, text=command.text),)


def reply(case: Case, command: c.ReplyToPartner) -> Decision:
    """Words the partner reads; the next update's time is always set."""
    no = not_resolver(case)
    if no is not None:
        return no
    if case.issue.merged_number is not None:
        return refuse("merged", into=case.policy.number(case.issue.merged_number))
    until = command.next_update_at or case.next_update()
    no = not_future(case, until, "the next update")
    return no or (e.Replied(text=command.text, files=command.files, next_update_at=until),)


def note(case: Case, command: c.AddNote) -> Decision:
    """Internal words, from any member of staff (R-14)."""
    no = not_staff(case)
    return no or (e.NoteAdded(text=command.text, files=command.files),)


def wait(case: Case, command: c.Wait) -> Decision:
    """Whose move, why, until when."""
    no = first_no(over(case), not_owner(case), not_future(case, command.review_at, "the review"))
    if no is not None:
        return no
    if case.issue.owner is None:
        return refuse("unowned")
    return (e.WaitStarted(on=command.on, reason=command.reason, review_at=command.review_at),)


def resume(case: Case, _command: c.Resume) -> Decision:
    """The wait is over."""
    no = not_owner(case)
    if no is not None:
        return no
    if case.issue.state is not State.WAITING:
        return refuse("not_waiting")
    return (e.WaitEnded(why="resumed", next_update_at=case.next_update()),)


def resolve(case: Case, command: c.Resolve) -> Decision:
    """Done as we see it; an unowned issue is owned by who resolves it, and its open promises are kept."""
    no = first_no(over(case), not_person(case), not_owner(case))
    if no is not None:
        return no
    assume_at = due_after(case.now, case.policy.closing.assume_after)
    done = e.Resolved(text=command.text, cause=command.cause, assume_at=assume_at)
    return (*_caught_first(case), *_promises_kept(case), done)


def cannot_do(case: Case, command: c.CannotDo) -> Decision:
    """An honest no is an outcome with an owner, an alternative and a date (R-55)."""
    no = first_no(over(case), not_person(case), not_owner(case))
    if no is not None:
        return no
    if command.review_on <= case.now.date():
        return refuse("past", what="the review", found=command.review_on.isoformat())
    refused = e.CannotBeDone(
        reason=command.reason,
        alternative=command.alternative,
        review_on=command.review_on,
        not_ours=command.not_ours,
    )
    return (*_caught_first(case), refused)


def _caught_first(case: Case) -> tuple[Event, ...]:
    return (accepted(case),) if case.issue.owner is None else ()


def _promises_kept(case: Case) -> tuple[Event, ...]:
    running = [p for p in case.issue.promises if p.state == "open"]
    return tuple(s.PromiseKept(promise=p.id, late=case.now > p.due_at) for p in running)


def answer_resolved(case: Case, command: c.AnswerResolved) -> Decision:
    """Yes closes it as confirmed; not yet opens it again with its owner (R-19)."""
    issue = case.issue
    if issue.state in {State.CANNOT_DO, State.MERGED}:
        return refuse("not_resolved")
    if command.solved:
        if issue.close_reason is CloseReason.CONFIRMED:
            return refuse("confirmed_already")
        return (e.ResolutionConfirmed(text=command.text), _closed(case, CloseReason.CONFIRMED))
    if issue.is_open:
        return refuse("still_open", state=state_word(issue.state).partner.lower())
    denied: Event = e.ResolutionDenied(text=command.text, next_update_at=case.next_update())
    return (denied,) if issue.owner is not None else (denied, reopened(case, None))


def answer_still_fixed(case: Case, command: c.AnswerStillFixed) -> Decision:
    """A no reopens it with its history (R-03)."""
    if case.issue.state is not State.CLOSED:
        return refuse("not_resolved")
    answered: Event = e.StillFixedAnswered(fixed=command.fixed, text=command.text)
    return (answered,) if command.fixed else (answered, reopened(case, None))


def satisfaction(case: Case, command: c.GiveSatisfaction) -> Decision:
    """A rating of what is over."""
    if case.issue.is_open:
        return refuse("not_resolved")
    return (e.SatisfactionGiven(score=command.score, text=command.text),)


def close(case: Case, command: c.Close) -> Decision:
    """Against or without the partner's yes: a named lead, and the reason is kept (R-58)."""
    no = not_lead(case)
    if no is not None:
        return no
    if case.issue.state in {State.CLOSED, State.MERGED}:
        return over(case) or refuse("not_resolved")
    return (_closed(case, command.reason, command.text),)


def reopen(case: Case, command: c.Reopen) -> Decision:
    """It was not over."""
    no = not_resolver(case)
    if no is not None:
        return no
    if case.issue.is_open:
        return refuse("not_over", state=state_word(case.issue.state).staff.lower())
    if case.issue.merged_number is not None:
        return refuse("merged", into=case.policy.number(case.issue.merged_number))
    return (reopened(case, command.reason),)


def reopened(case: Case, reason: str | None) -> e.Reopened:
    """The event that opens it again: with its owner, or on its team with a deadline."""
    return e.Reopened(reason=reason, next_update_at=case.next_update(), catch_by=catch_by(case))


def assume_resolved(case: Case) -> e.Closed:
    """Silence until the stated time: closed as assumed, reopened by any answer."""
    return _closed(case, CloseReason.ASSUMED)


def _closed(case: Case, reason: CloseReason, text: str | None = None) -> e.Closed:
    fixed = reason in {CloseReason.CONFIRMED, CloseReason.ASSUMED}
    ask_at = due_after(case.now, case.policy.closing.still_fixed_after) if fixed else None
    return e.Closed(reason=reason, text=text, still_fixed_at=ask_at)

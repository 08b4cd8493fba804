"""Facts beside the main path: escalation, recurrence, merging, promises, the surprise ledger, due timers. Pure."""

from agents._desk_catch import catch_by
from agents._desk_rules import (
    Case,
    Decision,
    first_no,
    not_future,
    not_owner,
    not_resolver,
    not_staff,
    over,
    refuse,
)
from agents._desk_work import assume_resolved
from schemas import events as e
from schemas import side_commands as w
from schemas import side_events as s
from schemas.deadlines import deadlines
from schemas.people import Person
from schemas.values import Promise
from schemas.vocabulary import Audience, CloseReason, DeadlineKind, Role, State


def escalate(case: Case, command: w.Escalate) -> Decision:
    """By the ladder, or by a person with a reason; never to nobody."""
    no = first_no(not_staff(case), over(case))
    if no is not None:
        return no
    told = command.tell or tuple(person.id for person in _leads(case))
    by_hand = not case.is_automatic
    return (s.Escalated(step=command.step, told=told, rule=command.rule, reason=command.reason, by_hand=by_hand),)


def _leads(case: Case) -> tuple[Person, ...]:
    directory = case.context.directory
    lead = directory.lead_of(case.issue.team or "")
    return (lead,) if lead else directory.with_role(Role.LEAD) or directory.with_role(Role.ADMIN)


def deescalate(case: Case, command: w.Deescalate) -> Decision:
    """Called off, said to all who were told."""
    no = not_owner(case)
    if no is not None:
        return no
    if not case.issue.told:
        return refuse("not_escalated")
    return (s.Deescalated(reason=command.reason, told=case.issue.told),)


def link_problem(case: Case, command: w.LinkProblem) -> Decision:
    """A person says that it is the same trouble again."""
    no = not_resolver(case)
    if no is not None:
        return no
    if case.issue.problem == command.problem:
        return refuse("linked_already")
    return (s.ProblemLinked(problem=command.problem, title=command.title, score=command.score),)


def unlink_problem(case: Case, command: w.UnlinkProblem) -> Decision:
    """The link was wrong."""
    no = not_resolver(case)
    if no is not None:
        return no
    if case.issue.problem != command.problem:
        return refuse("not_linked")
    return (s.ProblemUnlinked(problem=command.problem),)


def suggest_alike(case: Case, command: w.SuggestAlike) -> Decision:
    """Suggested once, never over a person's decision."""
    if case.issue.problem is not None or case.issue.alike or not case.issue.is_open:
        return refuse("stale", why="it is linked, suggested or over already")
    return (s.AlikeSuggested(alike=command.alike),)


def dismiss_alike(case: Case, _command: w.DismissAlike) -> Decision:
    """Not alike."""
    no = not_resolver(case)
    return no or (s.AlikeDismissed(),)


def merge(case: Case, command: w.MergeInto) -> Decision:
    """The same matter stands elsewhere; reversible."""
    no = first_no(not_resolver(case), over(case))
    if no is not None:
        return no
    if command.into == case.issue.id:
        return refuse("same_issue")
    return (s.MergedInto(into=command.into, into_number=command.into_number),)


def unmerge(case: Case, _command: w.Unmerge) -> Decision:
    """The merge is undone; the issue stands where it stood."""
    no = not_resolver(case)
    if no is not None:
        return no
    if case.issue.state is not State.MERGED:
        return refuse("not_merged")
    return (s.Unmerged(next_update_at=case.next_update(), catch_by=catch_by(case)),)


def make_promise(case: Case, command: w.MakePromise) -> Decision:
    """A date for the partner."""
    no = first_no(over(case), not_owner(case), not_future(case, command.due_at, "the date"))
    if no is not None:
        return no
    if any(p.id == command.promise for p in case.issue.promises):
        return refuse("promised_already", promise=command.promise)
    return (s.PromiseMade(promise=command.promise, what=command.what, due_at=command.due_at),)


def revise_promise(case: Case, command: w.RevisePromise) -> Decision:
    """Told before the old date, or counted as a slip (R-26)."""
    no = first_no(over(case), not_owner(case), not_future(case, command.due_at, "the date"))
    if no is not None:
        return no
    promise = _running(case, command.promise)
    if promise is None:
        return refuse("no_promise", promise=command.promise)
    before = case.now <= promise.due_at
    return (s.PromiseRevised(promise=promise.id, due_at=command.due_at, reason=command.reason, before_due=before),)


def keep_promise(case: Case, command: w.KeepPromise) -> Decision:
    """Done as promised."""
    no = not_owner(case)
    if no is not None:
        return no
    promise = _running(case, command.promise)
    if promise is None:
        return refuse("no_promise", promise=command.promise)
    return (s.PromiseKept(promise=promise.id, late=case.now > promise.due_at),)


def withdraw_promise(case: Case, command: w.WithdrawPromise) -> Decision:
    """Taken back, with a reason the partner reads."""
    no = not_owner(case)
    if no is not None:
        return no
    if _running(case, command.promise) is None:
        return refuse("no_promise", promise=command.promise)
    return (s.PromiseWithdrawn(promise=command.promise, reason=command.reason),)


def _running(case: Case, promise: str) -> Promise | None:
    return next((p for p in case.issue.promises if p.id == promise and p.state == "open"), None)


def inform_executive(case: Case, command: w.InformExecutive) -> Decision:
    """On its way to the executive; once each."""
    if command.executive in case.issue.executives_informed:
        return refuse("told_already")
    return (s.ExecutiveInformed(executive=command.executive, rule=command.rule),)


def executive_contact(case: Case, command: w.RecordExecutiveContact) -> Decision:
    """They called: a surprise unless our notice had reached them before (R-12)."""
    no = not_staff(case)
    if no is not None:
        return no
    first = command.executive in case.issue.executives_reached
    return (s.ExecutiveContacted(executive=command.executive, told_first=first, note=command.note),)


def record_delivery(case: Case, command: w.RecordDelivery) -> Decision:
    """A failure for good is a visible fact; what reached an executive counts in the surprise ledger."""
    if not command.delivered:
        failed = {name: getattr(command, name) for name in ("notice", "recipient", "audience", "reason")}
        return (s.DeliveryFailedForGood(**failed),)
    if command.audience is not Audience.EXECUTIVE:
        return refuse("nothing_to_tell")
    if command.recipient in case.issue.executives_reached:
        return refuse("told_already")
    return (s.ExecutiveInformed(executive=command.recipient, rule="delivered", delivered=True),)


def follow(case: Case, command: w.Follow) -> Decision:
    """Hear what changes, without owning (R-14)."""
    no = not_staff(case)
    return no or (s.Followed(staff=command.staff, on=command.on),)


def pass_deadline(case: Case, command: w.PassDeadline) -> Decision:
    """What a due timer means now; a stale or early one changes nothing."""
    running = deadlines(case.issue, case.context.book)
    latest = max(case.now, command.due_at)  # the timer's clock may run a little before ours
    due = [d for d in running if d.kind is command.deadline and d.ref == command.ref and d.due_at <= latest]
    if not due:
        return refuse("stale", why="what was to fall due has happened or moved")
    return _DUE[command.deadline](case, command)


def _offer_lapsed(case: Case, _command: w.PassDeadline) -> Decision:
    who = case.issue.offer.to if case.issue.offer is not None else None
    return (e.OfferLapsed(who=who, catch_by=catch_by(case)),)


def _nothing_new(case: Case, _command: w.PassDeadline) -> Decision:
    row = case.issue.no_progress_in_a_row + 1
    return (e.NoProgressTold(in_a_row=row, next_update_at=case.next_update()),)


def _promise_broken(_case: Case, command: w.PassDeadline) -> Decision:
    return (s.PromiseBroken(promise=command.ref),)


def _ladder_step(case: Case, command: w.PassDeadline) -> Decision:
    ladder = case.context.book.pinned(case.issue.ladder_policy).ladder(case.issue.ladder)
    return (s.LadderStepDue(ladder=ladder.id, step=int(command.ref)),)


def _review_wait(case: Case, _command: w.PassDeadline) -> Decision:
    return (e.WaitEnded(why="review", next_update_at=case.next_update()),)


def _assume(case: Case, _command: w.PassDeadline) -> Decision:
    return (assume_resolved(case),)


def _ask_still_fixed(_case: Case, _command: w.PassDeadline) -> Decision:
    return (e.StillFixedAsked(),)


def _review_refusal(_case: Case, _command: w.PassDeadline) -> Decision:
    return (s.RefusalReviewDue(),)


def _never_confirmed(_case: Case, _command: w.PassDeadline) -> Decision:
    return (e.Closed(reason=CloseReason.WITHDRAWN),)


_DUE = {
    DeadlineKind.OFFER_LAPSES: _offer_lapsed,
    DeadlineKind.UPDATE_DUE: _nothing_new,
    DeadlineKind.PROMISE_DUE: _promise_broken,
    DeadlineKind.LADDER_STEP: _ladder_step,
    DeadlineKind.WAIT_REVIEW: _review_wait,
    DeadlineKind.ASSUME_RESOLVED: _assume,
    DeadlineKind.STILL_FIXED: _ask_still_fixed,
    DeadlineKind.REVIEW_REFUSAL: _review_refusal,
    DeadlineKind.CONFIRMATION_ENDS: _never_confirmed,
}

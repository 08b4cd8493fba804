"""How an issue comes to somebody: raise, triage, offer, accept, decline, hand over. Pure."""

from agents._desk_rules import (
    Case,
    Decision,
    DeskContext,
    first_no,
    not_future,
    not_lead,
    not_owner,
    not_person,
    not_resolver,
    not_staff,
    over,
    refuse,
    said,
)
from schemas import commands as c
from schemas import events as e
from schemas.deadlines import due_after
from schemas.people import Person
from schemas.refusals import Refusal
from schemas.values import Instant, Offer
from schemas.vocabulary import ActorKind, Priority


def raise_issue(command: c.RaiseIssue, now: Instant, context: DeskContext) -> Decision:
    """A new issue, on a team with a deadline from its first moment: acknowledged, never on nobody (R-01, R-09)."""
    policy = context.policy
    category = policy.category(command.category)
    team = category.team if category else policy.classification.front_desk
    within = policy.offers.accept_within.of(Priority.NORMAL)
    copied = {name: getattr(command, name) for name in c.RaiseIssue.model_fields if name != "type"}
    raised = e.Raised(
        **copied,
        next_update_at=due_after(now, policy.updates.of(Priority.NORMAL)),
        offer=Offer(team=team, made_at=now, accept_by=due_after(now, within)),
        ladder=category.ladder if category else policy.default_ladder,
    )
    return (raised,)


def confirm_sender(case: Case, command: c.ConfirmSender) -> Decision:
    """The address is theirs: what waited for it begins."""
    no = over(case)
    if no is not None:
        return no
    if case.issue.confirmed:
        return refuse("confirmed_already")
    within = case.policy.offers.accept_within.of(case.issue.priority)
    catch_by = due_after(case.now, within)
    return (e.SenderConfirmed(contact=command.contact, next_update_at=case.next_update(), catch_by=catch_by),)


def triage(case: Case, command: c.Triage) -> Decision:
    """Category and priority; an agent never changes what a person or it decided before."""
    no = first_no(not_resolver(case), over(case))
    if no is not None:
        return no
    category = case.policy.category(command.category)
    if category is None or not category.enabled:
        known = ", ".join(x.id for x in case.policy.categories if x.enabled)
        return refuse("unknown_category", category=command.category, known=known)
    if case.is_automatic and not case.issue.is_unsorted:
        return refuse("triaged_already")
    promised = case.issue.next_update_at or case.next_update(command.priority)
    return (
        e.Triaged(
            category=category.id,
            team=category.team,
            priority=command.priority,
            sure=command.sure,
            heat=command.heat,
            next_update_at=min(promised, case.next_update(command.priority)),
            ladder=category.ladder,
            by_hand=not case.is_automatic,
        ),
    )


def ask_for_triage(case: Case, command: c.AskForTriage) -> Decision:
    """The agent is not sure: the team's people choose, with its guesses at hand."""
    if not case.issue.is_unsorted:
        return refuse("triaged_already")
    asked = {name: getattr(command, name) for name in c.AskForTriage.model_fields if name != "type"}
    return (e.TriageAsked(**asked),)


def set_priority(case: Case, command: c.SetPriority) -> Decision:
    """A person knows better and says why."""
    no = first_no(not_resolver(case), over(case))
    return no or (e.PrioritySet(priority=command.priority, reason=command.reason),)


def set_summary(case: Case, command: c.SetSummary) -> Decision:
    """One clearer line, the same everywhere."""
    no = not_resolver(case)
    return no or (e.SummarySet(summary=command.summary),)


def offer(case: Case, command: c.OfferIssue) -> Decision:
    """One person is asked; an agent never takes an offer away, a lead may."""
    no = first_no(not_lead(case), over(case), _owned(case), not_future(case, command.accept_by, "the answer"))
    if no is not None:
        return no
    running = case.issue.offer
    if case.is_automatic and running is not None and running.to is not None:
        return refuse("offer_running", to=running.to_name, at=said(running.accept_by))
    person = case.context.directory.person(command.to)
    if person is None or not person.may_own:
        return refuse("cannot_own", who=command.to_name or command.to)
    given = {name: getattr(command, name) for name in c.OfferIssue.model_fields if name not in {"type", "to_name"}}
    return (e.Offered(offer=Offer(**given, to_name=person.name, made_at=case.now)),)


def ask_lead(case: Case, command: c.AskLead) -> Decision:
    """The lead decides; asked once until it lapses."""
    no = first_no(not_lead(case), over(case), _owned(case), not_future(case, command.decide_by, "the decision"))
    if no is not None:
        return no
    running = case.issue.offer
    if running is not None and running.to is not None:
        return refuse("offer_running", to=running.to_name, at=said(running.accept_by))
    asked = {name: getattr(command, name) for name in c.AskLead.model_fields if name != "type"}
    return (e.LeadAsked(**asked),)


def accept(case: Case, _command: c.Accept) -> Decision:
    """Exactly one owner: the first wins, the next is told who did (R-09)."""
    no = first_no(not_person(case), over(case))
    if no is not None:
        return no
    handed_to_me = case.issue.offer is not None and case.issue.offer.to == case.by.id
    if case.issue.owner is not None and not handed_to_me:
        if case.issue.owner == case.by.id:
            return refuse("yourself", who=case.issue.owner_name)
        at = said(case.issue.accepted_at or case.now)
        return refuse("taken", owner=case.issue.owner_name, at=at)
    no = first_no(not_resolver(case), _offered_to_other(case))
    return no or (accepted(case),)


def accepted(case: Case) -> e.Accepted:
    """The event that makes the wisher the owner."""
    running, person = case.issue.offer, case.person
    team = running.team if running is not None else (person.team if person else None) or case.issue.team
    return e.Accepted(
        owner=case.by.id,
        owner_name=person.name if person else case.by.name,
        team=team or case.policy.classification.front_desk,
        next_update_at=case.next_update(),
        pulled=running is None or running.to != case.by.id,
        handed_over_by=running.handed_over_by if running is not None else None,
    )


def decline(case: Case, command: c.Decline) -> Decision:
    """Not me, because; until the next offer the team has a new deadline to catch it."""
    no = first_no(not_staff(case), over(case))
    if no is not None:
        return no
    running = case.issue.offer
    if running is None or running.to != case.by.id:
        now = f": {running.to_name} has the offer" if running is not None and running.to else ""
        return refuse("not_offered", now=now)
    return (e.Declined(who=case.by.id, reason=command.reason, note=command.note, catch_by=catch_by(case)),)


def catch_by(case: Case) -> Instant | None:
    """By when the team must catch an issue that nobody has; None while an owner still has it."""
    if case.issue.owner is not None:
        return None
    return due_after(case.now, case.policy.offers.lead_decides_within)


def hand_over(case: Case, command: c.HandOver) -> Decision:
    """What, what is expected, by when: the giver stays the owner until the other accepts (R-30, R-38)."""
    no = first_no(over(case), not_owner(case), not_future(case, command.accept_by, "the answer"))
    if no is not None:
        return no
    if case.issue.owner is None:
        return refuse("unowned")
    receiver = case.context.directory.person(command.to)
    no = _cannot_receive(case, receiver, command)
    if no is not None or receiver is None:
        return no or refuse("cannot_own", who=command.to)
    handed = Offer(
        to=receiver.id,
        to_name=receiver.name,
        team=command.team,
        made_at=case.now,
        accept_by=command.accept_by,
        handed_over_by=case.issue.owner,
    )
    return (e.HandOverStarted(offer=handed, what=command.what, expected=command.expected),)


def _cannot_receive(case: Case, receiver: Person | None, command: c.HandOver) -> Refusal | None:
    if receiver is None or not receiver.may_own:
        return refuse("cannot_own", who=command.to_name or command.to)
    if receiver.id == case.issue.owner:
        return refuse("yourself", who=receiver.name)
    if case.issue.offer is not None:
        return refuse("offer_running", to=case.issue.offer.to_name, at=said(case.issue.offer.accept_by))
    return None


def _owned(case: Case) -> Refusal | None:
    if case.issue.owner is None:
        return None
    return refuse("taken", owner=case.issue.owner_name, at=said(case.issue.accepted_at or case.now))


def _offered_to_other(case: Case) -> Refusal | None:
    running = case.issue.offer
    if running is None or running.to is None or running.to == case.by.id or case.leads:
        return None
    if case.by.kind is not ActorKind.STAFF:
        return refuse("not_staff")
    return refuse("offered_to_other", to=running.to_name, at=said(running.accept_by))

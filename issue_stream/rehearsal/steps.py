"""A step of a scenario as a wish: what a web form, a button or a call would have sent to the desk.

In: a step, who there is, the issues so far. Out: one command with its wisher. Words become content ids of the house.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from issue_stream.intake.words import RaiseWords, checked, summary_of
from issue_stream.rehearsal.memory import MemoryHouse
from issue_stream.rehearsal.scenario import Step
from issue_stream.rehearsal.stage import issue_id
from schemas import commands as c
from schemas import side_commands as w
from schemas.commands import Command
from schemas.issue import Issue
from schemas.people import PARTNER_OF_STRANGERS, Contact
from schemas.ports import Now
from schemas.values import Actor, Blocked, Span
from schemas.vocabulary import ActorKind, CloseReason, Intake, Priority

FIRST_NUMBER = 1001
LOOK_AGAIN_IN = timedelta(days=2)
"""When a wait without `review_in` is looked at again."""


@dataclass
class Wisher:
    """Makes the wish of each step; knows which issue each name stands for."""

    house: MemoryHouse
    now: Now
    numbers: dict[str, int] = field(default_factory=dict)

    def wish(self, step: Step) -> tuple[str, Actor, Command]:
        """Issue, wisher and command of a step that wishes something; raises BadInput for words that no form takes."""
        by = self._by(step)
        if step.verb == "raise":
            self.numbers[step.subject] = FIRST_NUMBER + len(self.numbers)
            return issue_id(step.subject), by, self._raise(step)
        return issue_id(step.subject), by, _WISHES[step.verb](self, step)

    def issue(self, step: Step) -> Issue | None:
        """The issue a step is about, as it stands."""
        return self.house.issues.get(issue_id(step.subject))

    def text(self, words: str | None) -> str | None:
        """The content id under which these words are kept now; None for none."""
        return self.house.keep_text(words) if words is not None else None

    def words(self, step: Step, name: str) -> str:
        """The content id of a field that must be there."""
        return str(self.text(step.fields[name]))

    def _by(self, step: Step) -> Actor:
        if "by" in step.fields:
            person = self.house.people.people[step.fields["by"]]
            return Actor(kind=ActorKind.STAFF, id=person.id, name=person.name)
        who = step.fields.get("from")
        if who is None:
            issue = self.issue(step)
            who = issue.contact if issue is not None else "nobody"
        contact = self.house.contacts.get(who)
        return Actor(kind=ActorKind.PARTNER, id=who, name=contact.name if contact else "")

    def _raise(self, step: Step) -> c.RaiseIssue:
        contact = self.house.contacts[step.fields["from"]]
        words = checked(_raise_words(step, contact), self.now().date())
        partner = self.house.partners.get(contact.partner or "", PARTNER_OF_STRANGERS)
        told, strangers = self._also_tell(contact, words.also_tell)
        return c.RaiseIssue(
            number=self.numbers[step.subject],
            partner=partner.id,
            contact=contact.id,
            tier=partner.tier,
            region=partner.region,
            intake=words.intake,
            summary=str(self.text(summary_of(words.what))),
            what=str(self.text(words.what)),
            since=words.since,
            blocked=self._blocked(words),
            also_tell=told,
            not_told=self.text(strangers),
            confirmed=words.confirmed,
            category=words.category,
            previous=issue_id(words.previous) if words.previous else None,
        )

    def _blocked(self, words: RaiseWords) -> Blocked:
        currency = self.house.book.current.priority.currency
        return Blocked(
            deal=self.text(words.blocked_deal or None),
            by=words.blocked_by,
            amount=words.blocked_amount,
            currency=currency if words.blocked_amount is not None else "",
        )

    def _also_tell(self, contact: Contact, addresses: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
        """Contacts of the same partner by address; the others in one text for staff."""
        same = {x.email: x.id for x in self.house.contacts.values() if x.partner and x.partner == contact.partner}
        strangers = [address for address in addresses if address not in same]
        return tuple(same[a] for a in addresses if a in same), "\n".join(strangers) or None


def _raise_words(step: Step, contact: Contact) -> RaiseWords:
    fields = step.fields
    intake = Intake(fields.get("intake", Intake.FORM))
    amount: Decimal | None = fields.get("amount")
    return RaiseWords(
        what=fields["what"],
        contact=contact,
        intake=intake,
        since=fields.get("since"),
        blocked_deal=fields.get("deal", ""),
        blocked_by=fields.get("deal_by"),
        blocked_amount=amount,
        also_tell=fields.get("also_tell", ()),
        confirmed=fields.get("confirmed", intake is not Intake.PUBLIC_FORM),
        category=fields.get("category"),
        previous=fields.get("previous"),
    )


def _triage(wisher: Wisher, step: Step) -> Command:
    issue = wisher.issue(step)
    usual = issue.priority if issue is not None else Priority.NORMAL
    return c.Triage(category=step.fields["category"], priority=step.fields.get("priority", usual))


def _offer(wisher: Wisher, step: Step) -> Command:
    to = wisher.house.people.people[step.fields["to"]]
    return c.OfferIssue(to=to.id, to_name=to.name, team=_team(wisher, step), accept_by=_accept_by(wisher, step))


def _hand_over(wisher: Wisher, step: Step) -> Command:
    to = wisher.house.people.people[step.fields["to"]]
    return c.HandOver(
        to=to.id,
        to_name=to.name,
        team=_team(wisher, step),
        what=wisher.words(step, "what"),
        expected=wisher.words(step, "expected"),
        accept_by=_accept_by(wisher, step),
    )


def _team(wisher: Wisher, step: Step) -> str:
    """The receiver's team; the issue's own when they belong to none."""
    to, issue = wisher.house.people.people[step.fields["to"]], wisher.issue(step)
    return to.team or (issue.team if issue else None) or wisher.house.book.current.classification.front_desk


def _accept_by(wisher: Wisher, step: Step) -> Any:  # noqa: ANN401 - an instant; pydantic checks it
    issue = wisher.issue(step)
    spans = wisher.house.book.current.offers.accept_within
    within: Span = step.fields.get("within", spans.of(issue.priority if issue else Priority.NORMAL))
    return wisher.now() + within


def _reply(wisher: Wisher, step: Step) -> Command:
    after: Span | None = step.fields.get("next_update_in")
    until = wisher.now() + after if after is not None else None
    return c.ReplyToPartner(text=wisher.words(step, "text"), next_update_at=until)


def _wait(wisher: Wisher, step: Step) -> Command:
    review_at = wisher.now() + step.fields.get("review_in", LOOK_AGAIN_IN)
    return c.Wait(on=step.fields["for"], reason=wisher.words(step, "reason"), review_at=review_at)


def _cannot_do(wisher: Wisher, step: Step) -> Command:
    return c.CannotDo(
        reason=wisher.words(step, "reason"),
        alternative=wisher.words(step, "alternative"),
        review_on=step.fields["review_on"],
        not_ours=step.fields.get("not_ours", False),
    )


def _close(wisher: Wisher, step: Step) -> Command:
    reason = step.fields.get("reason", CloseReason.WITHDRAWN)
    return c.Close(reason=reason, text=wisher.text(step.fields.get("text")))


def _link(wisher: Wisher, step: Step) -> Command:
    issue, title = wisher.issue(step), wisher.text(step.fields.get("title"))
    return w.LinkProblem(problem=step.fields["problem"], title=title or (issue.summary if issue else None))


def _merge(wisher: Wisher, step: Step) -> Command:
    into = step.fields["into"]
    return w.MergeInto(into=issue_id(into), into_number=wisher.numbers[into])


def _promise(wisher: Wisher, step: Step) -> Command:
    what, due_at = wisher.text(step.fields.get("what")), wisher.now() + step.fields["due_in"]
    return w.MakePromise(promise=step.fields["name"], what=what, due_at=due_at)


def _revise(wisher: Wisher, step: Step) -> Command:
    due_at = wisher.now() + step.fields["due_in"]
    return w.RevisePromise(promise=step.fields["name"], due_at=due_at, reason=wisher.words(step, "reason"))


def _withdraw(wisher: Wisher, step: Step) -> Command:
    return w.WithdrawPromise(promise=step.fields["name"], reason=wisher.words(step, "reason"))


def _satisfaction(wisher: Wisher, step: Step) -> Command:
    return c.GiveSatisfaction(score=step.fields["score"], text=wisher.text(step.fields.get("text")))


def _confirm(wisher: Wisher, step: Step) -> Command:
    issue = wisher.issue(step)
    return c.ConfirmSender(contact=issue.contact if issue else "nobody")


def _answer(wisher: Wisher, step: Step) -> Command:
    return c.AnswerResolved(solved=step.fields["says"] == "yes", text=wisher.text(step.fields.get("text")))


def _still_fixed(wisher: Wisher, step: Step) -> Command:
    return c.AnswerStillFixed(fixed=step.fields["says"] == "yes", text=wisher.text(step.fields.get("text")))


def _set_priority(wisher: Wisher, step: Step) -> Command:
    return c.SetPriority(priority=step.fields["priority"], reason=wisher.words(step, "reason"))


def _decline(wisher: Wisher, step: Step) -> Command:
    return c.Decline(reason=step.fields["reason"], note=wisher.text(step.fields.get("note")))


def _resolve(wisher: Wisher, step: Step) -> Command:
    return c.Resolve(text=wisher.words(step, "text"), cause=wisher.text(step.fields.get("cause")))


def _escalate(wisher: Wisher, step: Step) -> Command:
    return w.Escalate(tell=step.fields.get("tell", ()), reason=wisher.words(step, "reason"))


def _not_moving(wisher: Wisher, step: Step) -> Command:
    return c.SayNotMoving(reason=step.fields["reason"], text=wisher.text(step.fields.get("text")))


def _called(wisher: Wisher, step: Step) -> Command:
    note = wisher.text(step.fields.get("note"))
    return w.RecordExecutiveContact(executive=step.fields["by"], note=note)


_WISHES: Mapping[str, Callable[[Wisher, Step], Command]] = {
    "confirm": _confirm,
    "triage": _triage,
    "priority": _set_priority,
    "summary": lambda wisher, step: c.SetSummary(summary=wisher.words(step, "text")),
    "offer": _offer,
    "accept": lambda _wisher, _step: c.Accept(),
    "decline": _decline,
    "hand_over": _hand_over,
    "reply": _reply,
    "note": lambda wisher, step: c.AddNote(text=wisher.words(step, "text")),
    "wait": _wait,
    "resume": lambda _wisher, _step: c.Resume(),
    "resolve": _resolve,
    "cannot_do": _cannot_do,
    "close": _close,
    "reopen": lambda wisher, step: c.Reopen(reason=wisher.text(step.fields.get("reason"))),
    "escalate": _escalate,
    "deescalate": lambda wisher, step: w.Deescalate(reason=wisher.words(step, "reason")),
    "link": _link,
    "unlink": lambda _wisher, step: w.UnlinkProblem(problem=step.fields["problem"]),
    "dismiss_alike": lambda _wisher, _step: w.DismissAlike(),
    "merge": _merge,
    "unmerge": lambda _wisher, _step: w.Unmerge(),
    "promise": _promise,
    "revise_promise": _revise,
    "keep_promise": lambda _wisher, step: w.KeepPromise(promise=step.fields["name"]),
    "withdraw_promise": _withdraw,
    "follow": lambda _wisher, step: w.Follow(staff=step.fields["by"], on=step.fields.get("on", True)),
    "called": _called,
    "partner_comment": lambda wisher, step: c.AddComment(text=wisher.words(step, "text")),
    "not_moving": _not_moving,
    "answer": _answer,
    "still_fixed": _still_fixed,
    "satisfaction": _satisfaction,
}

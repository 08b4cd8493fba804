"""One of every event there is, with a token planted in each internal field; texts are named by what may be read."""

from datetime import date
from typing import get_args

from schemas import events as e
from schemas import side_events as s
from schemas.events import Event
from schemas.values import Alike, Because, Offer
from schemas.vocabulary import Audience, CloseReason, DeclineReason, Priority, StuckReason, WaitingFor
from tests.builders import DAY, HOUR, NOW, raised_event

LATER = NOW + DAY
SECRET = "sesame-"
"""What no partner may ever read begins with this, in texts, sentences and figures."""

OFFER = Offer(
    to="mia",
    to_name="Mia Example",
    team="deal_desk",
    made_at=NOW,
    accept_by=NOW + HOUR,
    why_you=f"{SECRET}why",
    first_step=f"{SECRET}step",
    done_means=f"{SECRET}done",
)
HANDED = OFFER.model_copy(update={"to": "omar", "to_name": "Omar Example", "handed_over_by": "mia"})
BECAUSE = Because(rule=f"{SECRET}rule", sentence=f"{SECRET}sentence", inputs={"x": f"{SECRET}input"}, otherwise="-")

EVENTS: tuple[Event, ...] = (
    raised_event(also_tell=("bo",)),
    e.SenderConfirmed(contact="ida", next_update_at=LATER, catch_by=NOW + HOUR),
    e.Triaged(
        category="deal_registration", team="deal_desk", priority=Priority.HIGH, next_update_at=LATER, ladder="standard"
    ),
    e.TriageAsked(team="front_desk"),
    e.PrioritySet(priority=Priority.URGENT, reason=f"{SECRET}priority"),
    e.SummarySet(summary="t-summary"),
    e.Offered(offer=OFFER),
    e.LeadAsked(lead="lena", lead_name="Lena Example", team="deal_desk", decide_by=LATER, reason=f"{SECRET}lead"),
    e.Accepted(owner="mia", owner_name="Mia Example", team="deal_desk", next_update_at=LATER, handed_over_by="omar"),
    e.Declined(who="mia", reason=DeclineReason.NO_CAPACITY, note=f"{SECRET}decline", catch_by=NOW + HOUR),
    e.OfferLapsed(who="mia", catch_by=NOW + HOUR),
    e.HandOverStarted(offer=HANDED, what=f"{SECRET}what", expected=f"{SECRET}expected"),
    e.CommentAdded(text="t-comment"),
    e.NotMovingSaid(reason=StuckReason.NO_UPDATE, text="t-comment"),
    e.Replied(text="t-reply", next_update_at=LATER),
    e.NoProgressTold(in_a_row=2, next_update_at=LATER),
    e.NoteAdded(text=f"{SECRET}note"),
    e.WaitStarted(on=WaitingFor.PARTNER, reason="t-reason", review_at=LATER),
    e.WaitEnded(why="reviewed", next_update_at=LATER),
    e.Resolved(text="t-fixed", cause=f"{SECRET}cause", assume_at=LATER),
    e.CannotBeDone(reason="t-why", alternative="t-instead", review_on=date(2026, 6, 1)),
    e.ResolutionConfirmed(text="t-comment"),
    e.ResolutionDenied(text="t-comment", next_update_at=LATER),
    e.Closed(reason=CloseReason.ASSUMED, text=f"{SECRET}closed"),
    e.StillFixedAsked(),
    e.StillFixedAnswered(fixed=True, text="t-comment"),
    e.SatisfactionGiven(score=5, text="t-comment"),
    e.Reopened(reason=f"{SECRET}reopened", next_update_at=LATER, catch_by=NOW + HOUR),
    s.LadderStepDue(ladder="standard", step=1),
    s.Escalated(step=1, told=("lena", "cara", "vera"), rule=f"{SECRET}rule", reason=f"{SECRET}escalated"),
    s.Escalated(told=("lena", "cara"), rule="not-moving", reason="t-comment"),
    s.Deescalated(reason=f"{SECRET}over", told=("lena", "vera")),
    s.ProblemLinked(problem="problem-1", title=f"{SECRET}title", score=0.8),
    s.ProblemUnlinked(problem="problem-1"),
    s.AlikeSuggested(alike=(Alike(issue="issue-9", score=0.5, words=f"{SECRET}words"),)),
    s.AlikeDismissed(),
    s.MergedInto(into="issue-9", into_number=1009),
    s.Unmerged(next_update_at=LATER, catch_by=NOW + HOUR),
    s.PromiseMade(promise="p1", what="t-reply", due_at=LATER),
    s.PromiseRevised(promise="p1", due_at=LATER, reason="t-reason"),
    s.PromiseKept(promise="p1"),
    s.PromiseBroken(promise="p1"),
    s.PromiseWithdrawn(promise="p1", reason="t-reason"),
    s.ExecutiveInformed(executive="vera", rule=f"{SECRET}rule"),
    s.ExecutiveContacted(executive="vera", told_first=False, note=f"{SECRET}call"),
    s.DeliveryFailedForGood(notice="n", recipient="ida", audience=Audience.PARTNER, reason=f"{SECRET}server said no"),
    s.RefusalReviewDue(),
    s.Followed(staff="cara"),
)

KINDS = frozenset(member.model_fields["type"].default for member in get_args(get_args(Event)[0]))
"""The type of every event that the language has."""

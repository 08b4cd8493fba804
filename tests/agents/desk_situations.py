"""Every situation an issue can stand in, and every wish somebody may have there: the two sides of the desk's table."""

from schemas import commands as c
from schemas import side_commands as w
from schemas.commands import Command
from schemas.envelope import CommandMessage
from schemas.values import Alike
from schemas.vocabulary import DeadlineKind as K
from schemas.vocabulary import DeclineReason, Priority, StuckReason, WaitingFor
from tests.builders import DAY, HOUR, NOW, raise_command, wish

SOON = NOW + HOUR
TOMORROW = (NOW + DAY).date()

TRIAGE = c.Triage(category="leads", priority=Priority.NORMAL)
OFFER_MIA = c.OfferIssue(to="mia", team="deal_desk", accept_by=SOON)
OFFER_OMAR = c.OfferIssue(to="omar", team="deal_desk", accept_by=SOON)
OFFER_CARA = c.OfferIssue(to="cara", team="deal_desk", accept_by=SOON)
ASK_LEAD = c.AskLead(lead="lena", team="deal_desk", decide_by=SOON)
HAND_OVER = c.HandOver(to="omar", team="deal_desk", what="t-what", expected="t-expected", accept_by=SOON)
WAIT = c.Wait(on=WaitingFor.PARTNER, reason="t-why", review_at=SOON)
RESOLVE = c.Resolve(text="t-done")
CANNOT = c.CannotDo(reason="t-why", alternative="t-else", review_on=TOMORROW)
YES, NOT_YET = c.AnswerResolved(solved=True), c.AnswerResolved(solved=False)
MERGE = w.MergeInto(into="issue-2", into_number=1002)
DECLINE = c.Decline(reason=DeclineReason.NO_CAPACITY)
ASSUME = w.PassDeadline(deadline=K.ASSUME_RESOLVED, due_at=NOW + 5 * DAY)

_RAISED = (wish(raise_command(), "partner"),)
_TRIAGED = (*_RAISED, wish(TRIAGE, "classify"))
_OFFERED = (*_TRIAGED, wish(OFFER_MIA, "assign"))
_OWNED = (*_OFFERED, wish(c.Accept(), "mia"))
_RESOLVED = (*_OWNED, wish(RESOLVE))

SITUATIONS: dict[str, tuple[CommandMessage, ...]] = {
    "raised": _RAISED,
    "unconfirmed": (wish(raise_command(confirmed=False), "partner"),),
    "triaged": _TRIAGED,
    "offered": _OFFERED,
    "lead_asked": (*_TRIAGED, wish(ASK_LEAD, "assign")),
    "owned": _OWNED,
    "handed": (*_OWNED, wish(HAND_OVER)),
    "waiting": (*_OWNED, wish(WAIT)),
    "resolved": _RESOLVED,
    "confirmed": (*_RESOLVED, wish(YES, "partner")),
    "assumed": (*_RESOLVED, wish(ASSUME, "timer", at=NOW + 5 * DAY)),
    "withdrawn": (*_RAISED, wish(c.Close(), "lena")),
    "cannot_do": (*_OWNED, wish(CANNOT)),
    "merged": (*_OWNED, wish(MERGE)),
}

GROUPS = {
    "ALL": tuple(SITUATIONS),
    "UNOWNED": ("raised", "unconfirmed", "triaged", "offered", "lead_asked"),
    "OWNED": ("owned", "handed", "waiting"),
    "OVER": ("resolved", "confirmed", "assumed", "withdrawn", "cannot_do"),
}


def _due(kind: K, ref: str = "", days: float = 1) -> tuple[Command, str]:
    return w.PassDeadline(deadline=kind, ref=ref, due_at=NOW + days * DAY), "timer"


WISHES: dict[str, tuple[Command, str]] = {
    "raise again": (raise_command(), "partner"),
    "confirm": (c.ConfirmSender(contact="ida"), "partner"),
    "triage by agent": (TRIAGE, "classify"),
    "triage by mia": (TRIAGE, "mia"),
    "ask for triage": (c.AskForTriage(team="front_desk"), "classify"),
    "set priority": (c.SetPriority(priority=Priority.LOW, reason="t"), "mia"),
    "set summary": (c.SetSummary(summary="t"), "mia"),
    "offer to omar by agent": (OFFER_OMAR, "assign"),
    "offer to omar by lead": (OFFER_OMAR, "lena"),
    "offer to omar by mia": (OFFER_OMAR, "mia"),
    "offer to a channel manager": (OFFER_CARA, "lena"),
    "ask lead": (ASK_LEAD, "assign"),
    "accept by mia": (c.Accept(), "mia"),
    "accept by omar": (c.Accept(), "omar"),
    "accept by lead": (c.Accept(), "lena"),
    "accept by channel manager": (c.Accept(), "cara"),
    "accept by executive": (c.Accept(), "vera"),
    "accept by stranger": (c.Accept(), "stranger"),
    "accept by one who left": (c.Accept(), "gone"),
    "accept by agent": (c.Accept(), "assign"),
    "accept by partner": (c.Accept(), "partner"),
    "decline by mia": (DECLINE, "mia"),
    "decline by omar": (DECLINE, "omar"),
    "decline by lead": (DECLINE, "lena"),
    "hand over by mia": (HAND_OVER, "mia"),
    "hand over by lead": (HAND_OVER, "lena"),
    "hand over by channel manager": (HAND_OVER, "cara"),
    "hand over to channel manager": (HAND_OVER.model_copy(update={"to": "cara"}), "mia"),
    "comment": (c.AddComment(text="t"), "partner"),
    "comment without words": (c.AddComment(), "partner"),
    "not moving": (c.SayNotMoving(reason=StuckReason.NO_UPDATE), "partner"),
    "reply by mia": (c.ReplyToPartner(text="t"), "mia"),
    "reply by channel manager": (c.ReplyToPartner(text="t"), "cara"),
    "reply by partner": (c.ReplyToPartner(text="t"), "partner"),
    "note by channel manager": (c.AddNote(text="t"), "cara"),
    "note by service": (c.AddNote(text="t"), "portal"),
    "wait by mia": (WAIT, "mia"),
    "wait by omar": (WAIT, "omar"),
    "resume": (c.Resume(), "mia"),
    "resolve by mia": (RESOLVE, "mia"),
    "resolve by omar": (RESOLVE, "omar"),
    "resolve by lead": (RESOLVE, "lena"),
    "resolve by channel manager": (RESOLVE, "cara"),
    "resolve by agent": (RESOLVE, "assign"),
    "cannot do": (CANNOT, "mia"),
    "yes": (YES, "partner"),
    "not yet": (NOT_YET, "partner"),
    "still fixed": (c.AnswerStillFixed(fixed=True), "partner"),
    "not fixed": (c.AnswerStillFixed(fixed=False), "partner"),
    "satisfied": (c.GiveSatisfaction(score=5), "partner"),
    "close by lead": (c.Close(), "lena"),
    "close by mia": (c.Close(), "mia"),
    "reopen": (c.Reopen(), "mia"),
    "reopen by partner": (c.Reopen(), "partner"),
    "escalate": (w.Escalate(reason="t"), "mia"),
    "de-escalate": (w.Deescalate(reason="t"), "mia"),
    "link": (w.LinkProblem(problem="p"), "mia"),
    "unlink": (w.UnlinkProblem(problem="p"), "mia"),
    "suggest alike": (w.SuggestAlike(alike=(Alike(score=0.5),)), "detect_recurrence"),
    "dismiss alike": (w.DismissAlike(), "mia"),
    "merge": (MERGE, "mia"),
    "merge into itself": (w.MergeInto(into="issue-1", into_number=1001), "mia"),
    "unmerge": (w.Unmerge(), "mia"),
    "promise": (w.MakePromise(promise="p", due_at=SOON), "mia"),
    "revise no promise": (w.RevisePromise(promise="p", due_at=SOON, reason="t"), "mia"),
    "keep no promise": (w.KeepPromise(promise="p"), "mia"),
    "withdraw no promise": (w.WithdrawPromise(promise="p", reason="t"), "mia"),
    "inform executive": (w.InformExecutive(executive="vera", rule="r"), "escalate"),
    "executive was called": (w.RecordExecutiveContact(executive="vera"), "vera"),
    "delivered to partner": (
        w.RecordDelivery(notice="n", recipient="ida", audience="partner", delivered=True),
        "deliver",
    ),
    "failed for good": (w.RecordDelivery(notice="n", recipient="ida", audience="partner", delivered=False), "deliver"),
    "follow": (w.Follow(staff="cara"), "cara"),
    "offer to mia lapses": _due(K.OFFER_LAPSES, "mia"),
    "offer to team lapses": _due(K.OFFER_LAPSES, "team"),
    "update due": _due(K.UPDATE_DUE, days=9),
    "wait review": _due(K.WAIT_REVIEW),
    "assume resolved": _due(K.ASSUME_RESOLVED, days=10),
    "ask again": _due(K.STILL_FIXED, days=30),
    "ladder step 1": _due(K.LADDER_STEP, "1"),
    "promise due": _due(K.PROMISE_DUE, "p"),
    "refusal review": _due(K.REVIEW_REFUSAL, days=9),
    "never confirmed": _due(K.CONFIRMATION_ENDS, days=8),
}

"""Which fact is told to whom: one exhaustive table over every event there is. Pure.

`told` yields news in the order of weight; `inform` tells each person once, so whoever is named first for a reason of
their own does not hear it again as a follower.
"""

from collections.abc import Iterator
from typing import assert_never

from agents._hearings_side import told_beside
from agents._parties import Parties, Party
from agents._telling import Told, name_of, partner_news, staff_news, when, with_texts
from schemas import events as e
from schemas.envelope import EventMessage
from schemas.notices import NoticeKind as K
from schemas.vocabulary import Audience, CloseReason

_Understood = e.Raised | e.SenderConfirmed | e.Triaged | e.TriageAsked | e.PrioritySet | e.SummarySet
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


def told(message: EventMessage, parties: Parties) -> Iterator[Told]:
    """All news of this event; nothing for one that nobody must hear."""
    event = message.event
    match event:
        case e.Raised() | e.SenderConfirmed() | e.Triaged() | e.TriageAsked() | e.PrioritySet() | e.SummarySet():
            return _understood(message, event, parties)
        case e.Offered() | e.LeadAsked() | e.Accepted() | e.Declined() | e.OfferLapsed() | e.HandOverStarted():
            return _caught(message, event, parties)
        case e.CommentAdded() | e.NotMovingSaid() | e.Replied() | e.NoProgressTold() | e.NoteAdded():
            return _said(message, event, parties)
        case e.WaitStarted() | e.WaitEnded() | e.Resolved() | e.CannotBeDone():
            return _worked(message, event, parties)
        case (
            e.ResolutionConfirmed()
            | e.ResolutionDenied()
            | e.Closed()
            | e.StillFixedAsked()
            | e.StillFixedAnswered()
            | e.SatisfactionGiven()
            | e.Reopened()
        ):
            return _ended(message, event, parties)
        case _:
            return told_beside(message, event, parties)


def _understood(message: EventMessage, event: _Understood, parties: Parties) -> Iterator[Told]:
    match event:
        case e.Raised():
            yield from _raised(message, event, parties)
        case e.SenderConfirmed():
            figures = {"accept_by": when(event.catch_by), "next_update_at": when(event.next_update_at)}
            yield partner_news(message, K.ACKNOWLEDGED, parties.contacts(), hold=False, **figures)
        case e.Triaged():
            yield staff_news(message, parties, K.FOLLOWED_NEWS, parties.across(event.category), hold=True)
        case e.TriageAsked():
            yield staff_news(message, parties, K.TRIAGE_NEEDED, parties.team(), hold=True)
        case e.PrioritySet():
            news = staff_news(message, parties, K.FOLLOWED_NEWS, (*parties.owner(), *parties.followers()), hold=True)
            yield with_texts(news, text=event.reason)
        case e.SummarySet():
            return  # it is the same text everywhere; nobody is called for it
        case _:
            assert_never(event)


def _raised(message: EventMessage, event: e.Raised, parties: Parties) -> Iterator[Told]:
    """The receipt with owner or team, accept-by and next update (R-01); an unconfirmed address gets its link only."""
    if not event.confirmed:
        contact = parties.issue.contact
        yield Told(K.CONFIRM_ADDRESS, ((contact, Audience.PARTNER),))
        return
    figures = {"accept_by": when(event.offer.accept_by), "next_update_at": when(event.next_update_at)}
    yield partner_news(message, K.ACKNOWLEDGED, parties.contacts(), hold=False, **figures)


def _caught(message: EventMessage, event: _Caught, parties: Parties) -> Iterator[Told]:
    match event:
        case e.Offered():
            yield from _offered(message, event, parties)
        case e.LeadAsked():
            lead = parties.named((event.lead,))
            decide_by = when(event.decide_by)
            yield staff_news(message, parties, K.LEAD_DECIDES, lead, reason=event.reason, decide_by=decide_by)
        case e.Accepted():
            yield from _accepted(message, event, parties)
        case e.Declined():
            if event.catch_by is None:  # an owner still has it: this was a hand-over
                yield _not_taken(message, parties, event.who, event.reason.value)
        case e.OfferLapsed():
            if event.catch_by is None:
                yield _not_taken(message, parties, event.who, "")
        case e.HandOverStarted():
            yield from _offered(message, event, parties)
        case _:
            assert_never(event)


def _offered(message: EventMessage, event: e.Offered | e.HandOverStarted, parties: Parties) -> Iterator[Told]:
    offer = event.offer
    to: Party = ((offer.to, Audience.OWNER),) if offer.to is not None else parties.team()
    news = staff_news(
        message,
        parties,
        K.OFFER,
        to,
        accept_by=when(offer.accept_by),
        why_you=offer.why_you,
        first_step=offer.first_step,
        done_means=offer.done_means,
        from_name=name_of(offer.handed_over_by, parties),
    )
    yield with_texts(news, handed=event.what, expected=event.expected) if isinstance(event, e.HandOverStarted) else news


def _accepted(message: EventMessage, event: e.Accepted, parties: Parties) -> Iterator[Told]:
    until = when(event.next_update_at)
    yield partner_news(message, K.OWNED, parties.contacts(), hold=False, next_update_at=until)
    giver = parties.named((event.handed_over_by,)) if event.handed_over_by else ()
    yield staff_news(message, parties, K.HAND_OVER_OUTCOME, giver, taken=True, to_name=event.owner_name)
    yield staff_news(message, parties, K.FOLLOWED_NEWS, (*parties.alarmed(), *parties.followers()), hold=True)


def _not_taken(message: EventMessage, parties: Parties, who: str | None, reason: str) -> Told:
    """The giver still has it and must know (R-38)."""
    to_name = name_of(who, parties)
    return staff_news(
        message, parties, K.HAND_OVER_OUTCOME, parties.owner(), taken=False, to_name=to_name, reason=reason
    )


def _said(message: EventMessage, event: _Said, parties: Parties) -> Iterator[Told]:
    match event:
        case e.CommentAdded():
            heard = staff_news(
                message, parties, K.PARTNER_SAID, parties.responsible(message.at), files=len(event.files)
            )
            yield with_texts(heard, text=event.text)
            yield staff_news(message, parties, K.FOLLOWED_NEWS, parties.followers(), hold=True)
        case e.NotMovingSaid():
            reason = event.reason.value
            heard = staff_news(message, parties, K.PARTNER_SAID, parties.responsible(message.at), reason=reason)
            yield with_texts(heard, text=event.text)
        case e.Replied():
            yield partner_news(message, K.REPLY, parties.contacts())
            yield staff_news(message, parties, K.FOLLOWED_NEWS, (*parties.owner(), *parties.followers()), hold=True)
        case e.NoProgressTold():
            yield partner_news(message, K.NO_PROGRESS, parties.contacts(), hold=False)
            again = parties.lead() if event.in_a_row > 1 else ()
            missed = (*parties.in_charge(), *again)
            yield staff_news(message, parties, K.UPDATE_MISSED, missed, in_a_row=event.in_a_row)
        case e.NoteAdded():
            to = (*parties.owner(), *parties.followers())
            yield with_texts(staff_news(message, parties, K.FOLLOWED_NEWS, to, hold=True), text=event.text)
        case _:
            assert_never(event)


def _worked(message: EventMessage, event: _Worked, parties: Parties) -> Iterator[Told]:
    match event:
        case e.WaitStarted():
            yield partner_news(message, K.WAITING, parties.contacts())
            yield staff_news(message, parties, K.FOLLOWED_NEWS, (*parties.owner(), *parties.followers()), hold=True)
        case e.WaitEnded():
            yield partner_news(message, K.MOVING_AGAIN, parties.contacts())
            yield staff_news(message, parties, K.MOVING_AGAIN, parties.owner(), why=event.why)
        case e.Resolved():
            yield partner_news(message, K.RESOLVED, parties.contacts())
            yield from _the_end(message, parties)
        case e.CannotBeDone():
            yield partner_news(message, K.CANNOT_DO, parties.contacts())
            yield staff_news(message, parties, K.FOLLOWED_NEWS, parties.channel_manager(), hold=True)
            yield from _the_end(message, parties)
        case _:
            assert_never(event)


def _the_end(message: EventMessage, parties: Parties) -> Iterator[Told]:
    """Owner, whoever was alarmed, and followers hear how it ended."""
    to = (*parties.owner(), *parties.alarmed(), *parties.followers())
    yield staff_news(message, parties, K.FOLLOWED_NEWS, to, hold=True)


def _ended(message: EventMessage, event: _Ended, parties: Parties) -> Iterator[Told]:
    match event:
        case e.ResolutionConfirmed() | e.SatisfactionGiven():
            score = event.score if isinstance(event, e.SatisfactionGiven) else None
            thanks = staff_news(message, parties, K.PARTNER_SAID, parties.owner(), hold=True, score=score)
            yield with_texts(thanks, text=event.text)
        case e.ResolutionDenied():
            denied = staff_news(message, parties, K.PARTNER_SAID, parties.responsible(message.at))
            yield with_texts(denied, text=event.text)
            others = (*parties.alarmed(), *parties.followers())
            yield staff_news(message, parties, K.FOLLOWED_NEWS, others, hold=True)
        case e.Closed():
            yield partner_news(message, K.CLOSED, parties.contacts())
            if event.reason is not CloseReason.CONFIRMED:  # the owner heard the partner's own yes
                yield from _the_end(message, parties)
        case e.StillFixedAsked():
            yield partner_news(message, K.STILL_FIXED, parties.contact(), hold=False)
        case e.StillFixedAnswered():
            if event.fixed:  # a no is followed by `reopened`, which tells everybody
                thanks = staff_news(message, parties, K.PARTNER_SAID, parties.owner(), hold=True, fixed=True)
                yield with_texts(thanks, text=event.text)
        case e.Reopened():
            yield partner_news(message, K.REOPENED, parties.contacts(), next_update_at=when(event.next_update_at))
            again = staff_news(message, parties, K.REOPENED, (*parties.responsible(message.at), *parties.lead()))
            yield with_texts(again, text=event.reason)
            others = (*parties.channel_manager(), *parties.followers())
            yield staff_news(message, parties, K.FOLLOWED_NEWS, others, hold=True)
        case _:
            assert_never(event)

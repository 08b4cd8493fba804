"""Rules of the desk that a table cannot say: races, facts inside events, promises, and the surprise ledger."""

import pytest

from schemas import commands as c
from schemas import events as e
from schemas import side_commands as w
from schemas import side_events as s
from schemas.vocabulary import Audience, CloseReason, DeclineReason, Intake, Priority, Role, State
from tests.agents.desk_situations import HAND_OVER, NOT_YET, OFFER_OMAR, RESOLVE, SITUATIONS, WAIT, YES
from tests.builders import DAY, HOUR, NOW, STAFF, after, answered, context, policy_book, raise_command, wish

OWNED = after(None, *SITUATIONS["owned"])
TRIAGED = after(None, *SITUATIONS["triaged"])


@pytest.mark.parametrize("intake", Intake)
def test_an_issue_from_any_door_is_acknowledged_with_number_team_and_times(intake: Intake) -> None:
    """R-01, R-10: whichever door it came through, the same fact with the same four things."""
    effects = answered(None, wish(raise_command(intake=intake), "partner"))
    raised = effects.events[0].event

    assert isinstance(raised, e.Raised)
    assert raised.number == 1001
    assert raised.offer.team == policy_book().current.classification.front_desk
    assert raised.offer.accept_by == NOW + HOUR
    assert raised.next_update_at == NOW + 2 * DAY
    assert raised.partner == "nordlys"


def test_of_two_who_accept_in_one_batch_the_first_wins_and_the_second_is_told_who() -> None:
    """R-09: exactly one owner."""
    effects = answered(TRIAGED, wish(c.Accept(), "omar"), wish(c.Accept(), "mia"))
    won, lost = effects.outcomes

    assert (won.refusal, lost.refusal) == ("", "taken")
    assert "Omar Example" in lost.text
    assert effects.issues[TRIAGED.id].owner == "omar"


def test_of_accept_and_lapse_in_one_batch_the_first_wins() -> None:
    offered = after(None, *SITUATIONS["offered"])
    timer = wish(w.PassDeadline(deadline="offer_lapses", ref="mia", due_at=NOW + HOUR), "timer")
    accepted = answered(offered, wish(c.Accept()), timer, at=NOW + HOUR)
    lapsed = answered(offered, timer, wish(c.Accept(), "omar"), at=NOW + HOUR)

    assert [o.refusal for o in accepted.outcomes] == ["", "stale"]
    assert [o.refusal for o in lapsed.outcomes] == ["", ""]
    assert lapsed.issues[offered.id].owner == "omar"


def test_a_refused_timer_has_its_rows_written_anew() -> None:
    """Otherwise the stale row would fall due for ever."""
    stale = wish(w.PassDeadline(deadline="offer_lapses", ref="mia", due_at=NOW), "timer")
    effects = answered(OWNED, stale)

    assert effects.outcomes[0].refusal == "stale"
    assert OWNED.id in effects.deadlines
    assert effects.issues == {}


def test_a_channel_manager_who_resolves_is_told_who_does() -> None:
    """R-14, R-15: log and follow, yes; resolve, no, with the owner's name."""
    refused = answered(OWNED, wish(RESOLVE, "cara")).outcomes[0]
    followed = answered(OWNED, wish(w.Follow(staff="cara"), "cara"))

    assert refused.refusal == "not_for_role"
    assert "Mia Example" in refused.text
    assert "channel manager" in refused.text
    assert followed.issues[OWNED.id].followers == ("cara",)


def test_what_a_message_claims_about_its_sender_grants_nothing() -> None:
    claimed = wish(RESOLVE, "cara")
    claimed = claimed.model_copy(update={"by": claimed.by.model_copy(update={"name": "Lena Example, lead"})})

    assert answered(OWNED, claimed).outcomes[0].refusal == "not_for_role"


def test_the_giver_stays_the_owner_until_the_other_accepts_and_is_named_then() -> None:
    """R-38: handing over is not the end point."""
    handed = after(OWNED, wish(HAND_OVER))
    effects = answered(handed, wish(c.Accept(), "omar"))
    accepted = effects.events[0].event

    assert handed.owner == "mia"
    assert isinstance(accepted, e.Accepted)
    assert accepted.handed_over_by == "mia"
    assert accepted.pulled is False


@pytest.mark.parametrize(
    "no",
    [
        wish(c.Decline(reason=DeclineReason.NO_CAPACITY), "omar"),
        wish(w.PassDeadline(deadline="offer_lapses", ref="omar", due_at=NOW + HOUR), "timer", at=NOW + HOUR),
    ],
)
def test_a_hand_over_that_fails_leaves_the_giver_the_owner(no: object) -> None:
    """R-38: the giver is on the hook whatever the receiver does."""
    issue = after(after(OWNED, wish(HAND_OVER)), no)  # type: ignore[arg-type] # the two wishes above

    assert issue.owner == "mia"
    assert issue.offer is None
    assert issue.state is State.ACCEPTED


@pytest.mark.parametrize("reason", DeclineReason)
def test_a_declined_offer_is_on_the_team_with_a_deadline_and_keeps_its_reason(reason: DeclineReason) -> None:
    """R-36: the reason is a fact that routes the next offer."""
    offered = after(None, *SITUATIONS["offered"])
    issue = after(offered, wish(c.Decline(reason=reason)))

    assert issue.decline_reasons == (reason.value,)
    assert issue.declined_by == ("mia",)
    assert issue.offer is not None
    assert issue.offer.to is None
    assert issue.offer.accept_by > NOW


def test_an_offer_says_why_you_the_first_step_and_what_done_is() -> None:
    """R-35: the receiver knows what to do with it."""
    words = {"why_you": "Fewest open issues.", "first_step": "Call them.", "done_means": "They have an answer."}
    effects = answered(TRIAGED, wish(OFFER_OMAR.model_copy(update=words), "assign"))
    offered = effects.events[0].event

    assert isinstance(offered, e.Offered)
    assert {name: getattr(offered.offer, name) for name in words} == words
    assert offered.offer.to_name == "Omar Example"


def test_a_person_s_priority_needs_a_reason_and_outlives_the_agent_s() -> None:
    """R-21: overridable with a reason."""
    raised = after(None, *SITUATIONS["raised"])
    urgent = after(raised, wish(c.SetPriority(priority=Priority.URGENT, reason="t-reason")))
    triaged = after(urgent, wish(c.Triage(category="leads", priority=Priority.LOW), "classify"))

    assert triaged.priority is Priority.URGENT


def test_the_partner_s_yes_and_silence_are_told_apart() -> None:
    """R-19: confirmed is one thing, assumed another."""
    confirmed = after(None, *SITUATIONS["confirmed"])
    assumed = after(None, *SITUATIONS["assumed"])

    assert confirmed.close_reason is CloseReason.CONFIRMED
    assert assumed.close_reason is CloseReason.ASSUMED


def test_not_yet_opens_it_again_with_its_owner() -> None:
    """R-19: a reopened issue keeps its owner."""
    resolved = after(OWNED, wish(RESOLVE))
    issue = after(resolved, wish(NOT_YET, "partner"))

    assert (issue.state, issue.owner, issue.reopened) == (State.ACCEPTED, "mia", 1)
    assert issue.next_update_at == NOW + 2 * DAY


def test_yes_after_silence_makes_it_confirmed() -> None:
    assumed = after(None, *SITUATIONS["assumed"])

    assert after(assumed, wish(YES, "partner")).close_reason is CloseReason.CONFIRMED


def test_an_honest_no_needs_a_review_in_the_future() -> None:
    """R-55: reason, alternative and a date on which it is looked at again."""
    past = c.CannotDo(reason="t", alternative="t", review_on=NOW.date())
    refused = answered(OWNED, wish(past)).outcomes[0]
    granted = after(OWNED, wish(past.model_copy(update={"review_on": (NOW + DAY).date()})))

    assert refused.refusal == "past"
    assert granted.state is State.CANNOT_DO
    assert granted.review_refusal_on == (NOW + DAY).date()


@pytest.mark.parametrize(("days", "code"), [(-1, "past"), (0, "past"), (366, "too_far")])
def test_a_time_that_cannot_be_meant_is_refused(days: int, code: str) -> None:
    wished = WAIT.model_copy(update={"review_at": NOW + days * DAY})

    assert answered(OWNED, wish(wished)).outcomes[0].refusal == code


def test_somebody_who_looked_at_an_older_version_is_told_that_it_moved_on() -> None:
    message = wish(RESOLVE).model_copy(update={"expects_version": OWNED.version - 1})

    assert answered(OWNED, message).outcomes[0].refusal == "moved_on"


def test_a_call_without_a_notice_before_is_a_surprise() -> None:
    """R-12: told first means that our notice reached them."""
    issue = after(OWNED, wish(w.RecordExecutiveContact(executive="vera"), "vera"))

    assert (issue.executives_contacted, issue.surprises) == (1, 1)


def test_a_call_after_a_notice_that_was_delivered_is_none() -> None:
    """R-12: only a delivered notice counts, one on its way does not."""
    informed = after(OWNED, wish(w.InformExecutive(executive="vera", rule="r"), "escalate"))
    early = after(informed, wish(w.RecordExecutiveContact(executive="vera"), "vera"))
    delivery = w.RecordDelivery(notice="n", recipient="vera", audience=Audience.EXECUTIVE, delivered=True)
    told = after(informed, wish(delivery, "deliver"))
    later = after(told, wish(w.RecordExecutiveContact(executive="vera"), "vera"))

    assert early.surprises == 1
    assert later.surprises == 0


def test_a_promise_is_kept_late_or_moved_in_time() -> None:
    promised = after(OWNED, wish(w.MakePromise(promise="p", due_at=NOW + DAY)))
    kept = after(promised, wish(w.KeepPromise(promise="p")))
    moved = answered(promised, wish(w.RevisePromise(promise="p", due_at=NOW + 3 * DAY, reason="t")))
    event = moved.events[0].event

    assert kept.promises[0].state == "kept"
    assert isinstance(event, s.PromiseRevised)
    assert event.before_due


def test_resolving_keeps_what_was_promised() -> None:
    promised = after(OWNED, wish(w.MakePromise(promise="p", due_at=NOW + DAY)))
    effects = answered(promised, wish(RESOLVE))

    assert [message.event.type for message in effects.events] == ["promise-kept", "resolved"]


def test_a_promise_is_made_once() -> None:
    promised = after(OWNED, wish(w.MakePromise(promise="p", due_at=NOW + DAY)))
    again = wish(w.MakePromise(promise="p", due_at=NOW + 2 * DAY))

    assert answered(promised, again).outcomes[0].refusal == "promised_already"


def test_escalating_to_nobody_by_name_tells_the_team_s_lead() -> None:
    effects = answered(OWNED, wish(w.Escalate(reason="t")))
    event = effects.events[0].event

    assert isinstance(event, s.Escalated)
    assert event.told == ("lena",)


def test_every_open_issue_knows_its_partner() -> None:
    """R-40: nothing is an orphan; the desk keeps partner and contact of every issue, and a problem when linked."""
    linked = after(OWNED, wish(w.LinkProblem(problem="p")))

    assert (OWNED.partner, OWNED.contact, linked.problem) == ("nordlys", "ida", "p")


@pytest.mark.parametrize("who", [p.id for p in STAFF if p.role in {Role.CHANNEL_MANAGER, Role.EXECUTIVE}])
def test_nobody_is_offered_what_they_may_not_own(who: str) -> None:
    """R-15: not even a lead can make a channel manager the resolver."""
    offer = OFFER_OMAR.model_copy(update={"to": who})

    assert answered(TRIAGED, wish(offer, "lena")).outcomes[0].refusal == "cannot_own"


def test_a_wish_about_no_issue_is_refused() -> None:
    assert answered(None, wish(c.Accept())).outcomes[0].refusal == "no_such_issue"


def test_an_event_names_its_cause_its_policy_and_who_wished_it() -> None:
    message = wish(c.Accept(), "omar")
    fact = answered(TRIAGED, message).events[0]

    assert (fact.cause, fact.by, fact.policy) == (message.id, message.by, context().policy.version)


def test_a_comment_on_a_merged_issue_does_not_open_it() -> None:
    merged = after(after(OWNED, wish(WAIT)), wish(w.MergeInto(into="issue-2", into_number=1002)))
    issue = after(merged, wish(c.AddComment(text="t"), "partner"))

    assert issue.state is State.MERGED

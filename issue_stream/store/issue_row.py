"""The row by which lists and boards find an issue: a pure function of the folded issue, written with its events."""

from typing import Any

from schemas.issue import Issue
from schemas.vocabulary import PRIORITY_RANK


def issue_row(issue: Issue) -> dict[str, Any]:
    """Every column of the table `issues`. `refusals` counts declines and lapses since it was last accepted."""
    return {
        "id": issue.id,
        "number": issue.number,
        "version": issue.version,
        "body": issue.model_dump_json(exclude_defaults=True).encode(),
        "partner_id": issue.partner,
        "contact_id": issue.contact,
        "tier": issue.tier,
        "category": issue.category,
        "priority_rank": PRIORITY_RANK[issue.priority],
        "blocked_amount": issue.blocked.amount,
        "blocked_by": issue.blocked.by,
        "summary": issue.summary,
        "confirmed": issue.confirmed,
        "problem_id": issue.problem,
    } | (_standing(issue) | _caught(issue) | _instants(issue))


def _standing(issue: Issue) -> dict[str, Any]:
    return {
        "state": issue.state.value,
        "is_open": issue.is_open,
        "waiting_for": issue.waiting.on.value if issue.waiting else None,
        "escalated": issue.is_escalated,
        "unanswered_words": issue.unanswered_words,
        "surprises": issue.surprises,
        "close_reason": issue.close_reason.value if issue.close_reason else None,
    }


def _caught(issue: Issue) -> dict[str, Any]:
    offer = issue.offer
    return {
        "team": issue.team,
        "owner_id": issue.owner,
        "offered_to": offer.to if offer else None,
        "offer_team": offer.team if offer else None,
        "accept_by": offer.accept_by if offer else None,
        "refusals": len(issue.decline_reasons) + issue.lapses,
        "asked_lead": issue.asked_lead,
        "triage_asked": issue.triage_asked,
    }


def _instants(issue: Issue) -> dict[str, Any]:
    promised = [promise.due_at for promise in issue.promises if promise.state == "open"]
    return {
        "next_update_at": issue.next_update_at,
        "promised_for": min(promised, default=None),
        "raised_at": issue.raised_at,
        "accepted_at": issue.accepted_at,
        "resolved_at": issue.resolved_at,
        "closed_at": issue.closed_at,
        "last_told_at": issue.last_told_at,
        "last_partner_word_at": issue.last_partner_word_at,
        "changed_at": issue.changed_at,
    }

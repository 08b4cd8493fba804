"""Every "no" of the desk: a code that programs may rely on, and the sentence a person reads.

`REFUSALS[code]` is a format string over named facts; a test holds codes, sentences and the desk together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.values import Scalar

REFUSALS: Mapping[str, str] = {
    "no_such_issue": "There is no issue with this id. Look its number up in the list.",
    "raised_already": "This issue was raised already; nothing was changed.",
    "moved_on": "The issue changed while you were looking ({what}). Look at it again, then decide.",
    "unknown_staff": "The desk does not know {who}. An admin can add them under People.",
    "not_staff": "Only staff may do this.",
    "not_for_role": "A {role} may log, follow and add notes; {owner} resolves this issue. Add what you know as a note.",
    "not_owner": "{owner} owns this issue. Ask them, or let a lead hand it over.",
    "not_lead": "Only a lead may do this. Ask the lead of the team.",
    "over": "The issue is {state}. Reopen it first.",
    "still_open": "The issue is still open ({state}); there is nothing to deny yet.",
    "not_over": "The issue is still open ({state}), so it cannot be reopened.",
    "taken": "{owner} accepted this issue at {at}.",
    "offered_to_other": "It is offered to {to} until {at}. It comes back if they decline or do not answer.",
    "not_offered": "It is not offered to you{now}. Nothing was changed.",
    "offer_running": "It is offered to {to} until {at}; wait for their answer.",
    "cannot_own": "{who} cannot own issues: only support, leads and admins who are active can.",
    "yourself": "{who} has it already. Choose somebody else.",
    "past": "Expected a time in the future for {what}, found {found}. Choose a later one.",
    "too_far": "Expected a time within {days} days for {what}, found {found}. Choose an earlier one.",
    "unowned": "Nobody owns the issue yet. Accept it first.",
    "unknown_category": "The policy has no category {category}. Choose one of: {known}.",
    "triaged_already": "It was triaged already; a person's choice is not changed by an agent.",
    "not_waiting": "The issue is not waiting.",
    "empty": "Expected words or a file, found neither.",
    "confirmed_already": "It was confirmed already. Thank you.",
    "not_resolved": "It is not resolved yet, so there is nothing to answer.",
    "no_promise": "There is no open promise {promise}. Look at the list of promises.",
    "promised_already": "The promise {promise} was made already.",
    "not_escalated": "The issue is not escalated.",
    "told_already": "They were told already.",
    "linked_already": "It is linked to this problem already.",
    "not_linked": "It is not linked to this problem.",
    "same_issue": "An issue cannot be merged into itself.",
    "merged": "It was merged into {into}. Undo the merge first.",
    "not_merged": "The issue is not merged.",
    "stale": "This no longer applies: {why}.",
    "nothing_to_tell": "A delivered notice changes nothing here.",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reasoned no: `code` is a key of REFUSALS, `facts` fill its sentence."""

    code: str
    facts: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence for the person who wished it."""
        return REFUSALS[self.code].format_map(self.facts)

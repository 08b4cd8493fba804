"""What a template may know: built apart for partners and for staff.

`partner_words` is the allow-list of letters to partners: it names every value one by one and takes nothing internal
(notes, causes, reasons of declines, rules, scores, names of people the partner does not deal with). `staff_words` may
know the issue as it stands.
"""

from collections.abc import Iterable, Mapping

from notifiers import words
from schemas.issue import Issue
from schemas.letter import LetterFacts
from schemas.notices import Notice
from schemas.policy import Policy
from schemas.values import Instant, Scalar
from schemas.vocabulary import ESCALATED_WORD, NextMove, StateWord, state_word

ERASED = "(these words were erased)"


class Figures(dict[str, Scalar]):
    """Figures of a notice; one that an older writer did not send is None, which templates pass over."""

    def __missing__(self, key: str) -> None:
        """No such figure."""


class Texts(dict[str, str]):
    """Texts of a notice; absent ones are None."""

    def __missing__(self, key: str) -> None:
        """No such text."""


def partner_words(notice: Notice, facts: LetterFacts) -> dict[str, object]:
    """Everything a letter to a partner may say. The texts are those the notice took from the partner's line."""
    common = _common(notice, facts)
    issue = facts.issue
    if issue is None:
        return common
    word = state_word(issue.state, issue.waiting.on if issue.waiting else None)
    owner = issue.owner_name.split(" ", 1)[0] if issue.is_owned or issue.owner else ""
    return common | {
        "number": facts.policy.number(issue.number),
        "state": word.partner,
        "summary": _text(facts, issue.summary),
        "owner": owner,
        "role": role_of(issue, facts.policy),
        "team": team_of(issue, facts.policy),
        "next_update": _moment(issue.next_update_at, facts) if issue.is_open else None,
        "waiting": _text(facts, issue.waiting.reason) if issue.waiting else None,
        "waiting_for": issue.waiting.on.value if issue.waiting else None,
        "blocked": blocked_words(issue, facts),
    }


def staff_words(notice: Notice, facts: LetterFacts) -> dict[str, object]:
    """Everything a letter to staff may say."""
    common = _common(notice, facts)
    issue = facts.issue
    if issue is None:
        return common
    return common | {
        "number": facts.policy.number(issue.number),
        "partner": partner_name(facts),
        "summary": _text(facts, issue.summary),
        "owner": issue.owner_name,
        "team": team_of(issue, facts.policy),
        "next_update": _moment(issue.next_update_at, facts) if issue.is_open else None,
        "accept_by": _moment(issue.offer.accept_by, facts) if issue.offer else None,
        "last_told": _moment(issue.last_told_at, facts),
    }


def staff_facts(facts: LetterFacts) -> Iterable[tuple[str, str]]:
    """What every letter to staff about an issue shows: whose it is, what it is, what it blocks, how pressing it is."""
    issue = facts.issue
    if issue is None:
        return
    tier = facts.policy.tier(issue.tier)
    category = facts.policy.category(issue.category)
    yield "Partner", f"{partner_name(facts)}{f' ({tier.name})' if tier else ''}"
    yield "Problem", words.one_line(_text(facts, issue.summary))
    blocked = blocked_words(issue, facts)
    if blocked:
        yield "Blocks", words.one_line(blocked)
    kind = f"{category.name}, " if category else ""
    yield "Kind", f"{kind}{issue.priority.value} priority"


def first_line(facts: LetterFacts, *, for_partner: bool) -> tuple[str, str]:
    """The first line of a letter (state and whose move) and the meaning that colours it."""
    issue = facts.issue
    if issue is None:
        return "", "calm"
    word = state_word(issue.state, issue.waiting.on if issue.waiting else None)
    if for_partner:
        return _joined(word, word.partner, _partner_move(issue, facts)), word.meaning
    if issue.is_escalated and issue.is_open:
        return _joined(ESCALATED_WORD, f"{ESCALATED_WORD.staff}, {word.staff.lower()}", _staff_move(issue)), "late"
    return _joined(word, word.staff, _staff_move(issue)), word.meaning


def role_of(issue: Issue, policy: Policy) -> str:
    """What a partner is told the owner is."""
    team = policy.team(issue.team)
    return team.role_word if team else "support"


def team_of(issue: Issue, policy: Policy) -> str:
    """The name of the team that has it."""
    team = policy.team(issue.team or (issue.offer.team if issue.offer else None))
    return team.name if team else "Our team"


def partner_name(facts: LetterFacts) -> str:
    """The partner's name; their id when the name is gone."""
    if facts.partner is not None:
        return facts.partner.name
    return facts.issue.partner if facts.issue else ""


def blocked_words(issue: Issue, facts: LetterFacts) -> str:
    """What it stands in the way of, in the partner's terms (R-50); empty when they said nothing."""
    blocked = issue.blocked
    deal = _text(facts, blocked.deal) if blocked.deal else ""
    worth = words.amount(blocked.amount, blocked.currency or facts.policy.priority.currency) if blocked.amount else ""
    until = f"needed by {words.day(blocked.by)}" if blocked.by else ""
    return ", ".join(part for part in (deal, worth, until) if part)


def _common(notice: Notice, facts: LetterFacts) -> dict[str, object]:
    return {
        "f": Figures(notice.figures),
        "t": Texts(_texts(notice, facts.texts)),
        "at": notice.at,
        "programme": facts.policy.programme.name,
        "reader": facts.reader.name,
    }


def _texts(notice: Notice, texts: Mapping[str, str]) -> dict[str, str]:
    return {name: texts.get(ref, ERASED) for name, ref in notice.texts.items()}


def _text(facts: LetterFacts, ref: str) -> str:
    return facts.texts.get(ref, ERASED)


def _moment(at: Instant | None, facts: LetterFacts) -> str | None:
    return words.moment(at, facts.reader.zone) if at is not None else None


def _joined(word: StateWord, said: str, move: str) -> str:
    return f"{word.mark} {said}{f' - {move}' if move else ''}"


def _partner_move(issue: Issue, facts: LetterFacts) -> str:
    owner = issue.owner_name.split(" ", 1)[0]
    match issue.next_move:
        case NextMove.PARTNER:
            return "your move"
        case NextMove.OWNER:
            return f"{owner}'s move" if owner else "our move"
        case NextMove.TEAM | NextMove.LEAD:
            return "our move" if issue.confirmed else "your move"
        case NextMove.THIRD_PARTY:
            return f"{owner} keeps an eye on it" if owner else "we keep an eye on it"
        case NextMove.NOBODY:
            merged = issue.merged_number
            return f"see {facts.policy.number(merged)}" if merged is not None else "nothing is open"


def _staff_move(issue: Issue) -> str:
    match issue.next_move:
        case NextMove.PARTNER:
            return "the partner's move"
        case NextMove.OWNER:
            return f"{issue.owner_name}'s move"
        case NextMove.TEAM:
            to = issue.offer.to_name if issue.offer is not None else ""
            return f"{to}'s move" if to else "the team's move"
        case NextMove.LEAD:
            return "the lead's move"
        case NextMove.THIRD_PARTY:
            return "a third party's move"
        case NextMove.NOBODY:
            return "nobody's move"

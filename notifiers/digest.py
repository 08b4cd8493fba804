"""How the morning digest looks: four numbers, at most a few lines, what is asked, good news; one screen on a phone.

In: a kept digest and the texts its lines name. Out: a story for the dress `digest`. It must never count anything: a
number is the length of the list that its page opens (R-17).
"""

from notifiers import words
from notifiers.knowledge import ERASED
from notifiers.story import Story
from schemas.digest import Asked, Digest, DigestLine, Step
from schemas.errors import Permanent
from schemas.letter import LetterFacts
from schemas.notices import Notice
from schemas.ports import Links
from schemas.vocabulary import ESCALATED_WORD, Audience, state_word

ASKED_WORDS: dict[Asked, str] = {
    Asked.NOTHING: "nothing",
    Asked.EXPECT_CALL: "nothing, but they may call",
    Asked.CALL_FIRST: "call them before they call you",
    Asked.NAME_OWNER: "ask the lead who will own it",
}

STEP_WORDS: dict[Step, str] = {
    Step.ACCEPT: "somebody accepts it",
    Step.DECIDE: "the lead names an owner",
    Step.UPDATE: "the partner gets an update",
    Step.PROMISE: "what we promised is done",
    Step.REVIEW: "we look at the wait again",
    Step.CONFIRM: "the partner confirms",
    Step.NONE: "no date yet",
}


def digest_story(notice: Notice, known: LetterFacts, links: Links) -> Story:
    """The digest as a letter; raises Permanent when the digest it announces is not kept any more."""
    digest = known.digest
    if digest is None:
        raise Permanent("the digest of that day is not kept any more")
    return Story(
        subject=_subject(digest, known),
        first=_first(digest, known),
        meaning="calm" if digest.is_quiet else "attention",
        action="Open the digest",
        url=links.digest(digest.day),
        footer=_footer(notice, known),
        more=_more(digest, known),
    )


def figures_of(digest: Digest) -> tuple[tuple[str, int, str], ...]:
    """Name, number and words of each figure a reader of this digest is shown, in their order."""
    counts = {name: getattr(digest, name).count for name in _FIGURES}
    return tuple((name, counts[name], _FIGURES[name][counts[name] != 1]) for name in _SHOWN[digest.audience])


_SHOWN: dict[Audience, tuple[str, ...]] = dict.fromkeys(Audience, ("held_back",)) | {
    Audience.EXECUTIVE: ("surprises", "may_call", "broken", "growing"),
    Audience.CHANNEL_MANAGER: ("changed", "at_risk", "broken", "held_back"),
}

_FIGURES = {
    "surprises": (
        "surprise: a partner called before we had told you",
        "surprises: partners called before we had told you",
    ),
    "may_call": ("issue a partner may call about today", "issues a partner may call about today"),
    "broken": ("broken commitment since the last digest", "broken commitments since the last digest"),
    "growing": ("growing problem", "growing problems"),
    "changed": ("issue of your partners changed", "issues of your partners changed"),
    "at_risk": ("at risk: the partner may call", "at risk: the partners may call"),
    "held_back": ("issue whose news we kept for this digest", "issues whose news we kept for this digest"),
}
"""One and many."""


def quiet_sentence(digest: Digest) -> str:
    """What a quiet day says, with the counts that show it is quiet and not blind; empty on other days."""
    if not digest.is_quiet:
        return ""
    open_words = words.counted(digest.open_issues, "open issue", "open issues")
    unowned = digest.open_issues - digest.owned_issues
    owned = "all owned" if not unowned else f"{digest.owned_issues} owned, {unowned} on offer in time"
    return f"All quiet. Nothing needs you: {open_words}, {owned}, no promise late."


def good_news(digest: Digest) -> tuple[str, ...]:
    """Issues that were gone before anyone was alarmed (R-29), and how many offers were accepted (R-65)."""
    lines = []
    if digest.resolved_early.count:
        resolved = words.counted(digest.resolved_early.count, "issue was", "issues were")
        lines.append(f"Good news: {resolved} resolved before any escalation.")
    if digest.acceptance is not None and digest.audience is Audience.EXECUTIVE:
        rate = f"{digest.acceptance:.1%}".replace(".0%", "%")
        lines.append(f"Offers accepted in seven days: {rate} ({digest.accepted} of {digest.answered}).")
    return tuple(lines)


def _subject(digest: Digest, known: LetterFacts) -> str:
    day = words.day(digest.day)
    if digest.is_quiet:
        return f"{known.policy.programme.name}, {day}: all quiet"
    named = [f"{count} {_SHORT[name][count != 1]}" for name, count, _ in figures_of(digest) if count]
    return f"{known.policy.programme.name}, {day}: {', '.join(named)}"


_SHORT = {
    "surprises": ("surprise", "surprises"),
    "may_call": ("may call today", "may call today"),
    "broken": ("broken commitment", "broken commitments"),
    "growing": ("growing problem", "growing problems"),
    "changed": ("changed", "changed"),
    "at_risk": ("at risk", "at risk"),
    "held_back": ("kept for you", "kept for you"),
}


def _first(digest: Digest, known: LetterFacts) -> str:
    moment = words.moment(digest.made_at, known.reader.zone)
    asked = sum(1 for line in digest.lines if line.asked in {Asked.CALL_FIRST, Asked.NAME_OWNER})
    if asked:
        return f"{words.counted(asked, 'thing is', 'things are')} asked of you, as of {moment}"
    return f"Nothing is asked of you, as of {moment}"


def _more(digest: Digest, known: LetterFacts) -> dict[str, object]:
    shown = figures_of(digest)
    listed = digest.may_call.count if digest.audience is Audience.EXECUTIVE else digest.at_risk.count
    over = listed - len(digest.lines)
    return {
        "figures": () if digest.is_quiet else tuple({"count": n, "words": said} for _, n, said in shown),
        "quiet": quiet_sentence(digest),
        "lines": tuple(line_words(line, known) for line in digest.lines),
        "more": f"{words.counted(over, 'more stands', 'more stand')} on the page." if over > 0 and digest.lines else "",
        "problems": tuple(
            f"{words.one_line(known.texts.get(p.title, ERASED))} - "
            f"{words.counted(len(p.issues), 'issue', 'issues')} of {words.counted(p.partners, 'partner', 'partners')}"
            for p in digest.problems
        ),
        "good": good_news(digest),
    }


def line_words(line: DigestLine, known: LetterFacts) -> dict[str, object]:
    """One line in words: partner, what, since, owner, next step, what is asked of the reader."""
    zone = known.reader.zone
    word = state_word(line.state, line.waiting_for)
    state = f"{ESCALATED_WORD.mark} {ESCALATED_WORD.staff}" if line.escalated else f"{word.mark} {word.staff}"
    step = STEP_WORDS[line.step]
    return {
        "partner": words.one_line(line.partner_name),
        "summary": words.one_line(known.texts.get(line.summary, ERASED)),
        "number": known.policy.number(line.number),
        "blocks": _blocks(line, known),
        "state": state,
        "since": words.moment(line.since, zone),
        "owner": line.owner_name or "nobody owns it yet",
        "next": f"{step} by {words.moment(line.step_at, zone)}" if line.step_at else step,
        "asked": ASKED_WORDS[line.asked],
        "is_asked": line.asked in {Asked.CALL_FIRST, Asked.NAME_OWNER},
    }


def _blocks(line: DigestLine, known: LetterFacts) -> str:
    currency = known.policy.priority.currency
    worth = words.amount(line.blocked_amount, currency) if line.blocked_amount else ""
    until = f"needed by {words.day(line.blocked_by)}" if line.blocked_by else ""
    return ", ".join(part for part in (worth, until) if part)


def _footer(notice: Notice, known: LetterFacts) -> str:
    who = {Audience.EXECUTIVE: "executives", Audience.CHANNEL_MANAGER: "channel managers"}
    readers = who.get(notice.audience, "people whose news went over the daily limit")
    programme = known.policy.programme.name
    return f"You get this letter because {programme} sends {readers} one digest a day, also on quiet days."

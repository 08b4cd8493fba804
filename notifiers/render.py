"""How notices become one letter.

In: notices of one recipient and issue, and the facts their words may be made from. Out: a letter in two dresses. It
must never look anything up, put an internal fact before a partner, or let a value break a line.
"""

from collections.abc import Callable, Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from jinja2 import TemplateError

from notifiers import words
from notifiers.digest import digest_story
from notifiers.knowledge import first_line, partner_words, staff_facts, staff_words
from notifiers.story import Dress, Fragments, Story, blocks, facts, paragraphs, sentence
from schemas.errors import Permanent
from schemas.letter import Letter, LetterFacts
from schemas.notices import Notice, NoticeKind
from schemas.ports import Links, Render
from schemas.vocabulary import Audience

SUBJECT_AT_MOST = 160
"""Characters of a subject: what mail programs show, twice over; the number and the news stand first."""

WEIGHT: Mapping[NoticeKind, int] = {
    kind: rank
    for rank, kind in enumerate(
        (
            NoticeKind.MUST_KNOW,
            NoticeKind.OFFER,
            NoticeKind.LEAD_DECIDES,
            NoticeKind.ESCALATED,
            NoticeKind.CANNOT_DO,
            NoticeKind.RESOLVED,
            NoticeKind.CLOSED,
            NoticeKind.REOPENED,
            NoticeKind.DATE_CHANGED,
            NoticeKind.REPLY,
            NoticeKind.WAITING,
            NoticeKind.PARTNER_SAID,
        )
    )
}
"""Which of several pieces of news names the letter; those not named here come after, the latest first."""

_ANSWER_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def make_render(links: Links, host: str) -> Render:
    """A renderer whose letters point to `links` and carry Message-IDs of `host`."""
    renderer = _Renderer(links, host)
    return renderer.letter


class _Renderer:
    """Templates read once, and where letters point to."""

    def __init__(self, links: Links, host: str) -> None:
        self._links, self._host = links, host
        self._fragments, self._dress = Fragments(), Dress()

    def letter(self, notices: Sequence[Notice], known: LetterFacts) -> Letter:
        """One letter of all these notices; raises Permanent when they cannot be put into words."""
        lead = _lead(notices)
        try:
            story = self._story(lead, notices, known)
            name = "digest" if lead.kind is NoticeKind.DIGEST else "letter"
            text, html = self._dress.text(name, story), self._dress.html(name, story)
        except (TemplateError, KeyError, ValueError) as exc:
            raise Permanent(f"no words for {lead.kind.value}: {exc}"[:300]) from exc
        first = notices[0]
        return Letter(
            key=first.key,
            channel=first.channel,
            to_address=known.reader.address,
            to_name=words.one_line(known.reader.name),
            subject=story.subject,
            text=text,
            html=html,
            message_id=f"<{first.key}@{self._host}>",
            references=self._thread(first),
            headers=_headers(lead),
        )

    def _thread(self, notice: Notice) -> tuple[str, ...]:
        """One made-up root for each issue and reader: every letter answers it, so mail programs keep one thread."""
        if notice.issue is None:
            return ()
        root = uuid5(NAMESPACE_URL, f"{notice.issue}|{notice.recipient}")
        return (f"<thread-{root}@{self._host}>",)

    def _story(self, lead: Notice, notices: Sequence[Notice], known: LetterFacts) -> Story:
        if lead.kind is NoticeKind.DIGEST:
            return digest_story(lead, known, self._links)
        written = [self._written(notice, known) for notice in notices]
        named = written[notices.index(lead)]
        for_partner = lead.audience is Audience.PARTNER
        first, meaning = first_line(known, for_partner=for_partner)
        more = () if for_partner else tuple(staff_facts(known))
        return Story(
            subject=_subject(named("subject"), known),
            first=words.one_line(first),
            meaning=meaning,
            story=tuple(p for one in written for p in paragraphs(one("happened"))),
            facts=(*more, *dict.fromkeys(f for one in written for f in facts(one("facts")))),
            next=sentence(named("next")),
            action=sentence(named("action")) or ("See where it stands" if for_partner else "Open the issue"),
            url=self._url(lead, known),
            footer=_footer(lead, known),
        )

    def _written(self, notice: Notice, known: LetterFacts) -> Callable[[str], str]:
        """The blocks of a notice's template, filled."""
        folder = "partner" if notice.audience is Audience.PARTNER else "staff"
        template = self._fragments.find(folder, notice.kind.value)
        make = partner_words if notice.audience is Audience.PARTNER else staff_words
        return blocks(template, make(notice, known) | {"zone": known.reader.zone, "policy": known.policy})

    def _url(self, lead: Notice, known: LetterFacts) -> str:
        if lead.kind is NoticeKind.SIGN_IN:
            return self._links.sign_in(str(lead.figures.get("token", "")))
        issue, contact = known.issue, known.reader.contact
        if issue is None:
            return self._links.board()
        if lead.audience is not Audience.PARTNER or contact is None:
            return self._links.staff_issue(issue.number)
        confirms = lead.kind is NoticeKind.CONFIRM_ADDRESS
        return self._links.confirm(issue.id, contact) if confirms else self._links.status(issue.id, contact)


def _lead(notices: Sequence[Notice]) -> Notice:
    """The news that names the letter: by weight, then the latest."""
    return min(reversed(notices), key=lambda notice: WEIGHT.get(notice.kind, len(WEIGHT)))


def _subject(news: str, known: LetterFacts) -> str:
    line = words.one_line(news)
    if known.issue is not None:
        line = f"[{known.policy.number(known.issue.number)}] {line}"
    return line if len(line) <= SUBJECT_AT_MOST else line[: SUBJECT_AT_MOST - 3].rstrip() + "..."


def _headers(lead: Notice) -> dict[str, str]:
    answers = lead.kind in {NoticeKind.ACKNOWLEDGED, NoticeKind.CONFIRM_ADDRESS}
    return _ANSWER_HEADERS | ({"Auto-Submitted": "auto-replied"} if answers else {})


def _footer(lead: Notice, known: LetterFacts) -> str:
    """Why they got it, and how to hear less."""
    programme = known.policy.programme.name
    if known.issue is None:
        return f"You get this letter because you work with {programme}."
    number = known.policy.number(known.issue.number)
    if lead.audience is Audience.PARTNER:
        if lead.kind is NoticeKind.CONFIRM_ADDRESS:
            return f"You get this letter because your address was given in a form of {programme}."
        why = "you raised" if lead.recipient == known.issue.contact else "somebody asked us to keep you told about"
        return (
            f"You get this letter because {why} {number} with {programme}. "
            "Please answer on the page: mail to this address is not read."
        )
    return f"You get this letter {_STAFF_REASONS[lead.audience]} {number}. {_LESS[lead.audience]}"


_STAFF_REASONS = {
    Audience.PARTNER: "because of",
    Audience.OWNER: "because you own or are asked to own",
    Audience.TEAM: "because your team has, or you follow,",
    Audience.LEAD: "as the lead responsible for",
    Audience.CHANNEL_MANAGER: "because one of your partners raised",
    Audience.EXECUTIVE: "because the policy says that you must know of",
}

_LESS = {
    Audience.PARTNER: "",
    Audience.OWNER: "Several changes come as one letter; beyond your daily limit they wait for the digest.",
    Audience.TEAM: "Stop following it on its page to hear less.",
    Audience.LEAD: "The ladder in the policy decides when you are told.",
    Audience.CHANNEL_MANAGER: "Everything else waits for your daily digest.",
    Audience.EXECUTIVE: "Everything else waits for your daily digest.",
}

"""What a batch of notices needs to become letters: read with one look-up for each kind of thing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.digest import Digest
from schemas.errors import Permanent
from schemas.issue import Issue
from schemas.letter import LetterFacts, Reader
from schemas.notices import Notice, NoticeKind
from schemas.people import Contact, Directory, Partner
from schemas.policy import Policy
from schemas.ports import DigestReading, Reading
from schemas.values import Instant
from schemas.vocabulary import Audience

DigestKey = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything looked up for one batch."""

    policy: Policy
    now: Instant
    readers: Mapping[str, Reader]
    issues: Mapping[str, Issue]
    partners: Mapping[str, Partner]
    texts: Mapping[str, str]
    digests: Mapping[DigestKey, Digest]

    def letter_facts(self, notice: Notice) -> LetterFacts:
        """What this notice's letter is made from; raises Permanent when there is nobody to read it."""
        reader = self.readers.get(notice.recipient)
        if reader is None:
            raise Permanent("the recipient is not known any more, so there is no address")
        issue = self.issues.get(notice.issue) if notice.issue else None
        if notice.issue and issue is None:
            raise Permanent("the issue does not exist any more")
        wanted = digest_key(notice)
        return LetterFacts(
            reader=reader,
            policy=self.policy,
            now=self.now,
            issue=issue,
            partner=self.partners.get(issue.partner) if issue else None,
            texts=self.texts,
            digest=self.digests.get(wanted) if wanted else None,
        )


def digest_key(notice: Notice) -> DigestKey | None:
    """Which kept digest a notice announces; None for other notices."""
    day = notice.figures.get("day")
    if notice.kind is not NoticeKind.DIGEST or not isinstance(day, str):
        return None
    return (notice.recipient, date.fromisoformat(day))


async def facts_of(
    notices: Sequence[Notice], issues: Mapping[str, Issue], reading: Reading, digests: DigestReading, now: Instant
) -> Facts:
    """What else these notices of these issues need: one read for each kind of thing, none when it is not needed."""
    contact_ids = _distinct(n.recipient for n in notices if n.audience is Audience.PARTNER)
    contacts = await reading.contacts(contact_ids) if contact_ids else {}
    wanted_partners = (*(i.partner for i in issues.values()), *(c.partner for c in contacts.values()))
    partners = await reading.partners(_distinct(wanted_partners))
    wanted = [key for key in map(digest_key, notices) if key is not None]
    kept = await digests.kept(wanted) if wanted else {}
    policy = reading.policies().current
    readers = _contact_readers(contacts, partners, policy) | _staff_readers(notices, await reading.directory())
    texts = await reading.texts(_refs(notices, issues, kept))
    return Facts(policy, now, readers, issues, partners, texts, kept)


def _contact_readers(
    contacts: Mapping[str, Contact], partners: Mapping[str, Partner], policy: Policy
) -> dict[str, Reader]:
    readers = {}
    for contact in contacts.values():
        partner = partners.get(contact.partner) if contact.partner else None
        zone = contact.zone or (partner.zone if partner else policy.programme.zone)
        readers[contact.id] = Reader(contact.id, contact.name, contact.email, zone, contact)
    return readers


def _staff_readers(notices: Sequence[Notice], directory: Directory) -> dict[str, Reader]:
    known = (directory.person(n.recipient) for n in notices if n.audience is not Audience.PARTNER)
    return {p.id: Reader(p.id, p.name, p.email, p.zone) for p in known if p is not None and p.active}


def _refs(
    notices: Sequence[Notice], issues: Mapping[str, Issue], digests: Mapping[DigestKey, Digest]
) -> tuple[str, ...]:
    refs = [ref for notice in notices for ref in notice.texts.values()]
    for issue in issues.values():
        refs += [issue.summary, *([issue.blocked.deal] if issue.blocked.deal else [])]
        refs += [issue.waiting.reason] if issue.waiting else []
    for digest in digests.values():
        refs += [line.summary for line in digest.lines]
        refs += [problem.title for problem in digest.problems]
    return _distinct(refs)


def _distinct(ids: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in ids if one))

"""A reader's own digests as pages: the same numbers and lines as the letter, each number opening its list."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response

from issue_stream.store.pages_digest import SqlDigestReading
from issue_stream.store.pages_staff import digest_days
from issue_stream.web.staff.figures import GROWING
from issue_stream.web.staff.frame import framed
from issue_stream.web.staff.guard import StaffRoute, Viewer, signed_in
from notifiers.digest import figures_of, good_news, line_words, quiet_sentence
from schemas.digest import Digest
from schemas.errors import NotFound
from schemas.letter import LetterFacts, Reader
from schemas.vocabulary import Role

router = APIRouter(route_class=StaffRoute)
Anybody = Annotated[Viewer, Depends(signed_in())]
MOST_DAYS = 60


@router.get("/digest")
async def newest(viewer: Anybody) -> Response:
    """The newest digest, or what will be here tomorrow."""
    async with viewer.house.db.read() as conn:
        days = await digest_days(conn, viewer.person.id, 1)
    if days:
        return RedirectResponse(f"/digest/{days[0].isoformat()}", 303)
    return await framed(viewer, "digest_none.html", here="/digest", at=viewer.policy.digest.at)


@router.get("/digest/{day}")
async def show(day: date, viewer: Anybody) -> Response:
    """One digest as it was made."""
    found = await SqlDigestReading(viewer.house.db).kept([(viewer.person.id, day)])
    digest = found.get((viewer.person.id, day))
    if digest is None:
        raise NotFound("expected a day with a digest of this reader")
    async with viewer.house.db.read() as conn:
        days = await digest_days(conn, viewer.person.id, MOST_DAYS)
        texts = await viewer.house.contents.texts(conn, _refs(digest))
    facts = _facts(viewer, digest, texts)
    return await framed(
        viewer,
        "digest.html",
        here="/digest",
        digest=digest,
        figures=[(count, words, _opens(name, day)) for name, count, words in figures_of(digest)],
        quiet=quiet_sentence(digest),
        lines=[(line, line_words(line, facts)) for line in digest.lines],
        good=good_news(digest),
        problems=[
            (problem, texts.get(problem.title, "(erased)"), _opens_issues(problem.problem, day))
            for problem in digest.problems
        ],
        days=days,
        may_call=viewer.person.role in {Role.EXECUTIVE, Role.ADMIN},
    )


def _refs(digest: Digest) -> list[str]:
    return [line.summary for line in digest.lines] + [problem.title for problem in digest.problems]


def _facts(viewer: Viewer, digest: Digest, texts: Mapping[str, str]) -> LetterFacts:
    person = viewer.person
    reader = Reader(id=person.id, name=person.name, address=person.email, zone=person.zone)
    return LetterFacts(reader=reader, policy=viewer.policy, now=viewer.now, texts=texts, digest=digest)


def _opens(name: str, day: date) -> str:
    """The list behind a number."""
    page = "/problems" if name == GROWING else "/issues"
    return f"{page}?{urlencode({'figure': name, 'day': day.isoformat()})}"


def _opens_issues(problem: str, day: date) -> str:
    """The issues that made a problem count as growing that day."""
    return "/issues?" + urlencode({"figure": GROWING, "day": day.isoformat(), "problem": problem})

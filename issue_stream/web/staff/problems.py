"""Recurring problems: their cases, how many partners they hurt, whether they grow, week by week."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issue_stream.store.pages_board import Wanted, issue_list
from issue_stream.store.pages_staff import problem_lines
from issue_stream.store.problems import problems
from issue_stream.web.staff.board import day_ends
from issue_stream.web.staff.figures import problems_behind
from issue_stream.web.staff.frame import framed
from issue_stream.web.staff.guard import StaffRoute, Viewer, signed_in
from schemas.errors import NotFound
from schemas.problem import Problem

router = APIRouter(route_class=StaffRoute)
Anybody = Annotated[Viewer, Depends(signed_in())]
MOST, WEEKS, CASES = 200, 12, 100
WEEK = timedelta(weeks=1)
BAR, GAP, HEIGHT = 40, 8, 120
"""Units of the chart's own grid."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One week: its first day, its cases, and where its bar stands in the chart."""

    begins: datetime
    count: int
    x: int
    y: int
    height: int


@router.get("/problems")
async def show_all(request: Request, viewer: Anybody) -> Response:
    """Every problem with its figures, growing ones first, then by partners hurt; or those behind a digest's number."""
    given = request.query_params
    q = given.get("q", "").strip()[:200]
    ids = await problems_behind(given, viewer) if given.get("figure") else None
    async with viewer.house.db.read() as conn:
        lines = await problem_lines(conn, MOST, q, ids)
        found = await problems(conn, [line.id for line in lines])
    rules, now = viewer.policy.recurrence, viewer.now
    shown = [(line, found[line.id], found[line.id].is_growing(now, rules)) for line in lines if line.id in found]
    shown.sort(key=lambda one: (one[2], one[1].partners, len(one[1].cases)), reverse=True)
    day = given.get("day", "") if ids is not None else ""
    return await framed(viewer, "problems.html", here="/problems", shown=shown, q=q, day=day)


@router.get("/problems/{problem}")
async def show(problem: str, viewer: Anybody) -> Response:
    """One problem: partners before cases, because one loud partner is no epidemic."""
    wanted = Wanted(today_ends=day_ends(viewer.now, viewer.person.zone), problem=problem, closed_too=True)
    async with viewer.house.db.read() as conn:
        found = (await problems(conn, [problem])).get(problem)
        if found is None:
            raise NotFound("expected a problem")
        title = await viewer.house.contents.texts(conn, [found.title])
        count, lines = await issue_list(conn, wanted, CASES)
    return await framed(
        viewer,
        "problem.html",
        here="/problems",
        problem=found,
        title=title.get(found.title, "(erased)"),
        growing=found.is_growing(viewer.now, viewer.policy.recurrence),
        count=count,
        lines=lines,
        bars=bars(found, viewer.now),
        recurrence=viewer.policy.recurrence,
    )


def bars(problem: Problem, now: datetime) -> list[Bar]:
    """New cases of the last weeks, the newest last. Pure."""
    counts = [0] * WEEKS
    for case in problem.cases:
        ago = (now - case.raised_at) // WEEK
        if 0 <= ago < WEEKS:
            counts[WEEKS - 1 - ago] += 1
    most = max(*counts, 1)
    return [
        Bar(
            begins=now - WEEK * (WEEKS - n),
            count=count,
            x=n * (BAR + GAP),
            y=HEIGHT - count * HEIGHT // most + 16,
            height=count * HEIGHT // most,
        )
        for n, count in enumerate(counts)
    ]

"""What the API takes and gives, as values: strict about what comes in, and only what a partner may see goes out."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from issue_stream.intake.words import MAX_ALSO_TELL, MAX_LINE, MAX_WORDS
from issue_stream.store.pages_partner import PartnerHistory
from issue_stream.web.partner_story import Story, story
from schemas.partner_view import LineKind
from schemas.policy import Policy
from schemas.vocabulary import NextMove, State, state_word

LARGEST_NUMBER = 2**31 - 1
"""What the column of issue numbers holds."""
MOST_ON_A_PAGE = 100


def _written_day(given: object) -> object:
    if given is None or (isinstance(given, str) and len(given) == len("2026-11-26")):
        return given
    raise ValueError("expected a day such as 2026-11-26")


Day = Annotated[date, BeforeValidator(_written_day)]
Address = Annotated[str, Field(min_length=3, max_length=200, json_schema_extra={"format": "email"})]
Amount = Annotated[float, Field(strict=True, ge=0, le=1e12, allow_inf_nan=False)]
Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewIssue(_In):
    """The five answers of the form but files, which are added on the issue's page."""

    what: str = Field(min_length=1, max_length=MAX_WORDS, description="What happened; its first sentence is the title.")
    contact: Address = Field(description="Who raises it: an address of the partner. They get the letters.")
    partner: str | None = Field(
        default=None, min_length=1, max_length=64, description="The partner's id; only a service's key needs it."
    )
    since: Day | None = Field(default=None, description="The day on which it began.")
    blocked_deal: str = Field(default="", max_length=MAX_LINE, description="The deal, order or customer it blocks.")
    blocked_by: Day | None = Field(default=None, description="The day until which it must be solved.")
    blocked_amount: Amount | None = Field(default=None, description="What is blocked, in the programme's currency.")
    also_tell: tuple[Address, ...] = Field(
        default=(), max_length=MAX_ALSO_TELL, description="Colleagues at the partner who hear what the contact hears."
    )

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "what": "Our deal registration was rejected and nobody says why.",
                    "contact": "ida@nordlys.example",
                    "since": "2026-03-02",
                    "blocked_deal": "Fjord Hotels, 120 seats",
                    "blocked_by": "2026-03-06",
                    "blocked_amount": 48000,
                }
            ]
        },
    )

    @property
    def amount(self) -> Decimal | None:
        """The amount without the noise of binary fractions."""
        return None if self.blocked_amount is None else Decimal(str(self.blocked_amount))


class NewComment(_In):
    """Words that are added to an issue."""

    text: str = Field(min_length=1, max_length=MAX_WORDS, examples=["The quote is due on Friday at noon."])


class WhichIssues(_In):
    """A page of the list; a name that is not here is refused, since a mistyped one would show the wrong page."""

    cursor: str | None = Field(
        default=None, pattern="^[0-9]{1,9}$", description="`next` of the page before; none for the first page."
    )
    limit: int = Field(default=20, ge=1, le=MOST_ON_A_PAGE, description="Issues on a page.")

    @property
    def before(self) -> int | None:
        """The number below which the page begins; None for the first."""
        return int(self.cursor) if self.cursor else None


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True)


class AcceptedIssue(_Out):
    """An issue that is kept, whatever happens next. The two times are null while its page is still being made."""

    number: int = Field(examples=[1042])
    name: str = Field(examples=["PIR-1042"])
    accept_by: datetime | None = Field(description="When a named person has accepted it, or their lead decides.")
    next_update_at: datetime | None = Field(description="When the partner hears from us at the latest.")


class AddedComment(_Out):
    """A comment that is kept. `settled` is false while it has not reached the issue's page yet."""

    number: int
    settled: bool


class File(_Out):
    """A file the partner may see; downloads are on the status page."""

    name: str
    size: int = Field(description="Bytes.")


class Update(_Out):
    """One step as the partner reads it."""

    at: datetime
    kind: LineKind
    text: str | None = Field(description="The words said, by the partner or to the partner.")
    alternative: str | None = Field(description="With `refused`: what can be done instead.")
    facts: dict[str, str | int | float | bool | None] = Field(description="Figures of the step, such as a due date.")
    files: tuple[File, ...]


class GivenDate(_Out):
    """A date given to the partner; `moved_from` are the earlier ones, oldest first."""

    what: str
    due_at: datetime
    state: str
    moved_from: tuple[datetime, ...]


class IssueLine(_Out):
    """An issue in a list."""

    number: int
    name: str
    partner: str
    summary: str
    state: State
    state_word: str
    whose_move: NextMove
    escalated: bool
    confirmed: bool
    owner: str | None = Field(description="The owner's first name and role.")
    next_update_at: datetime | None
    raised_at: datetime
    changed_at: datetime


class IssueOut(IssueLine):
    """An issue as its partner sees it, newest update first."""

    status_page: str = Field(description="The contact's page of this issue; whoever has the address can read it.")
    accept_by: datetime | None
    since: date | None
    dates: tuple[GivenDate, ...]
    updates: tuple[Update, ...]


class IssuePage(_Out):
    """Issues, the highest number first. `next` is the cursor of the following page, null on the last one."""

    issues: tuple[IssueLine, ...]
    next: str | None


class Problem(_Out):
    """What went wrong (RFC 9457). `field` names the field at fault, `incident` stands in our log."""

    type: str = Field(examples=["about:blank"])
    title: str
    status: int
    detail: str
    field: str | None = None
    incident: str | None = None


def issue_line(history: PartnerHistory, policy: Policy) -> IssueLine:
    """The issue as a line of a list."""
    return IssueLine(**_line_fields(history, story(history, policy), policy))


def issue_out(history: PartnerHistory, policy: Policy, status_page: str) -> IssueOut:
    """The issue with every update."""
    told, issue = story(history, policy), history.issue
    dates = (
        GivenDate(what=d.what, due_at=d.due_at, state=d.state, moved_from=tuple(old for old, _ in d.older))
        for d in told.dates
    )
    return IssueOut(
        **_line_fields(history, told, policy),
        status_page=status_page,
        accept_by=issue.offer.accept_by if issue.offer and issue.is_open else None,
        since=issue.since,
        dates=tuple(dates),
        updates=tuple(_updates(history)),
    )


def _line_fields(history: PartnerHistory, told: Story, policy: Policy) -> dict[str, object]:
    issue = history.issue
    return {
        "number": issue.number,
        "name": policy.number(issue.number),
        "partner": issue.partner,
        "summary": history.texts.get(issue.summary, ""),
        "state": issue.state,
        "state_word": state_word(issue.state, issue.waiting.on if issue.waiting else None).partner,
        "whose_move": issue.next_move,
        "escalated": issue.is_escalated,
        "confirmed": issue.confirmed,
        "owner": told.owner or None,
        "next_update_at": issue.next_update_at if issue.is_open else None,
        "raised_at": issue.raised_at,
        "changed_at": issue.changed_at,
    }


def _updates(history: PartnerHistory) -> Iterator[Update]:
    texts = history.texts
    for line in reversed(history.lines):
        yield Update(
            at=line.at,
            kind=line.kind,
            text=texts.get(line.text) if line.text else None,
            alternative=texts.get(line.second) if line.second else None,
            facts=dict(line.figures),
            files=tuple(File(name=file.name, size=file.size) for file in line.files),
        )

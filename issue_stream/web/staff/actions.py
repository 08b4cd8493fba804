"""What can be done to an issue: one table from an action's name to its form and the wish it makes.

In: a form. Out: a command for the door. Whether it may be is decided by the desk alone; `fits` only keeps pages from
offering what the desk would refuse.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from issue_stream.web.staff import wishes as w
from issue_stream.web.staff.asked import Asked
from schemas.commands import Command
from schemas.issue import Issue
from schemas.people import Person
from schemas.vocabulary import OWNED_STATES, Role, State

Build = Callable[[Asked], Awaitable[Command]]
Fits = Callable[[Issue, Person], bool]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `kind`: words, line, when, day, choice, check or files.

    `choices` names a list of `choices.py`; `start` fills the field at first, and a span there becomes a time from now.
    """

    name: str
    label: str
    kind: str = "words"
    hint: str = ""
    choices: str = ""
    start: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `expects` refuses it when the issue moved on since the page was loaded; `previews` shows it first."""

    name: str
    label: str
    build: Build
    fits: Fits
    fields: tuple[Field, ...] = ()
    group: str = "work"
    expects: bool = False
    previews: bool = False
    resolvers_only: bool = True

    @property
    def takes_files(self) -> bool:
        """Whether its form has a place for files."""
        return any(field.kind == "files" for field in self.fields)


def _open(issue: Issue, _who: Person) -> bool:
    return issue.is_open


def _mine(issue: Issue, who: Person) -> bool:
    return issue.is_open and (issue.owner == who.id or issue.owner is None or _leads(who))


def _owned_mine(issue: Issue, who: Person) -> bool:
    return issue.owner is not None and _mine(issue, who)


def _leads(who: Person) -> bool:
    return who.role in {Role.LEAD, Role.ADMIN}


def _may_accept(issue: Issue, who: Person) -> bool:
    offered = issue.offer.to if issue.offer else None
    handed_to_me = offered == who.id
    free = issue.owner is None and (offered in {None, who.id} or _leads(who))
    return issue.is_open and (free or handed_to_me)


def _offered_to_me(issue: Issue, who: Person) -> bool:
    return issue.is_open and issue.offer is not None and issue.offer.to == who.id


def _untriaged(issue: Issue, _who: Person) -> bool:
    return issue.is_open and issue.owner is None


def _always(_issue: Issue, _who: Person) -> bool:
    return True


_WORDS = Field("text", "What the partner reads")
_FILES = Field("files", "Files", "files", required=False)
_WHY_PARTNER = Field("reason", "Why, as the partner reads it")
_WHY_US = Field("reason", "Why", "line", "Only colleagues read this.")

_CATCH = (
    Action("accept", "Accept", w.accept, _may_accept, group="first", expects=True),
    Action(
        "decline",
        "Decline",
        w.decline,
        _offered_to_me,
        (Field("reason", "Because", "choice", choices="declines"), Field("note", "More", "line", required=False)),
        "first",
        expects=True,
    ),
    Action(
        "triage",
        "Choose what kind it is",
        w.triage,
        _untriaged,
        (
            Field("category", "Kind", "choice", choices="categories"),
            Field("priority", "Priority", "choice", choices="priorities"),
        ),
        "first",
        expects=True,
    ),
)

_WORK = (
    Action(
        "reply",
        "Reply to the partner",
        w.reply,
        _mine,
        (_WORDS, Field("next_update_at", "Next update by", "when", required=False), _FILES),
        "first",
        previews=True,
    ),
    Action(
        "note",
        "Note for colleagues",
        w.note,
        _always,
        (Field("text", "Note", hint="No partner ever reads this."), _FILES),
        "first",
        resolvers_only=False,
    ),
    Action(
        "wait",
        "Wait for somebody",
        w.wait,
        lambda issue, who: issue.state is State.ACCEPTED and _mine(issue, who),
        (
            Field("on", "For", "choice", choices="waits"),
            _WHY_PARTNER,
            Field("review_at", "We look again on", "when", start="2d"),
        ),
    ),
    Action("resume", "The wait is over", w.resume, lambda i, who: i.state is State.WAITING and _mine(i, who)),
    Action(
        "resolve",
        "Resolve",
        w.resolve,
        lambda i, who: i.state in OWNED_STATES and _mine(i, who),
        (_WORDS, Field("cause", "Cause, for us", "line", "No partner reads this.", required=False)),
        expects=True,
    ),
    Action(
        "cannot-do",
        "Cannot do, or not ours",
        w.cannot_do,
        lambda i, who: i.state in OWNED_STATES and _mine(i, who),
        (
            _WHY_PARTNER,
            Field("alternative", "What they can do instead"),
            Field("review_on", "We look at it again on", "day", start="90d"),
            Field("not_ours", "It is somebody else's matter, not a no of ours", "check", required=False),
        ),
        expects=True,
    ),
    Action(
        "hand-over",
        "Hand over",
        w.hand_over,
        _owned_mine,
        (
            Field("to", "To", "choice", choices="owners"),
            Field("what", "What you pass on"),
            Field("expected", "What you expect of them", "line"),
            Field("accept_by", "They answer by", "when", start="4h"),
        ),
        expects=True,
    ),
    Action(
        "close",
        "Close without the partner's yes",
        w.close,
        lambda i, who: _leads(who) and i.state not in {State.CLOSED, State.MERGED},
        (Field("reason", "Because", "choice", choices="closes"), Field("text", "More", "line", required=False)),
    ),
    Action(
        "reopen",
        "Reopen",
        w.reopen,
        lambda i, _who: i.state in {State.RESOLVED, State.CLOSED, State.CANNOT_DO},
        (Field("reason", "Why", "line", required=False),),
        "first",
    ),
)

_SIDE = (
    Action(
        "escalate",
        "Escalate",
        w.escalate,
        _open,
        (
            Field("reason", "Why they must know"),
            Field("tell", "Tell", "choice", "Empty: the lead.", "staff", "", False),
        ),
        "more",
        resolvers_only=False,
    ),
    Action(
        "deescalate",
        "Call the escalation off",
        w.deescalate,
        lambda i, w_: i.is_escalated and _mine(i, w_),
        (_WHY_US,),
        "more",
    ),
    Action(
        "priority",
        "Change the priority",
        w.priority,
        _open,
        (Field("priority", "Priority", "choice", choices="priorities"), _WHY_US),
        "more",
    ),
    Action(
        "summary",
        "Write a clearer line",
        w.summary,
        _always,
        (Field("summary", "In one line", "line", "The partner sees it too.", start="summary"),),
        "more",
    ),
    Action(
        "promise",
        "Promise a date",
        w.promise,
        _owned_mine,
        (Field("what", "What will be done", "line"), Field("due_at", "By", "when", start="2d")),
        "more",
    ),
    Action(
        "revise-promise",
        "Move a promised date",
        w.revise_promise,
        lambda i, who: _has_promise(i) and _owned_mine(i, who),
        (
            Field("promise", "Promise", "choice", choices="promises"),
            Field("due_at", "New date", "when", start="4d"),
            _WHY_PARTNER,
        ),
        "more",
    ),
    Action(
        "keep-promise",
        "Done as promised",
        w.keep_promise,
        lambda i, who: _has_promise(i) and (_mine(i, who) or i.owner == who.id),
        (Field("promise", "Promise", "choice", choices="promises"),),
        "more",
    ),
    Action(
        "withdraw-promise",
        "Take a promise back",
        w.withdraw_promise,
        lambda i, who: _has_promise(i) and (_mine(i, who) or i.owner == who.id),
        (Field("promise", "Promise", "choice", choices="promises"), _WHY_PARTNER),
        "more",
    ),
    Action(
        "link",
        "Link to a recurring problem",
        w.link,
        lambda i, _who: i.problem is None,
        (
            Field("problem", "A known problem", "choice", choices="problems", required=False),
            Field("title", "Or one called", "line", "A new one, unless one is called so already.", required=False),
        ),
        "more",
    ),
    Action("unlink", "Take it off the problem", w.unlink, lambda i, _who: i.problem is not None, group="more"),
    Action("dismiss", "Not alike", w.dismiss, lambda i, _who: bool(i.alike) and i.problem is None, group="more"),
    Action(
        "merge",
        "Merge into another issue",
        w.merge,
        _open,
        (Field("into", "Number of the other issue", "line", "Of the same partner; it can be undone."),),
        "more",
    ),
    Action("unmerge", "Undo the merge", w.unmerge, lambda i, _who: i.state is State.MERGED, group="first"),
    Action(
        "follow",
        "Follow",
        w.follow,
        lambda i, who: who.id not in i.followers,
        group="more",
        resolvers_only=False,
    ),
    Action(
        "unfollow",
        "Stop following",
        w.unfollow,
        lambda i, who: who.id in i.followers,
        group="more",
        resolvers_only=False,
    ),
)


def _has_promise(issue: Issue) -> bool:
    return any(promise.state == "open" for promise in issue.promises)


ACTIONS = {action.name: action for action in (*_CATCH, *_WORK, *_SIDE)}
"""Every action by its name in the address."""


def fitting(issue: Issue, who: Person) -> list[Action]:
    """What the page offers this person on this issue, in order."""
    return [a for a in ACTIONS.values() if (who.may_own or not a.resolvers_only) and a.fits(issue, who)]

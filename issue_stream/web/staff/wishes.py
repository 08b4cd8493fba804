"""Every wish the issue's page can make, built from a form: the builders behind `actions.ACTIONS`.

In: `Asked`. Out: a command whose texts are kept. They decide nothing; a fault in the form is BadInput.
"""

from uuid import uuid4

from issue_stream.intake.words import checked_text
from issue_stream.store.pages_staff import issue_ids, known_issues, problem_lines
from issue_stream.web.staff.asked import Asked
from schemas import commands as c
from schemas import side_commands as s
from schemas.errors import BadInput
from schemas.vocabulary import CloseReason, DeclineReason, Priority, WaitingFor

SAME_NAME = 50
"""Problems looked at whose title holds the one typed."""


async def accept(_asked: Asked) -> c.Command:
    """I own it from now on."""
    return c.Accept()


async def decline(asked: Asked) -> c.Command:
    """Not me, because."""
    reason = DeclineReason(asked.one_of("reason", list(DeclineReason)))
    return c.Decline(reason=reason, note=await asked.maybe_text("note"))


async def triage(asked: Asked) -> c.Command:
    """What kind it is and how soon it hurts."""
    known = [category.id for category in asked.viewer.policy.categories if category.enabled]
    priority = Priority(asked.one_of("priority", list(Priority)))
    return c.Triage(category=asked.one_of("category", known), priority=priority)


async def reply(asked: Asked) -> c.Command:
    """Words the partner reads."""
    words, until = await asked.text("text"), asked.maybe_when("next_update_at")
    return c.ReplyToPartner(text=words, files=asked.files, next_update_at=until)


async def note(asked: Asked) -> c.Command:
    """Words no partner reads."""
    return c.AddNote(text=await asked.text("text"), files=asked.files)


async def wait(asked: Asked) -> c.Command:
    """Somebody else's move."""
    on = WaitingFor(asked.one_of("on", list(WaitingFor)))
    return c.Wait(on=on, reason=await asked.text("reason"), review_at=asked.when("review_at"))


async def resume(_asked: Asked) -> c.Command:
    """Our move again."""
    return c.Resume()


async def resolve(asked: Asked) -> c.Command:
    """Done, in words the partner reads."""
    return c.Resolve(text=await asked.text("text"), cause=await asked.maybe_text("cause"))


async def cannot_do(asked: Asked) -> c.Command:
    """An honest no."""
    return c.CannotDo(
        reason=await asked.text("reason"),
        alternative=await asked.text("alternative"),
        review_on=asked.day("review_on"),
        not_ours=asked.get("not_ours") == "1",
    )


async def hand_over(asked: Asked) -> c.Command:
    """Passed on; the giver owns it until the other accepts."""
    receiver = asked.person("to")
    return c.HandOver(
        to=receiver.id,
        to_name=receiver.name,
        team=receiver.team or asked.issue.team or asked.viewer.policy.classification.front_desk,
        what=await asked.text("what"),
        expected=await asked.text("expected"),
        accept_by=asked.when("accept_by"),
    )


async def close(asked: Asked) -> c.Command:
    """The end without the partner's yes."""
    reason = CloseReason(asked.one_of("reason", list(CloseReason)))
    return c.Close(reason=reason, text=await asked.maybe_text("text"))


async def reopen(asked: Asked) -> c.Command:
    """It was not over."""
    return c.Reopen(reason=await asked.maybe_text("reason"))


async def escalate(asked: Asked) -> c.Command:
    """People beyond the owner must know."""
    tell = (asked.person("tell").id,) if asked.get("tell") else ()
    return s.Escalate(tell=tell, reason=await asked.text("reason"))


async def deescalate(asked: Asked) -> c.Command:
    """The alarm is over."""
    return s.Deescalate(reason=await asked.text("reason"))


async def priority(asked: Asked) -> c.Command:
    """A person knows better, and says why."""
    chosen = Priority(asked.one_of("priority", list(Priority)))
    return c.SetPriority(priority=chosen, reason=await asked.text("reason"))


async def summary(asked: Asked) -> c.Command:
    """One clearer line."""
    return c.SetSummary(summary=await asked.line("summary"))


async def promise(asked: Asked) -> c.Command:
    """A date for the partner."""
    due_at = asked.when("due_at")
    return s.MakePromise(promise=f"promise-{uuid4().hex[:12]}", what=await asked.line("what"), due_at=due_at)


async def revise_promise(asked: Asked) -> c.Command:
    """Another date, with the reason."""
    reason = await asked.text("reason")
    return s.RevisePromise(promise=_open_promise(asked), due_at=asked.when("due_at"), reason=reason)


async def keep_promise(asked: Asked) -> c.Command:
    """Done as promised."""
    return s.KeepPromise(promise=_open_promise(asked))


async def withdraw_promise(asked: Asked) -> c.Command:
    """Taken back, with the reason."""
    return s.WithdrawPromise(promise=_open_promise(asked), reason=await asked.text("reason"))


async def link(asked: Asked) -> c.Command:
    """The same trouble again: a known problem, the one of an alike issue, or a new one."""
    chosen, title = asked.get("problem"), asked.get("title")
    if bool(chosen) == bool(title):
        raise BadInput("problem", expected="a known problem or a new title", found="both or none", todo="Give one.")
    known = await _known_problem(asked, chosen, title)
    if title and known is None:
        return s.LinkProblem(problem=f"p-{uuid4().hex[:12]}", title=await asked.line("title"))
    if known is None:
        raise BadInput("problem", expected="a known problem", found=chosen[:60], todo="Choose one, or give a title.")
    score = next((alike.score for alike in asked.issue.alike if alike.problem == known), None)
    return s.LinkProblem(problem=known, score=score)


async def _known_problem(asked: Asked, chosen: str, title: str) -> str | None:
    """The problem of this id, or the one that is called so already: nobody wants two of one name."""
    called = " ".join(title.split())
    async with asked.viewer.house.db.read() as conn:
        found = await problem_lines(conn, SAME_NAME, called, None if called else [chosen])
    return next((one.id for one in found if not called or one.title.casefold() == called.casefold()), None)


async def unlink(asked: Asked) -> c.Command:
    """The link was wrong."""
    if asked.issue.problem is None:
        raise BadInput("problem", expected="a linked problem", found="none", todo="Nothing has to be undone.")
    return s.UnlinkProblem(problem=asked.issue.problem)


async def dismiss(_asked: Asked) -> c.Command:
    """Not alike."""
    return s.DismissAlike()


async def merge(asked: Asked) -> c.Command:
    """The same matter stands in another issue of the same partner."""
    digits = checked_text("into", asked.get("into")).rpartition("-")[2]
    number = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 9 else 0  # noqa: PLR2004 - a 32-bit column
    async with asked.viewer.house.db.read() as conn:
        into = (await issue_ids(conn, [number])).get(number, "")
        other = (await known_issues(conn, [into])).get(into)
    if other is None or other.partner != asked.issue.partner:
        found = asked.get("into")[:40]
        raise BadInput("into", expected="the number of an issue of this partner", found=found, todo="Look it up.")
    return s.MergeInto(into=other.id, into_number=other.number)


async def unmerge(_asked: Asked) -> c.Command:
    """The merge is undone."""
    return s.Unmerge()


async def follow(asked: Asked) -> c.Command:
    """I want to hear what changes."""
    return s.Follow(staff=asked.viewer.person.id)


async def unfollow(asked: Asked) -> c.Command:
    """I need not hear more."""
    return s.Follow(staff=asked.viewer.person.id, on=False)


def _open_promise(asked: Asked) -> str:
    return asked.one_of("promise", [p.id for p in asked.issue.promises if p.state == "open"])

"""`issue-stream show`: one issue as it stands, and everything that happened to it."""

import click

from issue_stream.commands._house import found_issue, house, policy, run
from issue_stream.commands._say import EPILOG, json_option, print_json, print_table, said
from issue_stream.commands._timeline import Step, steps_of
from issue_stream.store.contents import read_texts
from schemas.issue import Issue
from schemas.policy import Policy
from schemas.vocabulary import state_word


@click.command(epilog=EPILOG)
@click.argument("issue")
@json_option
def command(issue: str, *, as_json: bool) -> None:
    """Show one issue: where it stands, whose move it is, what happened, and what the partner saw of it.

    Example: issue-stream show PIR-1042
    """
    run(_show(issue, as_json=as_json))


async def _show(written: str, *, as_json: bool) -> None:
    async with house() as opened:
        async with opened.db.read() as conn:
            row = await found_issue(conn, written)
            steps = await steps_of(conn, row.id)
            texts = await read_texts(conn, [row.summary])
        rules = policy(opened)
    issue = Issue.model_validate_json(row.body)
    if as_json:
        number = rules.number(issue.number)
        print_json(
            {
                "number": number,
                "summary": texts.get(row.summary),
                "issue": issue,
                "events": [s.as_json() for s in steps],
            }
        )
        return
    _print_head(issue, rules, texts.get(row.summary, "(erased)"))
    _print_steps(steps)


def _print_head(issue: Issue, rules: Policy, summary: str) -> None:
    waiting = issue.waiting.on if issue.waiting else None
    word = state_word(issue.state, waiting)
    click.echo(f"{rules.number(issue.number)}  {word.mark} {word.staff}  {issue.priority.value}\n{said(summary)}")
    team = rules.team(issue.team)
    kind = rules.category(issue.category)
    lines = {
        "Partner": f"{issue.partner} ({issue.tier or 'no tier'})",
        "Kind": kind.name if kind else "not decided yet",
        "Team": team.name if team else "-",
        "Owner": issue.owner_name or "-",
        "Offered to": _offered(issue),
        "Whose move": issue.next_move.value.replace("_", " "),
        "Next update": said(issue.next_update_at),
        "Blocked": f"{issue.blocked.amount} {issue.blocked.currency}" if issue.blocked.amount is not None else "-",
    }
    click.echo("\n".join(f"  {name:<12} {text}" for name, text in lines.items()) + "\n")


def _offered(issue: Issue) -> str:
    if issue.offer is None:
        return "-"
    return f"{issue.offer.to_name or issue.offer.team}, until {said(issue.offer.accept_by)} UTC"


def _print_steps(steps: list[Step]) -> None:
    rows = [
        (s.message.version, s.message.at, s.message.event.type, s.message.by.name or s.message.by.id, _seen(s), s.words)
        for s in steps
    ]
    print_table(("", "At (UTC)", "What", "By", "Partner", "Words"), rows, empty="Nothing happened yet.")


def _seen(step: Step) -> str:
    return "sees" if step.seen_by_partner else ""

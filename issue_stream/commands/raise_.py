"""`issue-stream raise`: the five answers on the command line, for a contact of a partner (R-10)."""

import sys
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from issue_stream.commands._house import house, policy, run
from issue_stream.commands._say import EPILOG, Stop, json_option, print_json
from issue_stream.commands._wish import answered, day, settled
from issue_stream.house import House
from issue_stream.intake.door import Answer, Receipt
from issue_stream.intake.words import RaiseWords
from issue_stream.store.people import contact_by_email, contacts, partners
from schemas.errors import BadInput
from schemas.people import Contact, Partner
from schemas.values import Actor
from schemas.vocabulary import ActorKind, Intake

_SERVICE = Actor(kind=ActorKind.SERVICE, id="command-line", name="Command line")
"""Who raises it: whoever may run commands on this machine may speak for every partner."""


@dataclass(frozen=True, slots=True)
class _Answers:
    """The options as typed."""

    contact: str
    what: str
    since: str
    deal: str
    deal_by: str
    amount: str
    also_tell: tuple[str, ...]


@click.command(epilog=EPILOG)
@click.option("--contact", required=True, help="Who at the partner it is for: their address or id.")
@click.option("--what", required=True, help="What stands in the way; - reads stdin.")
@click.option("--since", default="", help="The day it began: 2026-01-31.")
@click.option("--deal", default="", help="The deal it blocks.")
@click.option("--deal-by", default="", help="The day the deal is due.")
@click.option("--amount", default="", help="What the deal is worth, as a plain number.")
@click.option("--also-tell", multiple=True, help="Another address to keep informed; may stand several times.")
@json_option
def command(*, as_json: bool, **given: Any) -> None:  # noqa: ANN401 - the options above
    """Raise an issue for a contact of a partner; it is durable when this returns.

    Example: issue-stream raise --contact jana@harbour.example.com --what "Our claim is not paid." --amount 12000
    """
    run(_raise(_Answers(**given), as_json=as_json))


async def _raise(answers: _Answers, *, as_json: bool) -> None:
    async with house() as opened:
        words = await _words(opened, answers)
        receipt = await opened.door.raise_issue(words, _SERVICE)
        answer = await settled(opened, receipt.command)
        number = policy(opened).number(receipt.number)
    if as_json:
        print_json({"issue": receipt.issue, "number": number, "command": str(receipt.command), **answered(answer)})
    _say(number, receipt, answer, quiet=as_json)


def _say(number: str, receipt: Receipt, answer: Answer | None, *, quiet: bool) -> None:
    if answer is not None and not answer.granted:
        raise Stop(f"{number}: {answer.text}", f"The wish was {receipt.command}; mend what it says and raise it again.")
    if quiet:
        return
    end = "acknowledged" if answer else "kept, waiting for the worker (issue-stream up)"
    click.echo(f"{number}: {end}. Follow it with: issue-stream show {number}")


async def _words(opened: House, answers: _Answers) -> RaiseWords:
    contact, partner = await _speaker(opened, answers.contact)
    return RaiseWords(
        what=sys.stdin.read() if answers.what == "-" else answers.what,
        contact=contact,
        partner=partner,
        intake=Intake.COMMAND_LINE,
        since=day(answers.since, "--since") if answers.since else None,
        blocked_deal=answers.deal,
        blocked_by=day(answers.deal_by, "--deal-by") if answers.deal_by else None,
        blocked_amount=_amount(answers.amount),
        also_tell=answers.also_tell,
    )


def _amount(written: str) -> Decimal | None:
    if not written:
        return None
    try:
        return Decimal(written)
    except InvalidOperation as exc:
        todo = "Write it as a plain number: 48000."
        raise BadInput("--amount", expected="a number", found=written[:40], todo=todo) from exc


async def _speaker(opened: House, written: str) -> tuple[Contact, Partner | None]:
    async with opened.db.read() as conn:
        contact = await contact_by_email(conn, written) or (await contacts(conn, [written])).get(written)
        if contact is None:
            todo = "Add them on the People page first, or give the address of a known contact."
            raise BadInput("--contact", expected="a contact we know", found=written[:80], todo=todo)
        found = await partners(conn, [contact.partner] if contact.partner else [])
    return contact, found.get(contact.partner or "")

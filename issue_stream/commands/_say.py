"""How commands speak: tables of at most 100 columns or one JSON object, errors in two lines, exit codes."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import click
import orjson
from pydantic import BaseModel
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from schemas.errors import BadInput, IssueStreamError, PolicyInvalid, Unavailable

OK, WRONG, BAD_INPUT, AWAY = 0, 1, 2, 3
"""Exit codes: done; something was found wrong or refused; the input cannot be used; a part of ours is away."""

WIDTH = 100
"""Columns of a table: it fits half a screen and a mail."""

_Command = TypeVar("_Command", bound=Callable[..., Any])

EPILOG = "Exit codes: 0 done, 1 something is wrong or was refused, 2 bad input, 3 a part of ours is away."


class Stop(click.ClickException):
    """Ends a command: what happened, what to do, the exit code."""

    def __init__(self, what: str, todo: str, code: int = WRONG) -> None:
        super().__init__(what)
        self.todo, self.exit_code = todo, code

    def show(self, file: Any = None) -> None:  # noqa: ANN401, ARG002 - click's signature
        """Two lines on stderr."""
        click.echo(f"{self.message}\n{self.todo}", err=True)


def stop_for(exc: IssueStreamError) -> Stop:
    """An error of the house as the end of a command."""
    match exc:
        case BadInput():
            return Stop(f"{exc.field}: expected {exc.expected}, found {exc.found}.", exc.todo, BAD_INPUT)
        case Unavailable():
            todo = "Nothing was lost. Try again in a moment, or run: issue-stream doctor"
            return Stop(f"{exc.part} does not answer ({exc.cause}).", todo, AWAY)
        case PolicyInvalid():
            return Stop("\n".join(exc.faults), "Mend these lines, then run: issue-stream policy check FILE", BAD_INPUT)
        case _:
            what, _, todo = str(exc).partition(". ")
            return Stop(what.rstrip(".") + ".", todo or "Run: issue-stream doctor", BAD_INPUT)


def json_option(command: _Command) -> _Command:
    """Adds --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")(command)


def as_option(command: _Command) -> _Command:
    """Adds --as, the member of staff who acts."""
    text = "Who acts: an id or address of staff."
    return click.option("--as", "who", envvar="ISSUE_STREAM_AS", required=True, help=text)(command)


def print_json(value: object) -> None:
    """One JSON value on stdout; instants in UTC, amounts as words so that no digit is lost."""
    click.echo(orjson.dumps(value, default=_plain).decode())


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, frozenset | set | tuple):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"expected something JSON can say, found {type(value).__name__}")


def print_table(titles: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table on stdout; `empty` is said instead of a table without rows. What partners wrote cannot colour it."""
    wide = {title for title in titles if title in _LONG or title == _ONE_LINE}
    table = Table(box=None, header_style="bold", pad_edge=False, show_edge=False, expand=bool(wide))
    for title in titles:
        is_wide = title in wide
        table.add_column(title, overflow="ellipsis", no_wrap=title not in _LONG, ratio=1 if is_wide else None)
    for row in rows:
        table.add_row(*(Text(said(cell)) for cell in row))
    if not table.row_count:
        click.echo(empty)
        return
    console().print(table)


_LONG = frozenset({"Words", "Reason", "What"})
"""Columns that take what room is left, on as many lines as they need."""
_ONE_LINE = "Summary"
"""Takes what room is left on one line: a list is looked over, not read."""


def console() -> Console:
    """Stdout, at most WIDTH columns, without colours where they are not wanted."""
    made = Console(file=sys.stdout, highlight=False)
    made.width = WIDTH if not made.is_terminal else min(made.width, WIDTH)
    return made


def said(cell: object) -> str:
    """One cell in words, on one line, without control characters."""
    if cell is None:
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    return "".join(c if c.isprintable() else " " for c in " ".join(str(cell).split()))


def progress() -> Progress:
    """Progress on stderr, only where somebody looks; gone when it is done."""
    shown = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    return Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal)

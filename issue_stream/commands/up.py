"""`issue-stream up`: everything in one process, until Ctrl-C."""

import asyncio
from dataclasses import dataclass, field

import click

from issue_stream.commands._house import run, settings
from issue_stream.commands._say import EPILOG, json_option, print_json
from issue_stream.house import House
from issue_stream.logs import set_up
from issue_stream.sample.setup import SetUp
from issue_stream.serve import run_up
from issue_stream.settings import Settings


@click.command(epilog=EPILOG)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port.")
@click.option("--sample", is_flag=True, help="Fill a fresh store with the small sample company.")
@json_option
def command(host: str, port: int, *, sample: bool, as_json: bool) -> None:
    """Run everything in one process: pages, agents, timers, on the embedded log and SQLite unless told otherwise.

    Example: issue-stream up --sample
    """
    chosen = at_address(settings(), f"http://{host}:{port}")
    set_up(chosen.log_level, chosen.log_format)
    greeting = _Greeting(chosen, f"http://{host}:{port}", fills=sample, as_json=as_json)
    run(run_up(chosen, host, port, greeting.ready))


@dataclass(slots=True)
class _Greeting:
    """Says where to look once everything answers, and fills a fresh store when asked to."""

    settings: Settings
    address: str
    fills: bool
    as_json: bool
    filling: asyncio.Task[None] | None = field(default=None)

    def ready(self, house: House) -> None:
        """Called by the process in its event loop."""
        if self.as_json:
            print_json({"running": "up", "address": self.address, "policy": house.keeper.current().version})
        else:
            click.echo("\n".join(_words(self.settings, self.address)))
        if self.fills:
            self.filling = asyncio.get_running_loop().create_task(self._fill(house))

    async def _fill(self, house: House) -> None:
        set_up_company = SetUp(house.db, house.door, house.now)
        if not await set_up_company.is_fresh():
            click.echo("The store is filled already; the sample company is not added.", err=True)
            return
        raised = await set_up_company.sample()
        if not self.as_json:
            click.echo(f"The sample company is there with {raised} issues. Its admin is ada@vendor.example.com.")


def _words(chosen: Settings, address: str) -> list[str]:
    mail = "Letters are sent by your mail server." if chosen.smtp_url else f"Letters are kept at {address}/outbox."
    return [
        f"issue-stream runs: open {address}",
        f"Sign in at {address}/sign-in with an address of your staff. {mail}",
        f"Everything is kept in {chosen.var_dir.resolve()}. Stop with Ctrl-C.",
    ]


def at_address(chosen: Settings, address: str) -> Settings:
    """The same settings; links lead to where we listen unless ISSUE_STREAM_WEB__BASE_URL says where people reach us."""
    if "base_url" in chosen.web.model_fields_set:
        return chosen
    return chosen.model_copy(update={"web": chosen.web.model_copy(update={"base_url": address})})

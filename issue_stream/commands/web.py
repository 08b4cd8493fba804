"""`issue-stream web`: the pages and the API, until Ctrl-C; wishes wait in the store while no worker runs."""

import click

from issue_stream.commands._house import needs_store, run, settings
from issue_stream.commands._say import EPILOG, json_option, print_json
from issue_stream.house import House
from issue_stream.logs import set_up
from issue_stream.serve import run_web


@click.command(epilog=EPILOG)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port.")
@json_option
def command(host: str, port: int, *, as_json: bool) -> None:
    """Serve the web pages and the API.

    Example: issue-stream web --host 0.0.0.0 --port 8080
    """
    chosen = settings()
    set_up(chosen.log_level, chosen.log_format)

    def ready(_house: House) -> None:
        address = f"http://{host}:{port}"
        if as_json:
            print_json({"running": "web", "address": address})
        else:
            click.echo(f"Pages and API answer at {address}. Stop with Ctrl-C.")

    run(needs_store(chosen))
    run(run_web(chosen, host, port, ready))

"""`issue-stream keys`: API keys of partners and services; the secret is shown once, only its hash is stored."""

import click

from issue_stream.clock import utc_now
from issue_stream.commands._house import house, run
from issue_stream.commands._say import EPILOG, json_option, print_json, print_table
from issue_stream.store.access import ApiKey, list_api_keys, make_api_key, revoke_api_key
from issue_stream.store.people import partners
from schemas.errors import BadInput


@click.group(epilog=EPILOG)
def command() -> None:
    """Create, list and revoke API keys.

    Example: issue-stream keys create --name "Harbour's shop" --partner harbour
    """


@command.command(epilog=EPILOG)
@click.option("--name", required=True, help="What the key is for.")
@click.option(
    "--partner", default="", help="The id of the partner it may act for; empty: a service, for every partner."
)
@json_option
def create(name: str, partner: str, *, as_json: bool) -> None:
    """Make a key; its secret is shown now and never again.

    Example: issue-stream keys create --name "Harbour's shop" --partner harbour
    """
    key, secret = run(_create(name, partner or None))
    if as_json:
        print_json({"id": key.id, "name": key.name, "partner": key.partner, "secret": secret})
        return
    click.echo(f"{key.id} for {key.partner or 'every partner'}. Send it as: Authorization: Bearer SECRET")
    click.echo(f"The secret, shown only now: {secret}")


async def _create(name: str, partner: str | None) -> tuple[ApiKey, str]:
    if not name.strip() or len(name) > 200:  # noqa: PLR2004 - the width of the column
        todo = "Say in a few words what the key is for."
        raise BadInput("--name", expected="1 to 200 characters", found=str(len(name)), todo=todo)
    async with house() as opened, opened.db.write() as conn:
        if partner is not None and not await partners(conn, [partner]):
            todo = "The People page lists the ids."
            raise BadInput("--partner", expected="the id of a partner", found=partner, todo=todo)
        return await make_api_key(conn, name.strip(), partner, utc_now())


@command.command("list", epilog=EPILOG)
@json_option
def list_(*, as_json: bool) -> None:
    """List every key, revoked ones too; secrets are not kept.

    Example: issue-stream keys list
    """
    keys = run(_list())
    if as_json:
        print_json({"keys": [{name: getattr(key, name) for name in ApiKey.__dataclass_fields__} for key in keys]})
        return
    rows = [(key.id, key.name, key.partner or "every partner", key.made_at, key.revoked_at) for key in keys]
    print_table(
        ("Key", "What", "For", "Made (UTC)", "Revoked"), rows, empty="No keys yet: issue-stream keys create --help"
    )


async def _list() -> list[ApiKey]:
    async with house() as opened, opened.db.read() as conn:
        return await list_api_keys(conn)


@command.command(epilog=EPILOG)
@click.argument("key")
@json_option
def revoke(key: str, *, as_json: bool) -> None:
    """The key opens nothing from now on.

    Example: issue-stream keys revoke key-1a2b3c4d5e6f
    """
    run(_revoke(key))
    if as_json:
        print_json({"id": key, "revoked": True})
    else:
        click.echo(f"{key} opens nothing any more.")


async def _revoke(key: str) -> None:
    async with house() as opened, opened.db.write() as conn:
        await revoke_api_key(conn, key, utc_now())

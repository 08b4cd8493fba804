"""What `--help` says of commands, for the reference page: the same in every terminal."""

from collections.abc import Iterator, Sequence

import click

WIDTH = 100


def help_texts(main: click.Group, names: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The words of each command with its help, groups before what is in them; raises LookupError for a stranger."""
    context = click.Context(main, info_name="issue-stream", **main.context_settings)
    for name in names:
        command = main.get_command(context, name)
        if command is None:
            raise LookupError(name)
        own = _inner(context, command, name)
        yield (name,), command.get_help(own)
        if isinstance(command, click.Group):
            for sub_name, sub in command.commands.items():
                yield (name, sub_name), sub.get_help(_inner(own, sub, sub_name))


def _inner(parent: click.Context, command: click.Command, name: str) -> click.Context:
    return click.Context(command, parent=parent, info_name=name, max_content_width=WIDTH, terminal_width=WIDTH)

"""Commands and options whose help is a `Text`, so that it comes out in the language of the run."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from goproxyctl.cli.shell import Shell
from goproxyctl.text import Text

F = TypeVar("F", bound=Callable[..., Any])


def _words(context: click.Context, text: Text) -> str:
    return context.obj.words(text) if isinstance(context.obj, Shell) else str(text)


class WordedOption(click.Option):
    """An option whose help is a Text."""

    def __init__(self, *arguments: Any, text: Text, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.text = text

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The line of the option in the help."""
        self.help = _words(ctx, self.text)
        return super().get_help_record(ctx)


class WordedCommand(click.Command):
    """A command whose help is a Text, and which ends its help with an example to copy."""

    def __init__(self, *arguments: Any, text: Text, example: str, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.text = text
        self.example = example

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - click's signature
        """The line that shells show beside a completion."""
        context = click.get_current_context(silent=True)
        return _words(context, self.text) if context else str(self.text)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the command does."""
        self.help = _words(ctx, self.text)
        super().format_help_text(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The example."""
        with formatter.section(_words(ctx, Text("cli.example", "Example"))):
            formatter.write("".join(f"{'':{formatter.current_indent}}{line}\n" for line in self.example.splitlines()))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help``, in our words."""
        return _help_option(super().get_help_option(ctx), ctx)


class WordedGroup(click.Group):
    """The root: its commands are known by name and line, and imported when one is called."""

    def __init__(
        self,
        *arguments: Any,
        text: Text,
        lines: Mapping[str, Text],
        load: Callable[[str], click.Command],
        **settings: Any,
    ) -> None:
        super().__init__(*arguments, **settings)
        self.text = text
        self.lines = lines
        self.load = load

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order of the work."""
        return list(self.lines)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command of that name, imported now."""
        return self.load(cmd_name) if cmd_name in self.lines else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the names near a wrong one."""
        if args and not args[0].startswith("-") and args[0] not in self.lines and not ctx.resilient_parsing:
            raise click.UsageError(_words(ctx, _unknown(args[0], list(self.lines))), ctx)
        return super().resolve_command(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the program is for."""
        self.help = _words(ctx, self.text)
        super().format_help_text(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, from the table: the help of the root imports none of them."""
        with formatter.section(_words(ctx, Text("cli.commands", "Commands"))):
            formatter.write_dl([(name, _words(ctx, line)) for name, line in self.lines.items()])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help``, in our words."""
        return _help_option(super().get_help_option(ctx), ctx)


def _unknown(name: str, names: list[str]) -> Text:
    from difflib import get_close_matches

    near = get_close_matches(name, names)
    if near:
        return Text("cli.unknown-command-near", "unknown command {name}; did you mean {near}?", name=name, near=near[0])
    return Text("cli.unknown-command", "unknown command {name}; goproxyctl --help lists them", name=name)


def _help_option(option: click.Option | None, ctx: click.Context) -> click.Option | None:
    if option is not None:
        option.help = _words(ctx, Text("cli.help", "Show this and exit."))
    return option


def option(*names: str, text: Text, **settings: Any) -> Callable[[F], F]:
    """An option with a Text for its help; everything else as click has it."""
    return click.option(*names, cls=WordedOption, text=text, **settings)


def show_usage_error(shell: Shell, error: click.ClickException) -> None:
    """Says what is wrong with the command line, and where the help is. What the person typed is made harmless."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        shell.err_lines(error.message)
        return
    shell.err(Text("cli.error", "error: {what}", what=error.format_message().replace("\n\t", " ")))
    if isinstance(error, click.UsageError) and error.ctx is not None:
        shell.err(Text("cli.try-help", "{command} --help shows how it is used", command=error.ctx.command_path))

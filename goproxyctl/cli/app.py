"""The root command: what there is, in the order of the work. A command's module is imported when it is called."""

from collections.abc import Callable
from importlib import import_module

import click

from goproxyctl import __version__
from goproxyctl.cli.language import LANGUAGES
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.words import WordedCommand, WordedGroup, WordedOption
from goproxyctl.text import Text

COMMANDS = {
    "init": Text("cli.init", "Write a starting policy"),
    "validate": Text("cli.validate", "Check the policy: its shape, and what it means to go"),
    "rules": Text("cli.rules", "List the rules; with the name of one, what it means"),
    "scan": Text("cli.scan", "Check the scripts, pipelines and settings files of a repository"),
    "schema": Text("cli.schema", "Print the JSON Schema of a policy, for editors"),
    "kinds": Text("cli.kinds", "List the kinds of target; with the name of one, its options"),
    "render": Text("cli.render", "Print or write every artifact"),
    "diff": Text("cli.diff", "Show what apply, or a change of the policy, changes"),
    "plan": Text("cli.plan", "List what apply would change, and why"),
    "apply": Text("cli.apply", "Make what is there equal to the policy"),
    "status": Text("cli.status", "Tell what drifted, and what is pending"),
    "explain": Text("cli.explain", "Tell where each setting of go on this machine comes from"),
    "adopt": Text("cli.adopt", "Record as ours what is there already"),
    "remove": Text("cli.remove", "Take back everything that was applied"),
    "route": Text("cli.route", "Show every request that go would make for a module"),
    "prove": Text("cli.prove", "Tell what can happen: leaks, bypasses, broken and hanging builds"),
    "synthesize": Text("cli.synthesize", "Find the chain for what must hold, or what contradicts what"),
    "krm": Text("cli.krm", "Run as a function of kustomize or kpt: ResourceList in, ResourceList out"),
    "completion": Text("cli.completion", "Print the completion script of a shell"),
}


def shared_options() -> list[click.Parameter]:
    """What every command takes. main reads both before click does; here they are checked and documented."""
    language = Text("cli.option.lang", "Language of the messages; else the locale decides.")
    colour = Text("cli.option.color", "Colour; else NO_COLOR, FORCE_COLOR and the terminal decide.")
    return [
        WordedOption(["--lang"], type=click.Choice(LANGUAGES), expose_value=False, text=language),
        WordedOption(["--color"], type=click.Choice(["auto", "always", "never"]), expose_value=False, text=colour),
    ]


def command(name: str, *, example: str) -> Callable[[Callable[..., int]], click.Command]:
    """Makes a function that returns an exit code a command: its first argument is the Shell."""

    def decorate(callback: Callable[..., int]) -> click.Command:
        """The options that every command takes stand last in its help."""
        made = click.command(name, cls=WordedCommand, text=COMMANDS[name], example=example)(click.pass_obj(callback))
        made.params += shared_options()
        return made

    return decorate


def load_command(name: str) -> click.Command:
    """The command of that name, imported now."""
    found: click.Command = import_module(f"goproxyctl.cli.{name}").command
    return found


def _show_version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        shell: Shell = ctx.obj
        shell.out(f"goproxyctl {__version__}")
        ctx.exit()


app = WordedGroup(
    "goproxyctl",
    text=Text("cli.about", "One policy for everything that has to know how Go reaches modules."),
    lines=COMMANDS,
    load=load_command,
    params=[
        WordedOption(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            text=Text("cli.option.version", "Show the version and exit."),
        ),
        *shared_options(),
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

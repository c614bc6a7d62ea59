"""``goproxyctl explain``."""

import click

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import ANY_PATH, READING, Selection, selecting
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.words import option
from goproxyctl.text import Text

EXAMPLE = (
    "goproxyctl explain\n"
    "goproxyctl explain GOPROXY HTTPS_PROXY\n"
    "goproxyctl explain GOPROXY --registry exported.reg --environment set.txt"
)
#: The rows of the table, and those that stand in it only when something is said about them.
ALWAYS = (
    "GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE", "GOVCS", "GOAUTH", "GOFLAGS",
    "GO111MODULE", "GOTOOLCHAIN", "GOMODCACHE", "GOENV", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
)  # fmt: skip
RARE = ("GODEBUG", "GOROOT", "NETRC", "SSL_CERT_FILE", "SSL_CERT_DIR")


def complete_variables(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The variables of the table, however they are typed."""
    return [name for name in (*ALWAYS, *RARE) if name.startswith(incomplete.upper())]


@named("explain", example=EXAMPLE)
@click.argument("variables", nargs=-1, metavar="[VAR]...", shell_complete=complete_variables)
@selecting(READING, "text", "json")
@option("--go", metavar="VERSION", text=Text("cli.option.explain-go", "As this version of go would; go is not run."))
@option("--no-go", is_flag=True, text=Text("cli.option.no-go", "Do not run go."))
@option("--goenv", type=ANY_PATH, metavar="FILE", text=Text("cli.option.goenv", "Read this go env file."))
@option("--goroot-env", type=ANY_PATH, metavar="FILE", text=Text("cli.option.goroot-env", "Read this GOROOT/go.env."))
@option(
    "--environment",
    type=ANY_PATH,
    metavar="FILE",
    text=Text("cli.option.environment", "A captured environment: env, env -0, set, Get-ChildItem env:, or JSON."),
)
@option(
    "--registry",
    "exported",
    type=ANY_PATH,
    metavar="FILE",
    text=Text("cli.option.explain-registry", "An exported registry file with the Environment keys of Windows."),
)
@option(
    "--system",
    type=click.Choice(["linux", "windows", "darwin"]),
    text=Text("cli.option.system", "The system that the files are from; else they tell."),
)
@option(
    "--running",
    is_flag=True,
    text=Text("cli.option.running", "Look at the editors, terminals and CI runners that run now (Linux, Windows)."),
)
def command(
    shell: Shell,
    selection: Selection,
    variables: tuple[str, ...],
    no_go: bool,
    exported: str | None,  # not "registry", which Selection would take
    **sources: object,
) -> int:
    """Tells where the settings of go come from."""
    from goproxyctl.cli.explaining import explain_machine
    from goproxyctl.cli.machine import Sources

    named = Sources(ask=not no_go, registry=exported, **sources)  # type: ignore[arg-type]  # click checked them
    return explain_machine(shell, selection, variables, named)

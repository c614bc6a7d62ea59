"""``goproxyctl prove``."""

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import AS_GO, READING, Selection, selecting
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.words import option
from goproxyctl.text import Text

VERBOSE = Text("cli.option.prove-verbose", "Show the whole route of every counterexample.")


@named("prove", example="goproxyctl prove\ngoproxyctl prove --profile windows-laptop --verbose")
@selecting(READING, "text", "json")
@AS_GO
@option("--verbose", "-v", is_flag=True, text=VERBOSE)
def command(shell: Shell, selection: Selection, go: str | None, verbose: bool) -> int:
    """Tells what the answers of servers can and cannot do to a build, with a counterexample for each danger."""
    from goproxyctl.cli.proving import find_cases
    from goproxyctl.report.prove import prove_body, prove_text

    cases = find_cases(shell, selection, go)
    shell.report(
        "prove",
        selection.form,
        lambda: prove_body(cases),
        lambda style: prove_text(cases, shell.words, style, verbose=verbose),
    )
    return 1 if any(case.verdicts.escapes or case.verdicts.bypasses for case in cases) else 0

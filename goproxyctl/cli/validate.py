"""``goproxyctl validate``."""

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import FILE_ONLY, Selection, selecting
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.words import option
from goproxyctl.text import Text

EXAMPLE = """\
goproxyctl validate
goproxyctl validate --fix
goproxyctl validate -f examples/acme/policy.yaml --format sarif > goproxyctl.sarif"""

_FIX = option(
    "--fix", is_flag=True, text=Text("cli.option.fix", "Mend what can be mended beyond doubt; nothing else is touched.")
)
_DIFF = option("--diff", is_flag=True, text=Text("cli.option.fix-diff", "Show what --fix would change; write nothing."))


@named("validate", example=EXAMPLE)
@_FIX
@_DIFF
@selecting(FILE_ONLY, "text", "json", "sarif", "github", "gitlab")
def command(shell: Shell, selection: Selection, *, fix: bool, diff: bool) -> int:
    """Reports every problem of the policy."""
    if fix or diff:
        from goproxyctl.cli.fixing import fix_policy

        return fix_policy(shell, selection, write=not diff)
    from goproxyctl.cli.checked import check, write_findings

    checked = check(selection.file, shell)
    write_findings(shell, selection, checked)
    return 0 if checked.valid else 1

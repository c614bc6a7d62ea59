"""``goproxyctl validate``."""

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import FILE_ONLY, Selection, selecting
from goproxyctl.cli.shell import Shell

EXAMPLE = "goproxyctl validate\ngoproxyctl validate -f examples/acme/policy.yaml --format sarif > goproxyctl.sarif"


@named("validate", example=EXAMPLE)
@selecting(FILE_ONLY, "text", "json", "sarif", "github", "gitlab")
def command(shell: Shell, selection: Selection) -> int:
    """Reports every problem of the policy."""
    from goproxyctl.cli.checked import check, write_findings

    checked = check(selection.file, shell)
    write_findings(shell, selection, checked)
    return 0 if checked.valid else 1

"""``goproxyctl schema``."""

from goproxyctl.cli.app import command as named
from goproxyctl.cli.shell import Shell


@named("schema", example="goproxyctl schema > policy.schema.json")
def command(shell: Shell) -> int:
    """Prints the JSON Schema of a policy."""
    from goproxyctl.policy import policy_schema
    from goproxyctl.report.document import as_json

    shell.out_bytes(as_json(policy_schema()).encode("ascii"))
    return 0

"""``goproxyctl completion``, and completion for PowerShell, which click does not have."""

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, get_completion_class

from goproxyctl.cli.app import app
from goproxyctl.cli.app import command as named
from goproxyctl.cli.shell import Shell

SHELLS = ("bash", "zsh", "fish", "powershell")
EXAMPLE = (
    "goproxyctl completion bash > ~/.local/share/bash-completion/completions/goproxyctl\n"
    "goproxyctl completion powershell | Out-String | Invoke-Expression"
)
VARIABLE = "_GOPROXYCTL_COMPLETE"

#: The words go through a variable, one on a line; the shell never runs what it completes.
#: Source: learn.microsoft.com, Register-ArgumentCompleter -Native.
_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })
    try {
        $env:%(complete_var)s = 'powershell_complete'
        $env:COMP_WORDS = $words -join "`n"
        $env:COMP_INCOMPLETE = $wordToComplete
        & %(prog_name)s | ForEach-Object {
            $type, $value, $help = $_ -split "`t", 3
            if ($type -eq 'plain') {
                if (-not $help) { $help = $value }
                [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
            }
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:COMP_WORDS, Env:COMP_INCOMPLETE -ErrorAction SilentlyContinue
    }
}
"""


class PowerShellComplete(ShellComplete):
    """Completion for Windows PowerShell 5.1 and PowerShell 7."""

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """The complete words before the cursor, and the word at it."""
        env = self.ctx_args["obj"].env
        return env.get("COMP_WORDS", "").split("\n")[1:], env.get("COMP_INCOMPLETE", "")

    def format_completion(self, item: CompletionItem) -> str:
        """A line for the script: kind, value, help."""
        return f"{item.type}\t{item.value}\t{(item.help or '').splitlines()[0] if item.help else ''}"


add_completion_class(PowerShellComplete)


@named("completion", example=EXAMPLE)
@click.argument("shell_name", metavar="SHELL", type=click.Choice(SHELLS))
def command(shell: Shell, shell_name: str) -> int:
    """Prints the completion script of a shell."""
    found = get_completion_class(shell_name)
    assert found is not None
    shell.out(found(app, {}, "goproxyctl", VARIABLE).source())
    return 0

"""The surroundings of one run, as main saw them, and the one way to speak to the person."""

import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import click

from goproxyctl.cli.language import Language
from goproxyctl.text import Text

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from goproxyctl.report.style import Style


class Shell(NamedTuple):
    """What the environment says, and the streams.

    ``colour``: whether standard output, and standard error, take colour. ``interactive``: whether a question can be
    asked and answered. Nothing below main reads the environment, the working directory or the clock.
    """

    env: Mapping[str, str]
    folder: str
    clock: Callable[[], "date"]
    language: Language
    colour: tuple[bool, bool] = (False, False)
    interactive: bool = False

    @property
    def cwd(self) -> "Path":
        """The working directory. Here as elsewhere in this module, what --help does not need is imported late."""
        from pathlib import Path

        return Path(self.folder)

    @property
    def today(self) -> "date":
        """Today's date."""
        return self.clock()

    def words(self, text: Text) -> str:
        """The message in the person's language."""
        return text.render(self.language.translate)

    def out(self, text: str) -> None:
        """Writes a report to standard output; a line end is added unless the report is empty or has one."""
        if text:
            _write(sys.stdout, text if text.endswith("\n") else text + "\n", colour=self.colour[0])

    def out_bytes(self, content: bytes) -> bool:
        """Writes an artifact to standard output, byte for byte; whether its reader stayed to the end."""
        stream = sys.stdout
        if stream is None:
            return False
        try:
            stream.flush()
            stream.buffer.write(content)
            stream.buffer.flush()
        except BrokenPipeError:
            silence(stream)
            return False
        return True

    def report(
        self, command: str, form: str, body: Callable[[], Mapping[str, Any]], text: Callable[["Style"], str]
    ) -> None:
        """Writes the report of a command in the form that was asked for, "json" or text; only that one is made."""
        if form == "json":
            from goproxyctl.report.document import document

            self.out(document(command, body()))
            return
        self.show(text)

    def show(self, text: Callable[["Style"], str]) -> None:
        """Writes a report to standard output, in colour where that is wanted."""
        from goproxyctl.report.style import Style

        self.out(text(Style(self.colour[0])))

    def save(self, file: str, content: bytes) -> None:
        """Writes a file that the person named."""
        (self.cwd / file).write_bytes(content)

    def err(self, text: Text) -> None:
        """Writes a remark to standard error: it never mixes with a report."""
        _write(sys.stderr, self.words(text) + "\n", colour=self.colour[1])

    def err_lines(self, text: str) -> None:
        """Writes a report that is about a failure to standard error."""
        _write(sys.stderr, text if text.endswith("\n") else text + "\n", colour=self.colour[1])

    def ask(self, question: Text, default: str = "") -> str:
        """The person's answer; the question goes to standard error, so that a report can be redirected."""
        hint = f" [{default}]" if default else ""
        _write(sys.stderr, f"{self.words(question)}{hint}: ", colour=self.colour[1])
        answer = sys.stdin.readline()
        if not answer:
            from goproxyctl.errors import GoproxyctlError

            raise GoproxyctlError(Text("cli.no-answer", "no answer; nothing was changed"))
        return answer.strip() or default

    def must_be_interactive(self, refusal: Text | None = None) -> None:
        """Refuses where nobody can be asked. Raises: click.UsageError."""
        if not self.interactive:
            default = Text("cli.needs-yes", "this needs a yes, and there is no terminal to ask on; add --yes")
            raise click.UsageError(self.words(refusal or default))

    def confirm(self, question: Text) -> bool:
        """Whether the person says yes. Raises: click.UsageError where nobody can be asked."""
        self.must_be_interactive()
        asked = Text("cli.confirm", "{question} Type yes to go on", question=question)
        return self.ask(asked).lower() in {"y", "yes", "是"}


def _write(stream: TextIO | None, text: str, *, colour: bool) -> None:
    """Writes, and goes on in silence when the reader went away: the work itself is finished all the same."""
    try:
        click.echo(text, file=stream, nl=False, color=colour)
    except BrokenPipeError:
        if stream is not None:
            silence(stream)


def silence(stream: TextIO) -> None:
    """Sends what is still in ``stream`` nowhere, so that neither we nor the interpreter trip over it again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def wants_colour(choice: str | None, env: Mapping[str, str], *, terminal: bool) -> bool:
    """Whether to colour: ``--color`` first, then NO_COLOR, FORCE_COLOR, and last whether it is a terminal.

    Source: no-color.org and force-color.org: a variable that is set and not empty counts.
    """
    if choice in {"always", "never"}:
        return choice == "always"
    if env.get("NO_COLOR"):
        return False
    if env.get("FORCE_COLOR"):
        return True
    return terminal and env.get("TERM") != "dumb"

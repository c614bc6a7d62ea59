"""The command line: the only part of goproxyctl that reads the environment, the working directory or the clock."""

import errno
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click

from goproxyctl.cli.app import app
from goproxyctl.cli.language import asked_for, choose_code, load_language, speaking
from goproxyctl.cli.shell import Shell, silence, wants_colour
from goproxyctl.cli.words import show_usage_error
from goproxyctl.text import Text, shown

if TYPE_CHECKING:
    from datetime import date

#: Exit codes: design.md 6. Those of reports (3: differences, 4: partly applied) come from the commands.
FAILED, USAGE, BUG, INTERRUPTED, TERMINATED = 1, 2, 70, 130, 143


_TO_FOLDER = Text("cli.name-folder", "name a folder")
_TO_RIGHTS = Text("cli.mend-rights", "name another place, or have its rights changed")
#: What to do about what the system says of a file that was named.
_ADVICE = {
    errno.ENOENT: Text("cli.check-path", "check the path"),
    errno.EISDIR: Text("cli.name-file", "name a file"),
    errno.ENOTDIR: _TO_FOLDER,
    errno.EEXIST: _TO_FOLDER,
    errno.EACCES: _TO_RIGHTS,
    errno.EPERM: _TO_RIGHTS,
    errno.EROFS: _TO_RIGHTS,
}


class _TerminatedError(BaseException):
    """SIGTERM arrived; not an Exception, so that nothing on the way takes it for a failure of its own."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line; the exit code. Nothing is raised, whatever happens."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    # No stranger's plugin runs in here; to look for one in every installed package costs a tenth of a validate.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        with _signals(), _uncollected():
            shell = _make_shell(arguments)
            with speaking(shell.language):
                return _finished(_run(shell, arguments))
    except KeyboardInterrupt:
        return _finished(INTERRUPTED)
    except _TerminatedError:
        return _finished(TERMINATED)


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for garbage in cycles meanwhile: what a command makes lives until it ends.

    The search took a fifth of the time of a status of 1,000 files.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _make_shell(arguments: Sequence[str]) -> Shell:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    choice = asked_for("--color", arguments)
    terminals = [_is_terminal(stream) for stream in (sys.stdin, sys.stdout, sys.stderr)]
    return Shell(
        env=dict(os.environ),
        folder=_working_folder(),
        clock=_today,
        language=load_language(choose_code(asked_for("--lang", arguments), os.environ)),
        colour=(
            wants_colour(choice, os.environ, terminal=terminals[1]),
            wants_colour(choice, os.environ, terminal=terminals[2]),
        ),
        interactive=terminals[0] and terminals[2],
    )


def _is_terminal(stream: object) -> bool:
    return isinstance(stream, TextIOWrapper) and not stream.closed and stream.isatty()


def _working_folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was deleted under us; only relative paths miss it
        return os.sep


def _today() -> "date":
    from datetime import date

    return date.today()  # noqa: DTZ011 - a waiver expires at the end of the day where its owner works


def _run(shell: Shell, arguments: Sequence[str]) -> int:
    """The exit code of the command."""
    if shell.env.get("_GOPROXYCTL_COMPLETE", "").startswith("powershell"):
        import goproxyctl.cli.completion  # noqa: F401 - click finds the shells that are registered
    try:
        code = app.main(arguments, prog_name="goproxyctl", standalone_mode=False, obj=shell)
    except click.Abort:
        return INTERRUPTED
    except SystemExit as done:  # how click ends a completion
        return done.code if isinstance(done.code, int) else 0
    except click.ClickException as error:
        show_usage_error(shell, error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the one place that turns every failure into words and an exit code
        return _failed(shell, error)
    return code if isinstance(code, int) else 0


def _failed(shell: Shell, error: Exception) -> int:
    from goproxyctl.errors import GoproxyctlError, PolicyError

    if isinstance(error, PolicyError):
        from goproxyctl.report.findings import findings_text
        from goproxyctl.report.style import Style

        shell.err_lines(findings_text(error.problems, shell.words, Style(shell.colour[1])))
    elif isinstance(error, GoproxyctlError):
        shell.err(Text("cli.error", "error: {what}", what=error.text))
    elif isinstance(error, OSError):
        shell.err(_system_error(error))
    else:
        _show_bug(shell, error)
        return BUG
    return FAILED


def _system_error(error: OSError) -> Text:
    what = errno.errorcode.get(error.errno or 0, "")
    if error.filename is None:
        return Text("cli.system", "error: {why} ({code})", why=error.strerror or "OSError", code=what)
    where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else str(error.filename)
    text = Text("cli.system-file", "error: {file}: {why} ({code})", file=where, why=error.strerror, code=what)
    advice = _ADVICE.get(error.errno or 0)
    return Text("finding.advised", "{what}; {advice}", what=text, advice=advice) if advice else text


def _show_bug(shell: Shell, error: Exception) -> None:
    if shell.env.get("GOPROXYCTL_DEBUG") == "1":
        import traceback

        shell.err_lines("\n".join(shown(line) for line in "".join(traceback.format_exception(error)).splitlines()))
    shell.err(
        Text(
            "cli.bug",
            "error: this is a bug in goproxyctl ({kind}); run again with GOPROXYCTL_DEBUG=1 and report what it prints, "
            "with the command",
            kind=type(error).__name__,
        )
    )


def _finished(code: int) -> int:
    """``code``, once everything is written; a disk that is full is a failure, a reader that went away is not."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError as error:
            silence(stream)
            if not isinstance(error, BrokenPipeError):
                return code or FAILED
    return code


@contextmanager
def _signals() -> Iterator[None]:
    """SIGTERM ends the run as Ctrl-C does: what is open is closed, the lock released."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        """Raises wherever the main thread is, so that every ``finally`` on the way runs."""
        raise _TerminatedError

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

"""How far a long apply has come: a bar on a terminal, and nothing anywhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from goproxyctl.cli.shell import Shell
from goproxyctl.resource import Result
from goproxyctl.text import Text

#: Fewer changes than this are done before a bar could be read.
MANY = 50


@contextmanager
def progress(shell: Shell, count: int) -> Iterator[Callable[[Result], None]]:
    """A function to call with each result."""
    if count < MANY or not shell.interactive:
        yield lambda _result: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True, no_color=not shell.colour[1])
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(shell.words(Text("apply.progress", "applying")), total=count)
        yield lambda _result: bar.advance(task)

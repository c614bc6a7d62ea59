"""What a command finds where it looks, and how it shows that: in one place, or in each of several clusters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from goproxyctl.cli.options import Selection
from goproxyctl.cli.session import Session, open_session
from goproxyctl.cli.shell import Shell
from goproxyctl.report.style import Style, Words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class View(Generic[T]):
    """How a command shows what it found, and whether that differs from the policy."""

    command: str
    body: Callable[[T], Mapping[str, Any]]
    text: Callable[[T, Words, Style], str]
    differs: Callable[[T], bool]


def look(
    shell: Shell, selection: Selection, ask: Callable[[Session], T], view: View[T], *, today: date | None = None
) -> int:
    """Reports what ``ask`` finds. The exit code: 3 when something differs."""
    if selection.several:
        from goproxyctl.cli.contexts import look_at_all

        return look_at_all(shell, selection, ask, view, today=today)
    found = ask(open_session(shell, selection, today=today))
    shell.report(
        view.command, selection.form, lambda: view.body(found), lambda style: view.text(found, shell.words, style)
    )
    return 3 if view.differs(found) else 0

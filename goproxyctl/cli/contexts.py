"""Several clusters, side by side: what a command finds in each, in one report with one exit code."""

import errno
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TypeVar

from goproxyctl.cli.abreast import abreast
from goproxyctl.cli.looking import View
from goproxyctl.cli.options import Selection
from goproxyctl.cli.session import Session, open_session
from goproxyctl.cli.shell import Shell
from goproxyctl.errors import GoproxyctlError, PolicyError
from goproxyctl.report.contexts import DIFFERENCES, Part, closing_text, contexts_body, sections
from goproxyctl.report.results import NOTHING_APPLIED
from goproxyctl.text import Text

T = TypeVar("T")

#: How many clusters are under way at once.
MOST_CLUSTERS = 8


def look_at_all(
    shell: Shell, selection: Selection, ask: Callable[[Session], T], view: View[T], *, today: date | None
) -> int:
    """Reports what ``ask`` finds in each cluster. 1: one of them could not be asked, whatever the others say."""
    parts = [_part(name, found, view) for name, found in _ask_all(open_contexts(shell, selection, today=today), ask)]
    shell.report(
        view.command,
        selection.form,
        lambda: contexts_body(parts, view.body),
        lambda style: (
            sections(parts, lambda found: view.text(found, shell.words, style), shell.words, style)
            + closing_text(parts, shell.words, style)
        ),
    )
    codes = {part.code for part in parts}
    return NOTHING_APPLIED if NOTHING_APPLIED in codes else max(codes)


def open_contexts(shell: Shell, selection: Selection, *, today: date | None = None) -> list[tuple[str, Session]]:
    """Each context that is asked for with a session of its own; the policy is read once, so that all get the same.

    Raises: PolicyError, StoreError; click.UsageError when the command acts on no cluster.
    """
    from goproxyctl.stores.contexts import find_contexts

    session = open_session(shell, selection, today=today, offline=True)
    return [(name, session.connected(name)) for name in find_contexts(session.access(), selection.contexts)]


def side_by_side(jobs: Sequence[Callable[[], None]], sessions: Sequence[Session]) -> None:
    """Does the jobs of these sessions, a bounded number at once; Ctrl-C ends what their clusters are asked."""

    def halt() -> None:
        """Ends what each API server is asked, so that every thread can record what is done."""
        for session in sessions:
            if session.cluster:
                session.cluster.cluster.halt()

    abreast(jobs, MOST_CLUSTERS, halt)


def tried(job: Callable[[], T]) -> tuple[T | None, Text | None]:
    """What the job gives, or why it cannot: that stops no other cluster. Raises: PolicyError, which is about all."""
    try:
        return job(), None
    except PolicyError:
        raise
    except GoproxyctlError as error:
        return None, error.text
    except OSError as error:
        what = errno.errorcode.get(error.errno or 0, "")
        return None, Text("contexts.system", "{why} ({code})", why=error.strerror or "OSError", code=what)


def _ask_all(
    sessions: Sequence[tuple[str, Session]], ask: Callable[[Session], T]
) -> list[tuple[str, tuple[T | None, Text | None]]]:
    """What is found in each, in their order, whichever is the first to answer."""
    found: dict[str, tuple[T | None, Text | None]] = {}

    def ask_one(name: str, session: Session) -> None:
        """In a thread of its own; each writes another name, so nothing has to be locked."""
        found[name] = tried(lambda: ask(session))

    side_by_side([partial(ask_one, name, session) for name, session in sessions], [session for _, session in sessions])
    return [(name, found[name]) for name, _ in sessions]


def _part(name: str, found: tuple[T | None, Text | None], view: View[T]) -> Part[T]:
    answer, error = found
    if answer is None:
        return Part(name, None, error, NOTHING_APPLIED)
    return Part(name, answer, None, DIFFERENCES if view.differs(answer) else 0)

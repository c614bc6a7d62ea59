"""The two comparisons of ``diff``: the policy with what is there, and the policy with itself at another revision."""

from dataclasses import replace
from functools import partial

import click

from goproxyctl.cli.looking import View, look
from goproxyctl.cli.options import Selection
from goproxyctl.cli.reader import placed
from goproxyctl.cli.session import OFFLINE_WORLDS, ONE_CONTEXT, Session, informed
from goproxyctl.cli.shell import Shell
from goproxyctl.desired import make_desired
from goproxyctl.errors import PolicyError
from goproxyctl.gitrepo import Revision, open_revision
from goproxyctl.policy import load_policy
from goproxyctl.report.difference import Difference, difference_body, difference_text
from goproxyctl.report.markdown import difference_markdown
from goproxyctl.report.style import Style, Words
from goproxyctl.resource import Change, Desired, Reason
from goproxyctl.text import Text


def compare(shell: Shell, selection: Selection, revision: str | None) -> int:
    """Reports what differs. The exit code."""
    markdown = selection.form == "markdown"
    if selection.several and (markdown or revision):
        raise click.UsageError(shell.words(ONE_CONTEXT))
    if revision and selection.world == "tree":
        selection = selection._replace(world="all")
    view = View("diff", difference_body, _markdown if markdown else difference_text, lambda found: bool(found.changes))
    return look(shell, selection, partial(compare_revision, name=revision) if revision else compare_live, view)


def _markdown(found: Difference, words: Words, _style: Style) -> str:
    return difference_markdown(found, words)


def compare_live(session: Session) -> Difference:
    """What apply would change."""
    plan = session.plan(session.wanted(), session.ledgers.load())
    return Difference(plan.changes, len(plan.in_sync), None, dict(plan.notes))


def compare_revision(session: Session, name: str) -> Difference:
    """What every artifact gains and loses when the policy at ``name`` becomes the one that is here."""
    session = replace(session, cluster=None)  # revisions are compared with each other: no cluster is asked
    folder = session.folder
    within = folder.path.relative_to(folder.top).as_posix() if folder.path.is_relative_to(folder.top) else "."
    revision = open_revision(folder.top, within, name, session.shell.env.get("PATH", ""))
    before = _of_revision(session, revision)
    return _difference(before, session.desired(), session, name)


def _of_revision(session: Session, revision: Revision) -> Desired:
    """What the policy desired then. Raises: PolicyError whose places name the revision."""
    try:
        with placed(session.folder):
            policy = load_policy(session.file, revision.read, profile=session.selection.profile, today=None)
            return make_desired(informed(policy, session.shell, session.selection))
    except PolicyError as error:
        at = [
            p._replace(position=p.position._replace(file=f"{revision.name}:{p.position.file}")) for p in error.problems
        ]
        raise PolicyError(at) from error


def _difference(before: Desired, after: Desired, session: Session, name: str) -> Difference:
    """The changes between two desired states, in the order of writing."""
    changes: list[Change] = []
    same = 0
    chosen = session.selection.targets
    for address in sorted({*before, *after}, key=lambda a: a.sort_key()):
        then, now = before.get(address), after.get(address)
        target = now.target if now else then.target if then else ""
        if address.world not in OFFLINE_WORLDS[session.selection.world] or (chosen and target not in chosen):
            continue
        contents = then.content if then else None, now.content if now else None
        if contents[0] == contents[1]:
            same += 1
        else:
            reason = Reason.POLICY if then and now else Reason.NEW if now else Reason.PRUNE
            changes.append(Change(address, *contents, reason, target))
    return Difference(tuple(changes), same, Text("diff.since", "since {revision}", revision=name), {})

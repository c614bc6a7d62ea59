"""The two comparisons of ``diff``: the policy with what is there, and the policy with itself at another revision."""

from goproxyctl.cli.options import Selection
from goproxyctl.cli.reader import placed
from goproxyctl.cli.session import OFFLINE_WORLDS, Session, informed, open_session
from goproxyctl.cli.shell import Shell
from goproxyctl.desired import make_desired
from goproxyctl.errors import PolicyError
from goproxyctl.gitrepo import Revision, open_revision
from goproxyctl.policy import load_policy
from goproxyctl.report.difference import Difference
from goproxyctl.resource import Change, Desired, Reason
from goproxyctl.text import Text


def compare_live(shell: Shell, selection: Selection) -> Difference:
    """What apply would change."""
    session = open_session(shell, selection)
    plan = session.plan(session.wanted(), session.ledgers.load())
    return Difference(plan.changes, len(plan.in_sync), None, dict(plan.notes))


def compare_revision(shell: Shell, selection: Selection, name: str) -> Difference:
    """What every artifact gains and loses when the policy at ``name`` becomes the one that is here."""
    selection = selection if selection.world != "tree" else selection._replace(world="all")
    session = open_session(shell, selection)
    folder = session.folder
    within = folder.path.relative_to(folder.top).as_posix() if folder.path.is_relative_to(folder.top) else "."
    revision = open_revision(folder.top, within, name, shell.env.get("PATH", ""))
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

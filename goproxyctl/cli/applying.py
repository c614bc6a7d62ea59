"""A plan shown, agreed to, carried out and reported: the same way for apply and remove."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from goproxyctl import __version__
from goproxyctl.apply import apply_plan
from goproxyctl.cli.options import Selection
from goproxyctl.cli.progress import progress
from goproxyctl.cli.session import WORLDS, Session, narrowed, open_session
from goproxyctl.cli.shell import Shell
from goproxyctl.plan import Plan, check_safe, make_plan
from goproxyctl.report.plan import plan_body, plan_text
from goproxyctl.report.results import results_body, results_code, results_text
from goproxyctl.report.style import Style
from goproxyctl.resource import Desired, Result
from goproxyctl.saved import Sealed, check_seal, open_seal
from goproxyctl.text import Text


@dataclass(frozen=True, slots=True)
class _Job:
    """What is about to be done: under which name, with which question; ``agreed``: nobody need be asked."""

    command: str
    question: Text
    agreed: bool


def apply_policy(shell: Shell, selection: Selection, *, yes: bool) -> int:
    """Makes live equal desired, once the person agreed. The exit code."""
    question = Text("apply.question", "Apply these changes?")
    if selection.several:
        from goproxyctl.cli.rollout import apply_contexts

        return apply_contexts(shell, selection, yes=yes, question=question)
    return _apply(shell, selection, _Job("apply", question, yes), lambda _plan, _desired: None)


def apply_saved(shell: Shell, selection: Selection, file: str) -> int:
    """Carries out a saved plan: plans again, and goes on only if that gives the same. The exit code."""
    sealed = open_seal((shell.cwd / file).read_bytes(), file)
    selection = selection._replace(world=_world(sealed), prune=sealed.prune, **sealed.asked._asdict())
    job = _Job("apply", Text("apply.question", "Apply these changes?"), agreed=True)
    return _apply(shell, selection, job, lambda plan, desired: check_seal(sealed, plan, desired, tool=__version__))


def _world(sealed: Sealed) -> str:
    return next(name for name, worlds in WORLDS.items() if worlds == sealed.worlds)


def _apply(shell: Shell, selection: Selection, job: _Job, check: Callable[[Plan, Desired], None]) -> int:
    session = open_session(shell, selection, today=shell.today)
    desired = session.wanted()
    _refuse_silence(shell, job)
    with session.ledgers.lock():
        plan = session.plan(desired, session.ledgers.load())
        check_safe(plan, max_deletes=selection.max_deletes)
        check(plan, desired)
        return _carry_out(session, plan, job)


def remove_all(shell: Shell, selection: Selection, *, yes: bool) -> int:
    """Deletes all that the owner has recorded, edited things excepted. The exit code."""
    session = open_session(shell, selection)
    job = _Job("remove", Text("remove.question", "Remove all of this?"), yes)
    _refuse_silence(shell, job)
    with session.ledgers.lock():
        ledger = session.ledgers.load()
        plan = make_plan(
            {}, session.live({}, ledger), ledger, owner=session.policy.owner, prune=True, worlds=session.worlds
        )
        return _carry_out(session, narrowed(plan, {}, selection.targets) if selection.targets else plan, job)


def _refuse_silence(shell: Shell, job: _Job) -> None:
    """Refuses before anything is locked or read when nobody could answer."""
    if not job.agreed:
        shell.must_be_interactive()


def _carry_out(session: Session, plan: Plan, job: _Job) -> int:
    shell = session.shell
    if session.selection.form == "text":
        shell.show(lambda style: plan_text(plan, shell.words, style))
    if plan.pending and not job.agreed and not _agreed(session, plan, job):
        shell.err(Text("cli.declined", "nothing was changed"))
        return 1
    with progress(shell, len(plan.pending)) as advance:
        results = apply_plan(plan, session.stores, session.ledgers, owner=plan.owner, on_result=advance)
    _report(session, plan, results, job)
    return results_code(results)


def _agreed(session: Session, plan: Plan, job: _Job) -> bool:
    """Whether the person says yes; where the report is JSON, they see the plan on standard error."""
    shell = session.shell
    if session.selection.form != "text":
        shell.err_lines(plan_text(plan, shell.words, Style(shell.colour[1])))
    return shell.confirm(job.question)


def _report(session: Session, plan: Plan, results: Sequence[Result], job: _Job) -> None:
    shell = session.shell
    if session.selection.form == "text" and not plan.pending:
        return
    shell.report(
        job.command,
        session.selection.form,
        lambda: {"plan": plan_body(plan), **results_body(results)},
        lambda style: "\n" + results_text(results, shell.words, style),
    )

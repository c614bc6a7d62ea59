"""``apply`` for several contexts: planned side by side, agreed to once, carried out side by side, one report."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from goproxyctl.apply import apply_plan
from goproxyctl.cli.contexts import open_contexts, side_by_side, tried
from goproxyctl.cli.options import Selection
from goproxyctl.cli.progress import progress
from goproxyctl.cli.session import Session
from goproxyctl.cli.shell import Shell
from goproxyctl.plan import Plan, check_safe
from goproxyctl.report.contexts import DIFFERENCES, Part, closing_text, contexts_body, sections
from goproxyctl.report.plan import plan_body, plan_text
from goproxyctl.report.results import NOTHING_APPLIED, PARTLY_APPLIED, results_body, results_code, results_text
from goproxyctl.report.style import Style
from goproxyctl.resource import Outcome, Result
from goproxyctl.text import Text

UNFINISHED = Text("contexts.unfinished", "not finished; run again")


@dataclass(slots=True)
class _Site:
    """One context and how far it has come: only the thread that works on it changes it."""

    context: str
    session: Session
    plan: Plan | None = None
    results: list[Result] = field(default_factory=list)
    error: Text | None = None

    @property
    def pending(self) -> int:
        """How many changes are to be made here."""
        return len(self.plan.pending) if self.plan else 0


def apply_contexts(shell: Shell, selection: Selection, *, yes: bool, question: Text) -> int:
    """Makes every cluster equal to the policy, once the person agreed to all of it. The exit code."""
    sites = [_Site(name, session) for name, session in open_contexts(shell, selection, today=shell.today)]
    if not yes:
        shell.must_be_interactive()
    with ExitStack() as locks:
        for site in sites:
            locks.enter_context(site.session.ledgers.lock())
        side_by_side([partial(_make_plan, site) for site in sites], [site.session for site in sites])
        if selection.form == "text":
            shell.show(partial(_plans_text, shell, sites))
        if any(site.pending for site in sites) and not yes and not _agreed(shell, selection, sites, question):
            shell.err(Text("cli.declined", "nothing was changed"))
            return NOTHING_APPLIED
        try:
            _carry_out_all(shell, [site for site in sites if site.plan])
        finally:  # what is done is said even when Ctrl-C ends it here
            _report(shell, selection.form, sites)
    return _code(sites)


def _make_plan(site: _Site) -> None:
    site.plan, site.error = tried(lambda: _planned(site.session))


def _planned(session: Session) -> Plan:
    plan = session.plan(session.wanted(), session.ledgers.load())
    check_safe(plan, max_deletes=session.selection.max_deletes)
    return plan


def _plans_text(shell: Shell, sites: Sequence[_Site], style: Style) -> str:
    parts = [
        Part(s.context, s.plan, s.error, DIFFERENCES if s.plan and s.plan.changes else int(bool(s.error)))
        for s in sites
    ]
    return sections(parts, lambda plan: plan_text(plan, shell.words, style), shell.words, style)


def _agreed(shell: Shell, selection: Selection, sites: Sequence[_Site], question: Text) -> bool:
    if selection.form != "text":
        shell.err_lines(_plans_text(shell, sites, Style(shell.colour[1])))
    return shell.confirm(question)


def _carry_out_all(shell: Shell, sites: Sequence[_Site]) -> None:
    """Carries out every plan. Interrupted, no write begins any more, and each ledger says what was done."""
    for site in sites:
        site.error = UNFINISHED if site.pending else None
    with progress(shell, sum(site.pending for site in sites)) as advance:
        side_by_side([partial(_carry_out, site, advance) for site in sites], [site.session for site in sites])


def _carry_out(site: _Site, advance: Callable[[Result], None]) -> None:
    session, plan = site.session, site.plan
    assert plan is not None, "only what was planned is carried out"

    def note(result: Result) -> None:
        """Kept as it happens: after an interruption the report says what was done until then."""
        site.results.append(result)
        advance(result)

    def carry_out() -> None:
        apply_plan(plan, session.stores, session.ledgers, owner=plan.owner, on_result=note)

    _, site.error = tried(carry_out)


def _report(shell: Shell, form: str, sites: Sequence[_Site]) -> None:
    parts = [Part(s.context, s if s.plan else None, s.error, _code([s])) for s in sites]
    changed = [part for part, site in zip(parts, sites, strict=True) if site.pending or (site.plan and site.error)]
    shell.report(
        "apply",
        form,
        lambda: contexts_body(parts, _site_body),
        lambda style: (
            ("\n" + sections(changed, lambda site: results_text(site.results, shell.words, style), shell.words, style)
             if changed else "") + closing_text(parts, shell.words, style)
        ),
    )  # fmt: skip


def _site_body(site: _Site) -> dict[str, Any]:
    return {"plan": plan_body(site.plan) if site.plan else None, **results_body(site.results)}


def _code(sites: Sequence[_Site]) -> int:
    """As for one cluster, over all of them: 0 all done, 4 partly, 1 nothing of what was to be done."""
    results = [result for site in sites for result in site.results]
    if any(site.error for site in sites):
        return PARTLY_APPLIED if any(result.outcome is Outcome.DONE for result in results) else NOTHING_APPLIED
    return results_code(results)

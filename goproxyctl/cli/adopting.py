"""Ownership of what is there already."""

from goproxyctl.cli.options import Selection
from goproxyctl.cli.session import open_session
from goproxyctl.cli.shell import Shell
from goproxyctl.ledger import make_adoption
from goproxyctl.report.adoption import adoption_body, adoption_text
from goproxyctl.report.results import NOTHING_APPLIED, PARTLY_APPLIED
from goproxyctl.report.style import Style
from goproxyctl.text import Text


def adopt(shell: Shell, selection: Selection, *, yes: bool) -> int:
    """Records, once the person agreed. The exit code."""
    session = open_session(shell, selection)
    desired = {at: r for at, r in session.wanted(selection.targets or None).items() if at.world in session.worlds}
    if not yes:
        shell.must_be_interactive()
    with session.ledgers.lock():
        ledger = session.ledgers.load()
        live = session.live(desired, ledger)
        adoption = make_adoption(desired, live, ledger, owner=session.policy.owner, worlds=session.worlds)
        if selection.form == "text":
            shell.show(lambda style: adoption_text(adoption, desired, live, shell.words, style))
        elif not yes:
            shell.err_lines(adoption_text(adoption, desired, live, shell.words, Style(shell.colour[1])))
        if adoption.adopted and not yes and not shell.confirm(Text("adopt.question", "Record these as ours?")):
            shell.err(Text("cli.declined", "nothing was changed"))
            return NOTHING_APPLIED
        session.ledgers.save(adoption.ledger)
    if selection.form == "json":
        shell.report("adopt", "json", lambda: adoption_body(adoption), lambda _style: "")
    if not adoption.refused:
        return 0
    return PARTLY_APPLIED if adoption.adopted else NOTHING_APPLIED

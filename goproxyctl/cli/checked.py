"""A policy checked whole: all that is wrong with it, or worth a remark."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from goproxyctl import __version__
from goproxyctl.cli.expecting import unkept_expectations
from goproxyctl.cli.options import Selection
from goproxyctl.cli.reader import Folder, open_folder, placed, placed_problem
from goproxyctl.cli.shell import Shell
from goproxyctl.desired import make_desired
from goproxyctl.errors import PolicyError, Problem, Severity
from goproxyctl.intent import Facts
from goproxyctl.policy import load_policy
from goproxyctl.policy.layers import Reader
from goproxyctl.report.findings import findings_body, findings_text, github_annotations, gitlab_report
from goproxyctl.report.style import Paint, Style, joined
from goproxyctl.text import Text


class Checked(NamedTuple):
    """What a check found. ``targets``: how many the policy has, None when it is not even a policy."""

    problems: Sequence[Problem]
    targets: int | None

    @property
    def valid(self) -> bool:
        """Whether nothing stops render, plan and apply."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


def check(file: str, shell: Shell) -> Checked:
    """Loads the policy and makes what it desires. Raises: StoreError when there is nothing to load."""
    folder, name = open_folder(file, shell.cwd)
    return check_files(folder, name, shell, folder.read)


def check_files(folder: Folder, name: str, shell: Shell, read: Reader) -> Checked:
    """As `check`, for files as ``read`` gives them."""
    try:
        with placed(folder):
            policy = load_policy(name, read, today=shell.today)
            make_desired(policy.knowing(Facts(supposed=True)))
    except PolicyError as error:
        return Checked(error.problems, None)
    problems = (*policy.problems, *unkept_expectations(folder, policy))
    return Checked([placed_problem(problem, folder) for problem in problems], len(policy.targets))


def write_findings(shell: Shell, selection: Selection, checked: Checked) -> None:
    """The report in the form that was asked for."""
    if write_exported(shell, selection.form, checked.problems):
        return
    shell.report(
        "validate",
        selection.form,
        lambda: {"file": selection.file, "valid": checked.valid, **findings_body(checked.problems)},
        lambda style: _text(shell, selection, checked, style),
    )


def write_exported(shell: Shell, form: str, problems: Sequence[Problem]) -> bool:
    """Writes the findings as another program reads them; whether ``form`` is one of theirs."""
    exported: dict[str, Callable[[Sequence[Problem]], str]] = {
        "sarif": _sarif,
        "github": github_annotations,
        "gitlab": gitlab_report,
    }
    if form in exported:
        shell.out(exported[form](problems))
    return form in exported


def _sarif(problems: Sequence[Problem]) -> str:
    from goproxyctl.report.sarif import sarif_report

    return sarif_report(problems, __version__)


def _text(shell: Shell, selection: Selection, checked: Checked, style: Style) -> str:
    found = findings_text(checked.problems, shell.words, style)
    if not checked.valid:
        return found
    valid = Text("validate.valid", "{file}: valid; targets: {count}", file=selection.file, count=checked.targets)
    return found + joined([style(shell.words(valid), Paint.STRONG)])

"""`validate --fix`: what can be mended beyond doubt is mended in the files of the policy, until nothing is left."""

from collections.abc import Mapping
from typing import NamedTuple

from goproxyctl.cli.checked import Checked, check_files, write_exported, write_findings
from goproxyctl.cli.options import Selection
from goproxyctl.cli.reader import Folder, open_folder
from goproxyctl.cli.shell import Shell
from goproxyctl.errors import Edit, Problem, StoreError
from goproxyctl.policy.mending import mend
from goproxyctl.report.findings import findings_body, findings_text
from goproxyctl.report.fixing import changes_text, fixed_body, fixed_text
from goproxyctl.report.style import Style
from goproxyctl.text import Text

#: One change may open the way for the next: a pattern that matches something now may lack its other half.
_ROUNDS = 10


class _Files:
    """The files of a policy as they are, and as they are to be."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.before: dict[str, bytes] = {}
        self.after: dict[str, bytes] = {}

    def read(self, name: str) -> bytes:
        """A file as it is to be, by its name relative to the policy. Raises: StoreError."""
        if name not in self.after:
            self.before[name] = self.after[name] = self.folder.read(name)
        return self.after[name]

    def changed(self) -> Mapping[str, tuple[bytes, bytes]]:
        """What each file that changes is and is to be."""
        pairs = {name: (before, self.after[name]) for name, before in self.before.items()}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


class _Fixed(NamedTuple):
    """What was mended, what is left, and the files."""

    done: tuple[Problem, ...]
    left: Checked
    files: _Files


def fix_policy(shell: Shell, selection: Selection, *, write: bool) -> int:
    """Mends the policy and reports; without ``write`` only shows the changes. Returns the exit code.

    Raises: StoreError when there is nothing to read, or a file cannot be written.
    """
    fixed = _fix(shell, selection.file)
    if write:
        for name, (before, after) in fixed.files.changed().items():
            write_back(fixed.files.folder, name, before, after)
        _report(shell, selection, fixed)
        return 0 if fixed.left.valid else 1
    shell.show(lambda style: changes_text(_named(fixed.files), shell.words, style))
    shell.err_lines(
        findings_text(fixed.left.problems, shell.words, Style(shell.colour[1])) + shell.words(_would(fixed))
    )
    return 1 if not fixed.left.valid else 3 if fixed.done else 0


def _fix(shell: Shell, file: str) -> _Fixed:
    folder, name = open_folder(file, shell.cwd)
    files, done = _Files(folder), []
    for _ in range(_ROUNDS):
        left = check_files(folder, name, shell, files.read)
        mended = _mend(files, name, left)
        if not mended:
            break
        done += mended
    return _Fixed(tuple(done), left, files)


def _mend(files: _Files, policy: str, found: Checked) -> list[Problem]:
    """One round: the edits of each file, as far as they can be made; the problems that they mend."""
    wanted = [(problem, problem.edit) for problem in found.problems if problem.edit]
    # A waiver of a base that is of no use here may be of use to another policy.
    wanted = [(problem, edit) for problem, edit in wanted if problem.rule != "waiver-unused" or edit.file == policy]
    done: set[Edit] = set()
    for name in dict.fromkeys(edit.file for _, edit in wanted):
        mended = mend(files.read(name), [edit for _, edit in wanted if edit.file == name])
        files.after[name] = mended.content
        done |= {*mended.done}
    return [problem for problem, edit in wanted if edit in done]


def write_back(folder: Folder, name: str, before: bytes, after: bytes) -> None:
    """Replaces a file of the policy, whole, unless it is no longer ``before``. Raises: StoreError."""
    import os

    from goproxyctl.stores.atomic import MovedError, replace_file
    from goproxyctl.stores.folder import Spot

    real = os.path.relpath(os.path.realpath(folder.path / name), folder.top)
    *folders, last = real.split(os.sep)
    try:
        replace_file(Spot(str(folder.top), tuple(folders), last, folder.name(name)), before, after)
    except MovedError as error:
        raise StoreError(
            Text("fix.moved", "{file}: somebody changed it meanwhile; run it again", file=folder.name(name))
        ) from error


def _report(shell: Shell, selection: Selection, fixed: _Fixed) -> None:
    if selection.form == "text":
        shell.show(lambda style: fixed_text(fixed.done, shell.words, style))
        write_findings(shell, selection, fixed.left)
    elif not write_exported(shell, selection.form, fixed.left.problems):
        left = fixed.left
        shell.report(
            "validate",
            selection.form,
            lambda: {
                "file": selection.file,
                "valid": left.valid,
                **findings_body(left.problems),
                **fixed_body(fixed.done),
            },
            lambda _: "",
        )


def _named(files: _Files) -> Mapping[str, tuple[bytes, bytes]]:
    return {files.folder.name(name): pair for name, pair in files.changed().items()}


def _would(fixed: _Fixed) -> Text:
    return Text(
        "fix.would", "would fix: {count}, in files: {files}", count=len(fixed.done), files=len(fixed.files.changed())
    )

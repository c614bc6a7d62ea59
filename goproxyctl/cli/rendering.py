"""What ``render`` does with the artifacts: print, write, or compare."""

import hashlib
from collections.abc import Mapping

from goproxyctl.cli.artifacts import artifacts, as_stream, refuse_nothing, without_blocks
from goproxyctl.cli.options import Selection
from goproxyctl.cli.outfolder import OutFolder
from goproxyctl.cli.session import OFFLINE_WORLDS, open_session
from goproxyctl.cli.shell import Shell
from goproxyctl.report.artifacts import artifacts_text, folder_body, folder_text, index_body
from goproxyctl.report.style import Style


def rendered(shell: Shell, selection: Selection, *, stream: bool) -> dict[str, bytes]:
    """The artifacts of the chosen targets and worlds. Reads the policy's own files, no clock."""
    session = open_session(shell, selection, offline=True)
    desired = session.desired(selection.targets or None)
    worlds = OFFLINE_WORLDS[selection.world]
    chosen = {address: r for address, r in desired.items() if address.world in worlds}
    return artifacts(without_blocks(chosen) if stream else chosen)


def print_artifacts(shell: Shell, selection: Selection, made: Mapping[str, bytes], *, stream: bool) -> int:
    """All or nothing: everything was rendered before the first byte is printed.

    A stream that nobody took is a failure: who reads half of it would delete what the other half states.
    """
    if stream:
        return 0 if shell.out_bytes(as_stream(made)) else 1
    if selection.form == "json":
        shell.report("render", "json", lambda: index_body(_sums(made), made), lambda _: "")
    else:
        shell.out_bytes(artifacts_text(made, Style(shell.colour[0])))
    return 0


def write_artifacts(shell: Shell, selection: Selection, made: Mapping[str, bytes], output: str, *, check: bool) -> int:
    """Brings a folder up to date, or tells whether it is: then 3 where it is not."""
    folder = OutFolder(shell.cwd / output, output.rstrip("/"))
    if not check and folder.listed():
        refuse_nothing(made)
    changes = folder.compare(made) if check else folder.write(made)
    shell.report(
        "render",
        selection.form,
        lambda: folder_body(_sums(made), changes, written=not check),
        lambda style: folder_text(folder.shown, len(made), changes, shell.words, style, written=not check),
    )
    return 3 if check and changes else 0


def _sums(made: Mapping[str, bytes]) -> dict[str, str]:
    return {path: hashlib.sha256(content).hexdigest() for path, content in made.items()}

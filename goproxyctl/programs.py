"""Where a program of the person is: the folders of PATH, and never the working directory, which may be anybody's."""

import os
import sys

#: What Windows starts by a bare name. Batch files among them: they take their arguments apart once more.
_PROGRAMS, _BATCH = (".com", ".exe"), (".bat", ".cmd")


def find_program(name: str, search: str, *, batch: bool = False) -> str | None:
    """The program that a shell would run, by its full path; a relative folder in ``search`` is not looked into.

    Shape: ``search`` as PATH. ``batch``: whether a batch file will do, on Windows. Not shutil.which: there that looks
    into the working directory first, whatever path it is given.
    """
    windows = sys.platform == "win32"
    endings = (*_PROGRAMS, *(_BATCH if batch else ())) if windows else ("",)
    for entry in search.split(os.pathsep):
        folder = entry.strip('"') if windows else entry
        if not os.path.isabs(folder):
            continue
        for ending in endings:
            found = os.path.join(folder, name + ending)
            if os.path.isfile(found) and os.access(found, os.X_OK):
                return found
    return None

"""The terminal sessions shown in the documents: found, run for real, compared or rewritten.

A block of three backticks and ``console`` is a session: ``$ command`` lines, each with its output. ``<!-- in FOLDER -->`` before it
starts afresh in a copy of that folder; without it the session goes on where the one before it in the document stopped.
Chinese documents run under a Chinese locale. ``make docs`` (``python -m tests.consoles --update``) rewrites the output.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = (
    *sorted(ROOT.glob("README*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
)
_SESSION = re.compile(r"(?:<!-- in (?P<folder>\S+) -->\n)?```console\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Session:
    """One block of a document: where it starts afresh (None: goes on), and its text."""

    folder: str | None
    body: str


def is_chinese(document: Path) -> bool:
    return ".zh" in document.name or "zh" in document.parent.parts


def sessions(text: str) -> Iterator[Session]:
    """The sessions of a document, in order."""
    for match in _SESSION.finditer(text):
        yield Session(match["folder"], match["body"])


def commands(body: str) -> list[str]:
    """The command lines of a session."""
    return [line[2:] for line in body.splitlines() if line.startswith("$ ")]


class Terminal:
    """A scratch home and folder in which the sessions of one document run."""

    def __init__(self, scratch: Path, *, chinese: bool) -> None:
        self.folder = scratch / "work"
        home = scratch / "home"
        home.mkdir()
        self.folder.mkdir()
        locale = "zh_CN.UTF-8" if chinese else "C.UTF-8"
        self.environment = {
            "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]),
            "HOME": str(home),
            "LANG": locale,
            "LC_ALL": locale,
            "COLUMNS": "100",
            "TZ": "UTC",
        }

    def start(self, folder: str) -> None:
        """A fresh copy of a folder of the repository, or an empty one ("empty"), under its own name."""
        self.folder = Path(tempfile.mkdtemp(dir=self.folder.parent)) / Path(folder).name
        if folder == "empty":
            self.folder.mkdir()
        else:
            shutil.copytree(ROOT / folder, self.folder)

    def play(self, session: Session) -> str:
        """The session's text as it comes out when run now."""
        if session.folder:
            self.start(session.folder)
        out, status = [], 0
        for command in commands(session.body):
            done = subprocess.run(
                ["sh", "-c", f"(exit {status}); {command}"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                timeout=60,
            )
            status = done.returncode
            lines = "".join(line.rstrip() + "\n" for line in done.stdout.splitlines())
            out.append(f"$ {command}\n{lines}")
        return "".join(out)


def played(document: Path) -> str:
    """The document with the output of every session as it is now."""
    with tempfile.TemporaryDirectory() as scratch:
        terminal = Terminal(Path(scratch), chinese=is_chinese(document))

        def again(match: re.Match[str]) -> str:
            head = f"<!-- in {match['folder']} -->\n" if match["folder"] else ""
            return f"{head}```console\n{terminal.play(Session(match['folder'], match['body']))}```"

        return _SESSION.sub(again, document.read_text(encoding="utf-8"))


def main() -> None:
    for document in DOCUMENTS:
        text = played(document)
        if text != document.read_text(encoding="utf-8"):
            document.write_text(text, encoding="utf-8")
            print("rewritten:", document.relative_to(ROOT))


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.consoles --update")
    main()

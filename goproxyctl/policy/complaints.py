"""The problems found so far, and how a place in a document is shown without showing a secret."""

import re
from collections.abc import Callable

from goproxyctl.errors import Edit, PolicyError, Position, Problem, Severity
from goproxyctl.policy.nodes import Mark
from goproxyctl.text import Text

#: Line breaks as ruamel.yaml counts them. Here and in other modules on the way of every start, patterns are texts:
#: most starts need none of them, and compiling one takes half a millisecond.
_BREAK = r"\r\n|\r|\n"
#: What a credential may look like in a line that is shown; each match is blanked out at its own width.
_SECRETS = (
    r"(?P<keep>[A-Za-z][A-Za-z0-9+.-]*:/{0,2})[^\s/?#\"'|,]*(?=@)",
    r"(?P<keep>://[^\s\"'?#]*[?#])[^\s\"']+",
    r"(?P<keep>(?i:\w*(?:pass|secret|token|cred|apikey|api_key)\w*[\"']?\s*[:=]\s*))[^\s,}\]]+",
)

#: More problems than that help nobody, and finding them all takes long.
MAX_PROBLEMS = 100
#: A longer line is not shown: nobody reads it, and looking for credentials takes time that grows with its square.
_LONGEST = 1000
#: A name that is safe to repeat; anything else may be a value that slipped into the place of a name.
_NAME = r"[A-Za-z][A-Za-z0-9_-]{0,39}"


class Complaints:
    """Collects problems; knows the lines of every file that was read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._texts: dict[str, str] = {}
        self._lines: dict[str, list[str]] = {}
        self._files: list[str] = []
        self._places: set[tuple[str, int, int]] = set()

    @property
    def full(self) -> bool:
        """Whether so much was found that it is time to stop looking."""
        return len(self.problems) > MAX_PROBLEMS

    def know(self, file: str, text: str) -> None:
        """Remembers the lines of a file, and that it comes after those known before."""
        self._texts[file] = text
        self._files.append(file)

    def position(self, mark: Mark, shown: int | None = None) -> Position:
        """``mark`` with its source line, without what may be a credential.

        ``shown``: how many characters from the mark on are shown; None: the whole line.
        """
        lines = self._lines_of(mark.file)
        line = lines[mark.line - 1] if 0 < mark.line <= len(lines) else ""
        line = hide_secrets(line) if len(line) <= _LONGEST else ""
        if shown is not None:
            line = line[: mark.column - 1 + shown]
        return Position(mark.file, mark.line, mark.column, line, mark.width)

    def _lines_of(self, file: str) -> list[str]:
        if file not in self._lines:
            self._lines[file] = re.split(_BREAK, self._texts.get(file, ""))
        return self._lines[file]

    def add(
        self,
        rule: str,
        at: Mark | Position,
        text: Text,
        advice: Text | None = None,
        *,
        severity: Severity = Severity.ERROR,
        edit: Edit | None = None,
    ) -> None:
        """Records a problem, with its source line unless its `position` is made already; ``edit`` is what mends it.

        What YAML itself complains about is not complained about again as the value of a field.
        """
        if self.full or (rule.startswith("field-") and at[:3] in self._places):
            return
        if rule.startswith("yaml-"):
            self._places.add(at[:3])
        position = self.position(at) if isinstance(at, Mark) else at
        problem = Problem(position, rule, severity, text, advice, edit)
        if len(self.problems) == MAX_PROBLEMS:
            more = Text("policy.more", "there are more problems; these are the first {count}", count=MAX_PROBLEMS)
            problem = Problem(problem.position, "yaml-limit", Severity.ERROR, more)
        self.problems.append(problem)

    def sorted(self) -> tuple[Problem, ...]:
        """All problems in the order of the files and of the places in them, each once."""
        unique = {(p.position.file, p.position.line, p.position.column, p.rule, str(p.text)): p for p in self.problems}
        return tuple(sorted(unique.values(), key=self._order()))

    def _order(self) -> Callable[[Problem], tuple[int, int, int, str]]:
        rank = {file: index for index, file in enumerate(self._files)}
        return lambda p: (rank.get(p.position.file, -1), p.position.line, p.position.column, p.rule)

    def stop(self) -> None:
        """Raises: PolicyError with all that was found, when any of it is an error."""
        if any(problem.severity is Severity.ERROR for problem in self.problems):
            raise PolicyError(self.sorted())


def hide_secrets(line: str) -> str:
    """``line`` with what may be a credential replaced by as many asterisks, so that columns stay right."""
    for pattern in _SECRETS:
        line = re.sub(pattern, lambda m: m["keep"] + "*" * (len(m[0]) - len(m["keep"])), line)
    return line


def brief(text: str) -> str:
    """``text``, or its beginning when it is too long for a message."""
    return text if len(text) <= 80 else text[:80] + "…"


def is_name(text: str) -> bool:
    """Whether ``text`` may be repeated in a message about a name."""
    return bool(re.fullmatch(_NAME, text))

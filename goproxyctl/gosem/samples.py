"""Module paths that stand for a glob, and for everything that no glob covers."""

import re
import string
from collections.abc import Iterable

from goproxyctl.gosem.globs import BadPatternError, match_path, matches, matches_any

#: Modules that everybody can fetch, best known first.
PUBLIC = ("golang.org/x/text", "github.com/pkg/errors", "gopkg.in/yaml.v3", "k8s.io/api", "go.uber.org/zap")

#: One step of a glob: an escaped character, a class, a run of stars, a question mark, or what stands for itself.
_STEP = re.compile(r"\\(?P<escaped>.)|(?P<class>\[\^?.[^\]]*\])|(?P<stars>\*+)|(?P<any>\?)|(?P<plain>.)", re.DOTALL)
_LETTERS = string.ascii_lowercase + string.digits + string.ascii_uppercase + "-_~."


def sample_of(glob: str) -> str | None:
    """A module path that the glob matches; None when there is none whose first part go takes for a host.

    Source: golang.org/x/mod/module, MatchPrefixPatterns and CheckPath.
    """
    bare = glob.removesuffix("/")
    made = "".join(_stand_in(step, bare) for step in _STEP.finditer(bare))
    host, slash, rest = made.partition("/")
    bases = [made, f"{host}.example{slash}{rest}"]
    paths = [path for base in bases for path in (f"{base}/app", base) if "." in base.partition("/")[0]]
    return next((path for path in paths if matches(glob, path)), None)


def _stand_in(step: re.Match[str], glob: str) -> str:
    """What stands for one step: as little as possible, but a word where a whole part may be anything."""
    if step["escaped"] or step["plain"]:
        return step["escaped"] or step["plain"]
    if step["stars"]:
        before, after = glob[: step.start()][-1:], glob[step.end() :][:1]
        return "" if before not in {"", "/", ".", "-"} and after in {"", "/"} else "team"
    return next((letter for letter in _LETTERS if _fits(step[0], letter)), "x")


def _fits(pattern: str, letter: str) -> bool:
    try:
        return match_path(pattern, letter)
    except BadPatternError:
        return False


def public_sample(globs: Iterable[str]) -> str | None:
    """A module that everybody can fetch and none of the globs covers; None when they cover all that we know."""
    covered = tuple(globs)
    return next((module for module in PUBLIC if not matches_any(covered, module)), None)

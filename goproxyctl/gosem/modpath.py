"""Module paths and versions as they stand in requests, and what kind of query a version is."""

import re
from enum import Enum

#: A version that is no prefix. Source: golang.org/x/mod/semver, parse.
_SEMVER = re.compile(
    r"v(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)"
    r"(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?"
    r"(?P<build>\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_PREFIX = re.compile(r"v(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))?", re.ASCII)
_UPPER = re.compile("[A-Z]")
#: Hosts whose repositories go knows without asking for a go-import tag, and how many path elements name one.
#: Source: golang/go cmd/go/internal/vcs/vcs.go, vcsPaths.
_KNOWN = re.compile(
    r"github\.com/[\w.\-]+/[\w.\-]+(?:/[\w.\-]+)*"
    r"|bitbucket\.org/[\w.\-]+/[\w.\-]+(?:/[\w.\-]+)*"
    r"|hub\.jazz\.net/git/[a-z0-9]+/[\w.\-]+(?:/[\w.\-]+)*"
    r"|git\.apache\.org/[a-z0-9_.\-]+\.git(?:/[\w.\-]+)*"
    r"|git\.openstack\.org/[\w.\-]+/[\w.\-]+(?:\.git)?(?:/[\w.\-]+)*"
    r"|chiselapp\.com/user/[A-Za-z0-9]+/repository/[\w.\-]+"
    r"|(?:[a-z0-9.\-]+\.)+[a-z0-9.\-]+(?::[0-9]+)?(?:/~?[\w.\-]+)+?\.(?:fossil|git|hg|svn)(?:/~?[\w.\-]+)*",
    re.ASCII,
)


class Query(Enum):
    """What stands behind the @: one version, a branch or commit, or a choice among the listed versions."""

    VERSION = "version"
    REVISION = "revision"
    LATEST = "latest"
    LISTED = "listed"


def query_of(version: str) -> Query:
    """Which kind of query ``version`` is.

    Source: golang/go cmd/go/internal/modload/query.go, newQueryMatcher and IsRevisionQuery.
    """
    if version == "latest":
        return Query.LATEST
    if version.startswith(("<", ">")) or is_prefix(version):
        return Query.LISTED
    return Query.VERSION if is_canonical(version) else Query.REVISION


def is_prefix(version: str) -> bool:
    """Whether ``version`` is the beginning of versions: v1 or v1.2."""
    return _PREFIX.fullmatch(version) is not None


def is_canonical(version: str) -> bool:
    """Whether ``version`` names one version in full. Source: golang.org/x/mod/module, CanonicalVersion."""
    form = _SEMVER.fullmatch(version)
    return form is not None and form["build"] in {None, "+incompatible"}


def escape(path: str) -> str:
    """A path or version for systems that ignore case: each upper-case letter becomes "!" and its small one.

    Source: golang.org/x/mod/module, EscapePath and EscapeVersion.
    """
    return _UPPER.sub(lambda upper: "!" + upper[0].lower(), path)


def host_of(path: str) -> str:
    """The host that a direct fetch of the module asks. Source: cmd/go/internal/vcs/vcs.go, urlForImportPath."""
    return path.partition("/")[0]


def has_known_repository(path: str) -> bool:
    """Whether go can tell the repository from the path alone, without a go-get request."""
    return _KNOWN.fullmatch(path) is not None

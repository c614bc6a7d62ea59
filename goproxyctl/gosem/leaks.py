"""Private patterns that do not keep names private: go takes them without a word, and the names go to strangers.

Source: golang.org/x/mod/module, MatchPrefixPatterns and CheckPath; go-semantics 3.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from goproxyctl.gosem.chain import HopKind, read_chain
from goproxyctl.gosem.globs import BadPatternError, match_path, matches_any
from goproxyctl.gosem.samples import sample_of
from goproxyctl.gosem.settings import Settings
from goproxyctl.gosem.version import NEWEST, GoVersion

#: The word for "matches nothing", where that is what is wanted. Source: go-semantics 1.2.
NONE = "none"

#: One step of a glob: an escaped character, a class, a wildcard, a slash, or a character that stands for itself.
_STEP = re.compile(r"\\(?P<escaped>.)|(?P<class>\[\^?.[^\]]*\])|(?P<wild>[*?])|(?P<slash>/)|(?P<plain>.)", re.DOTALL)
_IN_HOST = re.compile(r"[a-z0-9.-]")
_IN_PATH = re.compile(r"[A-Za-z0-9._~+-]")
_QUOTES = "\"'`\u201c\u201d\u2018\u2019"
#: What people put around or into a glob and no module path holds.
_MARKS = re.compile(rf"[\[\]{{}}()<>!{_QUOTES}]")
_PORT = re.compile(r":[0-9]+(?=/|$)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Leak:
    """Who learns the name of a private module that should not: a proxy of the chain, the checksum database."""

    proxy: bool
    sumdb: bool

    def __bool__(self) -> bool:
        return self.proxy or self.sumdb


@dataclass(frozen=True, slots=True)
class PatternFault:
    """An entry of a list of globs that does not do what it looks like.

    Shape: ``id`` is stable; ``meant`` are the globs to write instead (for apex and subdomains: to add), as far as they
    can be told; ``example`` is a module path that they cover and the list as it stands does not.
    """

    id: str
    index: int
    entry: str
    meant: tuple[str, ...]
    example: str


def would_leak(settings: Settings, module: str, go: GoVersion = NEWEST) -> Leak:
    """Whether the name of ``module``, which is private, leaves when go first fetches it.

    A chain that go refuses, or that begins with ``off`` or ``direct``, tells no proxy; nothing is looked up in the
    checksum database unless the module can be fetched.
    """
    chain = read_chain(settings.proxy, go)
    hops = () if chain.faults else chain.hops
    own = matches_any(settings.noproxy.split(","), module)
    proxied = not own and any(hop.url is not None and hop.url.scheme != "file" for hop in hops)
    fetched = bool(hops) and (own or hops[0].kind is not HopKind.OFF)
    looked_up = settings.sumdb != "off" and not matches_any(settings.nosumdb.split(","), module)
    return Leak(proxied, fetched and looked_up)


def pattern_faults(globs: str) -> Iterator[PatternFault]:
    """The entries of a list (GOPRIVATE and the like) that leave open what they were written to cover."""
    entries = globs.split(",")
    for index, entry in enumerate(entries):
        why = _why_dead(entry)
        meant = tuple(_meant(entry)) if why else tuple(_twins(entry))
        examples = [
            example for example in (sample_of(one) or one for one in meant) if not matches_any(entries, example)
        ]
        if examples or (why and not meant):
            yield PatternFault(why or _twin_id(entry), index, entry, meant, examples[0] if examples else "")


def _why_dead(entry: str) -> str:
    """Why the entry matches no module path, or none that was meant; "" when it does, or is meant to be empty."""
    if entry.strip() in {"", NONE}:
        return ""
    try:
        match_path(entry.removesuffix("/"), "")
    except BadPatternError:
        return "leak.bracket"
    reasons = (
        ("leak.carriage-return", entry.endswith("\r")),
        ("leak.separator", re.search(r"[;|\uff0c\uff1b]|\S\s+\S", entry) is not None),
        ("leak.bracket", re.search(r"\[[^\]]*\[", entry) is not None),
        ("leak.blank", entry != entry.strip()),
        ("leak.quotes", bool(set(entry) & set(_QUOTES))),
        ("leak.scheme", "://" in entry),
        ("leak.port", _PORT.search(entry) is not None),
        ("leak.backslash", re.search(r"\\[A-Za-z0-9]", entry) is not None),
        ("leak.dots", "..." in entry),
        ("leak.slash", "" in entry.removesuffix("/").split("/")),
        ("leak.dot", any(part[:1] == "." or part[-1:] == "." for part in entry.removesuffix("/").split("/"))),
    )
    found = next((reason for reason, holds in reasons if holds), "")
    return found or _why_unmatchable(entry.removesuffix("/"))


def _why_unmatchable(glob: str) -> str:
    """Source: golang.org/x/mod/module, checkPath and CheckPath: what a module path, and its host, can consist of."""
    allowed, dotted = _IN_HOST, False
    for step in _STEP.finditer(glob):
        if step["slash"]:
            allowed = _IN_PATH
        elif step["class"] or step["wild"]:
            dotted = dotted or allowed is _IN_HOST
        else:
            char = step["escaped"] or step["plain"]
            dotted = dotted or char == "."
            if not allowed.fullmatch(char):
                return "leak.upper-case" if "A" <= char <= "Z" else "leak.character"
    return "" if dotted else "leak.no-dot"


def _meant(entry: str) -> Iterator[str]:
    """The globs that were probably meant, as far as they can match something then."""
    for part in re.split(r"[;|\s\uff0c\uff1b]+", entry):
        glob = _SCHEME.sub("", re.sub(_MARKS, "", part), count=1).rpartition("@")[2]
        glob = _PORT.sub("", glob).replace("...", "")
        glob = re.sub(r"[/:\\]+", "/", glob).strip("/")
        glob = "*" + glob if glob.startswith(".") else glob
        host, slash, rest = glob.partition("/")
        glob = host.lower().rstrip(".") + slash + rest.rstrip(".")
        if glob and not _why_dead(glob):
            yield glob
            yield from _twins(glob)


def _twins(entry: str) -> Iterator[str]:
    """The other half of a domain: ``d`` for ``*.d``, and ``*.d`` for a ``d`` of two labels."""
    bare = entry.removesuffix("/")
    if set("/?[\\") & set(bare):
        return
    if bare.startswith("*.") and "*" not in bare[2:] and "." in bare[2:]:
        yield bare[2:]
    elif "*" not in bare and bare.count(".") == 1:
        yield f"*.{bare}"


def _twin_id(entry: str) -> str:
    return "leak.apex" if entry.startswith("*.") else "leak.subdomains"

"""Rules about private modules and the globs that name them."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from goproxyctl.errors import Severity
from goproxyctl.gosem.globs import matches, matches_any
from goproxyctl.intent import Role
from goproxyctl.rules.registry import Rule, each_stance
from goproxyctl.rules.subject import FieldPath, Finding, Findings, Fix, Stance
from goproxyctl.text import Text

if TYPE_CHECKING:
    from goproxyctl.gosem.leaks import PatternFault

#: Public modules of hosts that serve many owners: a glob that matches one of them is no private pattern.
PUBLIC_MODULES = (
    "golang.org/x/text",
    "golang.org/toolchain",
    "google.golang.org/grpc",
    "github.com/stretchr/testify",
    "github.com/pkg/errors",
    "gitlab.com/gitlab-org/api",
    "bitbucket.org/creachadair/shell",
    "gopkg.in/yaml.v3",
    "go.uber.org/zap",
    "k8s.io/api",
    "sigs.k8s.io/yaml",
    "cloud.google.com/go",
    "gitee.com/openeuler/go",
)
_HOST_STAR = r"[*?]+[^.*?/]"
_WILD = set("*?[")
#: A host, or a path below one, that nothing is odd about.
_PLAIN = r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(/[A-Za-z0-9_~+-]+(\.[A-Za-z0-9_~+-]+)*)*"

#: Faults of a glob that matches something, but not the other half of its domain.
_HALVES = frozenset({"leak.apex", "leak.subdomains"})
#: Faults that leave no doubt what was meant.
_CERTAIN = frozenset({"leak.dot", "leak.dots", "leak.upper-case"})
_NOTHING = Text("private-glob-syntax", "the pattern matches nothing")
_DEAD = {
    "leak.dot": Text(
        "private-glob-syntax.dot",
        "no part of a module path begins or ends with a dot; the pattern matches nothing",
    ),
    "leak.dots": Text(
        "private-glob-syntax.dots", "'...' matches nothing here; the pattern covers what is below by itself"
    ),
    "leak.upper-case": Text(
        "private-glob-syntax.case", "host names in module paths are lower case; the pattern matches nothing"
    ),
    "leak.bracket": Text("private-glob-syntax.class", "this class ('[…]') is malformed; the pattern matches nothing"),
    "leak.no-dot": Text(
        "private-glob-syntax.host", "a module path begins with a host that has a dot; the pattern matches nothing"
    ),
    "leak.character": Text(
        "private-glob-syntax.character", "a character here can stand in no module path; the pattern matches nothing"
    ),
}


def glob_syntax(stance: Stance) -> Findings:
    """Globs that go takes without a word and that match nothing."""
    for name, globs in _lists(stance).items():
        for fault in _faults(globs):
            if fault.id not in _HALVES:
                path = ("private", name, fault.index)
                certain = name == "modules" and fault.id in _CERTAIN and fault.meant
                fix = Fix("write", path, fault.meant[0]) if certain else None
                yield Finding(path, _DEAD.get(fault.id, _NOTHING), _written(fault.meant), fix=fix)


def apex(stance: Stance) -> Findings:
    """``*.d`` does not cover ``d`` itself; a domain of two labels alone does not cover its hosts."""
    for fault in _faults(stance.intent.private):
        if fault.id in _HALVES:
            path, twin = ("private", "modules", fault.index), fault.meant[0]
            yield Finding(
                path,
                Text("private-glob-apex", "the pattern does not cover {twin}", twin=twin),
                Text("private-glob-apex.advice", "add {quoted}", quoted=f'"{twin}"'),
                fix=Fix("after", path, twin),
            )


def _faults(globs: tuple[str, ...]) -> Iterable["PatternFault"]:
    """What `gosem.leaks` has to say, which most policies need not load: it has nothing to say of globs like theirs."""
    if all(is_plain(glob, globs) for glob in globs):
        return ()
    from goproxyctl.gosem.leaks import pattern_faults

    return pattern_faults(",".join(globs))


def is_plain(glob: str, globs: tuple[str, ...]) -> bool:
    """Whether the glob is a host or a path below one, and both halves of a domain are there."""
    if not re.fullmatch(_PLAIN, glob):
        return False
    bare = glob.removeprefix("*.")
    return "/" in glob or {bare, f"*.{bare}"} <= {*globs} or (glob is bare and glob.count(".") > 1)


def _written(globs: tuple[str, ...]) -> Text | None:
    if not globs:
        return None
    return Text("private-glob-syntax.advice", "write {quoted}", quoted=", ".join(f'"{glob}"' for glob in globs))


def too_wide(stance: Stance) -> Findings:
    """A glob that covers public modules switches their verification off and fetches them around every proxy."""
    for path, glob in _globs(stance):
        public = next((module for module in PUBLIC_MODULES if matches(glob, module)), None)
        if public:
            text = Text("private-glob-too-wide", "the pattern covers public modules such as {module}", module=public)
            yield Finding(path, text, Text("private-glob-too-wide.advice", "name your own host or organisation"))
        elif glob[0] in _WILD and re.match(_HOST_STAR, glob):
            yield Finding(
                path,
                Text("private-glob-too-wide.suffix", "the pattern covers hosts of others whose name ends the same"),
                Text("private-glob-too-wide.suffix.advice", "write '*.' before a domain, and the domain itself"),
            )


def star_suffix(stance: Stance) -> Findings:
    """With ``host/*`` the name of the host itself is still asked of the proxies. Source: go-semantics 3."""
    for path, glob in _globs(stance):
        if glob.endswith("/*") and glob != "*/*":
            yield Finding(
                path,
                Text("private-glob-star-suffix", "what stands before '/*' is still asked of the proxies"),
                Text("private-glob-star-suffix.advice", "leave out '/*'; a pattern covers what is below it"),
                fix=_without_star(stance, path, glob[:-2]),
            )


def _without_star(stance: Stance, path: FieldPath, glob: str) -> Fix | None:
    """The pattern without its tail; none at all where it stands beside it, or where too much would be private."""
    if path[1] != "modules" or any(matches(glob, module) for module in PUBLIC_MODULES):
        return None
    return Fix("remove", path) if glob in stance.intent.private else Fix("write", path, glob)


def uncovered(stance: Stance) -> Findings:
    """Every private sample must match a private pattern."""
    for index, sample in enumerate(stance.private_samples):
        if not matches_any(stance.intent.private, sample):
            yield Finding(
                ("private", "samples", "private", index),
                _learned(stance, sample),
                Text("private-uncovered.advice", "add a pattern to private.modules"),
            )


def _learned(stance: Stance, sample: str) -> Text:
    from goproxyctl.gosem.leaks import would_leak
    from goproxyctl.gosem.settings import settings_of

    leak = would_leak(settings_of(stance.intent.module_settings()), sample)
    if leak.proxy:
        return Text("private-uncovered", "no private pattern matches {module}; every hop may learn it", module=sample)
    if leak.sumdb:
        return Text(
            "private-uncovered.sumdb",
            "no private pattern matches {module}; the checksum database learns it",
            module=sample,
        )
    return Text("private-uncovered.kept", "no private pattern matches {module}", module=sample)


def around_gatekeeper(stance: Stance) -> Findings:
    """A gatekeeper of a closed chain that is not asked for private modules, and nobody said that this is meant."""
    intent = stance.intent
    gatekeeper = next((hop.name for hop in intent.hops if hop.role is Role.GATEKEEPER), None)
    if gatekeeper and intent.private and intent.end != "direct" and not stance.fetch_stated:
        yield Finding(
            ("private", "modules"),
            Text(
                "private-bypasses-own-proxy", "private modules are fetched around gatekeeper {name!r}", name=gatekeeper
            ),
            Text(
                "private-bypasses-own-proxy.advice",
                "say fetch: direct if that is meant, fetch: chain if it serves them",
            ),
        )


def covers_public(stance: Stance) -> Findings:
    """No public sample may match a private pattern."""
    for index, sample in enumerate(stance.public_samples):
        glob = next((glob for glob in stance.intent.private if matches(glob, sample)), None)
        if glob:
            yield Finding(
                ("private", "samples", "public", index),
                Text("private-covers-public", "private pattern {glob!r} matches {module}", glob=glob, module=sample),
                Text("private-covers-public.advice", "narrow the pattern"),
            )


def insecure(stance: Stance) -> Findings:
    """Certificates are not checked for these modules."""
    if stance.intent.insecure:
        yield Finding(
            ("private", "insecure"),
            Text("insecure-set", "certificates are not checked for these modules"),
            Text("insecure-set.advice", "trust the certificate authority of the host instead (trust)"),
        )


def _lists(stance: Stance) -> dict[str, tuple[str, ...]]:
    return {"modules": stance.intent.private, "insecure": stance.intent.insecure}


def _globs(stance: Stance) -> list[tuple[FieldPath, str]]:
    return [(("private", name, i), glob) for name, globs in _lists(stance).items() for i, glob in enumerate(globs)]


#: The rules of this module.
RULES: tuple[Rule, ...] = (
    Rule(
        "private-glob-syntax",
        Severity.ERROR,
        Text("rule.private-glob-syntax", "a pattern that matches nothing"),
        Text("rule.private-glob-syntax.why", "go ignores it without a word, and private names go to the proxies"),
        each_stance(glob_syntax),
        waivable=False,
    ),
    Rule(
        "private-glob-apex",
        Severity.WARNING,
        Text("rule.private-glob-apex", "half of a domain"),
        Text("rule.private-glob-apex.why", "*.corp.example does not cover corp.example, and the other way round"),
        each_stance(apex),
    ),
    Rule(
        "private-glob-star-suffix",
        Severity.INFO,
        Text("rule.private-glob-star-suffix", "a pattern that ends with /*"),
        Text("rule.private-glob-star-suffix.why", "the part before it is still asked of the proxies"),
        each_stance(star_suffix),
    ),
    Rule(
        "private-glob-too-wide",
        Severity.ERROR,
        Text("rule.private-glob-too-wide", "a pattern that covers public modules"),
        Text(
            "rule.private-glob-too-wide.why",
            "they are no longer verified and are fetched around every proxy, toolchains too",
        ),
        each_stance(too_wide),
    ),
    Rule(
        "private-uncovered",
        Severity.ERROR,
        Text("rule.private-uncovered", "a private sample that no pattern matches"),
        Text("rule.private-uncovered.why", "its name goes to proxies and to the checksum database"),
        each_stance(uncovered),
    ),
    Rule(
        "private-covers-public",
        Severity.ERROR,
        Text("rule.private-covers-public", "a public sample that a private pattern matches"),
        Text("rule.private-covers-public.why", "it is no longer verified and is fetched around every proxy"),
        each_stance(covers_public),
    ),
    Rule(
        "private-bypasses-own-proxy",
        Severity.INFO,
        Text("rule.private-bypasses-own-proxy", "a gatekeeper that private modules go around"),
        Text(
            "rule.private-bypasses-own-proxy.why",
            "what GOPRIVATE names is fetched directly; a gatekeeper that could serve it is not asked",
        ),
        each_stance(around_gatekeeper),
    ),
    Rule(
        "insecure-set",
        Severity.WARNING,
        Text("rule.insecure-set", "certificates are not checked"),
        Text("rule.insecure-set.why", "anyone on the way can replace a module that is fetched directly"),
        each_stance(insecure),
    ),
)

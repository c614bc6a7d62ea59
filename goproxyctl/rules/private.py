"""Rules about private modules and the globs that name them."""

import re

from goproxyctl.errors import Severity
from goproxyctl.gosem.globs import BadPatternError, match_path, matches, matches_any
from goproxyctl.rules.registry import Rule, each_stance
from goproxyctl.rules.subject import FieldPath, Finding, Findings, Stance
from goproxyctl.text import Text

#: Public modules of hosts that serve many owners: a glob that matches one of them is no private pattern.
_PUBLIC = (
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


def glob_syntax(stance: Stance) -> Findings:
    """Globs that go takes without a word and that match nothing. Source: go-semantics 3."""
    for path, glob in _globs(stance):
        why = _why_matches_nothing(glob)
        if why:
            yield Finding(path, why)


def _why_matches_nothing(glob: str) -> Text | None:
    host = glob.partition("/")[0]
    if glob.startswith("."):
        return Text("private-glob-syntax.dot", "a pattern that begins with a dot matches nothing; write '*.…'")
    if "..." in glob:
        return Text(
            "private-glob-syntax.dots", "'...' matches nothing here; the pattern covers what is below by itself"
        )
    if host != host.lower():
        return Text(
            "private-glob-syntax.case", "host names in module paths are lower case; the pattern matches nothing"
        )
    try:
        match_path(glob, "")
    except BadPatternError:
        return Text("private-glob-syntax.class", "this class ('[…]') is malformed; the pattern matches nothing")
    return None


def too_wide(stance: Stance) -> Findings:
    """A glob that covers public modules switches their verification off and fetches them around every proxy."""
    for path, glob in _globs(stance):
        public = next((module for module in _PUBLIC if matches(glob, module)), None)
        if public:
            text = Text("private-glob-too-wide", "the pattern covers public modules such as {module}", module=public)
            yield Finding(path, text, Text("private-glob-too-wide.advice", "name your own host or organisation"))
        elif glob[0] in _WILD and re.match(_HOST_STAR, glob):
            yield Finding(
                path,
                Text("private-glob-too-wide.suffix", "the pattern covers hosts of others whose name ends the same"),
                Text("private-glob-too-wide.suffix.advice", "write '*.' before a domain, and the domain itself"),
            )


def apex(stance: Stance) -> Findings:
    """``*.d`` does not cover ``d`` itself; a domain of two labels alone does not cover its hosts."""
    globs = stance.intent.private
    for index, glob in enumerate(globs):
        twin = _twin(glob)
        if twin and not any(twin == other or _covers(other, twin) for other in globs):
            yield Finding(
                ("private", "modules", index),
                Text("private-glob-apex", "the pattern does not cover {twin}", twin=twin),
                Text("private-glob-apex.advice", "add {quoted}", quoted=f'"{twin}"'),
            )


def _twin(glob: str) -> str | None:
    """The other half of the pair that a domain needs: ``d`` for ``*.d``, ``*.d`` for a ``d`` of two labels."""
    if "/" in glob:
        return None
    if glob.startswith("*.") and not _WILD & set(glob[2:]):
        return glob[2:]
    return f"*.{glob}" if glob.count(".") == 1 and not _WILD & set(glob) else None


def _covers(glob: str, twin: str) -> bool:
    return matches(glob, twin.replace("*", "any-host"))


def star_suffix(stance: Stance) -> Findings:
    """With ``host/*`` the name of the host itself is still asked of the proxies. Source: go-semantics 3."""
    for path, glob in _globs(stance):
        if glob.endswith("/*") and glob != "*/*":
            yield Finding(
                path,
                Text("private-glob-star-suffix", "what stands before '/*' is still asked of the proxies"),
                Text("private-glob-star-suffix.advice", "leave out '/*'; a pattern covers what is below it"),
            )


def uncovered(stance: Stance) -> Findings:
    """Every private sample must match a private pattern."""
    for index, sample in enumerate(stance.private_samples):
        if not matches_any(stance.intent.private, sample):
            yield Finding(
                ("private", "samples", "private", index),
                Text("private-uncovered", "no private pattern matches {module}; its name would leave", module=sample),
                Text("private-uncovered.advice", "add a pattern to private.modules"),
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


def _globs(stance: Stance) -> list[tuple[FieldPath, str]]:
    lists = {"modules": stance.intent.private, "insecure": stance.intent.insecure}
    return [(("private", name, i), glob) for name, globs in lists.items() for i, glob in enumerate(globs)]


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
        "insecure-set",
        Severity.WARNING,
        Text("rule.insecure-set", "certificates are not checked"),
        Text("rule.insecure-set.why", "anyone on the way can replace a module that is fetched directly"),
        each_stance(insecure),
    ),
)

"""What is wrong with lists of globs, GOPRIVATE and the like. Source: go-semantics 2.7, 3, 4.3."""

from collections.abc import Iterator

from goproxyctl.gosem.chain import BLANKS
from goproxyctl.gosem.globs import matches
from goproxyctl.gosem.leaks import NONE, PatternFault, pattern_faults
from goproxyctl.rules.environment.faults import UNKNOWN, Entry, Fault, certain, entries, of_entry, whole
from goproxyctl.rules.environment.words import text_of
from goproxyctl.rules.private import PUBLIC_MODULES
from goproxyctl.text import Text

_TWINS = frozenset({"leak.apex", "leak.subdomains"})
_BLANK = frozenset({"leak.blank", "leak.carriage-return"})


def judge_private(value: str) -> Iterator[Fault]:
    """GOPRIVATE, GONOPROXY and GONOSUMDB: entries that match nothing, too little, or too much."""
    yield from _leaks(value)
    for entry in entries(value):
        if UNKNOWN not in entry.text:
            yield from _of_width(entry)


def judge_insecure(value: str) -> Iterator[Fault]:
    """GOINSECURE."""
    yield from (fault for fault in _leaks(value) if fault.rule != "private-glob-apex")
    if value.strip() not in {"", NONE} and UNKNOWN not in value:
        said = Text("value.insecure-set", "certificates are not checked when these modules are fetched directly")
        advice = Text("value.insecure-set.advice", "trust the certificate authority of the host instead")
        yield whole("insecure-set", value, said, advice)


def _leaks(value: str) -> Iterator[Fault]:
    """What gosem finds; a pair that lacks one half may be complete where something is unknown."""
    listed = list(entries(value))
    found = (fault for fault in pattern_faults(value) if UNKNOWN not in value or fault.id not in _TWINS)
    return certain((_of_leak(fault, listed) for fault in found), value)


def _of_leak(fault: PatternFault, listed: list[Entry]) -> Fault:
    entry, known = listed[fault.index], {one.text for one in listed}
    rule = "private-glob-apex" if fault.id in _TWINS else "private-glob-syntax"
    rule = "private-glob-blank" if fault.id in _BLANK else rule
    meant = ",".join(glob for glob in fault.meant if glob not in known)
    advice = Text("value.private-glob.write", "write {meant}", meant=meant) if meant else None
    if fault.id in _TWINS:
        advice = Text("value.private-glob-apex.advice", "add {meant}", meant=meant)
    return of_entry(rule, entry, text_of(fault), advice)


def _of_width(entry: Entry) -> Iterator[Fault]:
    public = next((module for module in PUBLIC_MODULES if matches(entry.text, module)), None)
    if public:
        said = Text("value.private-glob-too-wide", "the pattern covers public modules such as {module}", module=public)
        advice = Text("value.private-glob-too-wide.advice", "name your own host or organisation")
        yield of_entry("private-glob-too-wide", entry, said, advice)
    elif entry.text.endswith("/*"):
        said = Text("value.private-glob-star-suffix", "what stands before '/*' is still asked of the proxies")
        advice = Text("value.private-glob-star-suffix.advice", "leave out '/*'; a pattern covers what is below it")
        yield of_entry("private-glob-star-suffix", entry, said, advice)


def judge_govcs(value: str) -> Iterator[Fault]:
    """GOVCS: one bad entry, and no direct fetch works. Source: cmd/go/internal/vcs/vcs.go, parseGOVCS."""
    if not value.strip(BLANKS):
        return
    seen: set[str] = set()
    for entry in entries(value, ",", BLANKS):
        pattern, colon, listed = (part.strip(BLANKS) for part in entry.text.partition(":"))
        why = _why_refused(pattern, colon, listed, seen)
        if why and UNKNOWN not in entry.text:
            yield of_entry("govcs-invalid", entry, why, Text("value.govcs-invalid.advice", "write pattern:vcs|vcs"))
        seen.add(pattern)


def _why_refused(pattern: str, colon: str, listed: str, seen: set[str]) -> Text | None:
    reasons = (
        (not pattern, Text("value.govcs-invalid.empty", "an entry without a pattern; go refuses the whole value")),
        (not colon, Text("value.govcs-invalid.colon", "the colon is missing; go refuses the whole value")),
        (
            not all(name.strip(BLANKS) for name in listed.split("|")),
            Text("value.govcs-invalid.list", "no version control system is named; go refuses the whole value"),
        ),
        (
            pattern in {".", ".."} or pattern.startswith(("./", "../")),
            Text("value.govcs-invalid.relative", "a relative pattern; go refuses the whole value"),
        ),
        (
            pattern in seen,
            Text(
                "value.govcs-invalid.twice",
                "{pattern!r} has a rule already; go refuses the whole value",
                pattern=pattern,
            ),
        ),
    )
    return next((text for holds, text in reasons if holds), None)

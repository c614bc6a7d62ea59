"""Rules about the checksum database and the settings of the go command itself."""

import re

from goproxyctl.errors import Severity
from goproxyctl.rules.registry import Rule, each_stance
from goproxyctl.rules.subject import Finding, Findings, Fix, Stance
from goproxyctl.text import Text

_WITH_PATCH = 21
_TOOLCHAIN = r"go1\.(?P<minor>[0-9]+)(\.(?P<patch>[0-9]+)|rc(?P<rc>[0-9]+))?"


def sumdb_off(stance: Stance) -> Findings:
    """Nothing verifies what a proxy serves for the first time, and go cannot fetch toolchains."""
    if stance.intent.checksum.split()[0] == "off":
        yield Finding(
            ("checksum", "database"),
            Text("sumdb-off", "nothing verifies modules that are not in go.sum yet; go cannot fetch toolchains either"),
            Text("sumdb-off.advice", "name a database; private modules are excepted by private.modules"),
        )


def sumdb_form(stance: Stance) -> Findings:
    """What go refuses as ``malformed verifier id``, and keys that are not those of the database they name."""
    database, _, url = stance.intent.checksum.partition(" ")
    if url and database in ("off", "sum.golang.google.cn"):
        yield Finding(
            ("checksum", "url"),
            Text("sumdb-url-form.url", "go takes no address with {database!r}", database=database),
            Text("sumdb-url-form.url.advice", "leave out the address, or use sum.golang.org"),
        )
    if "+" in database:
        yield from _key(database)


def _key(database: str) -> Findings:
    from goproxyctl.gosem.sumdb import KNOWN_KEYS, check_verifier

    path, name = ("checksum", "database"), database.partition("+")[0]
    fix = Fix("write", path, name) if name in KNOWN_KEYS else None
    if check_verifier(database):
        yield Finding(path, Text("sumdb-url-form.key", "the key does not fit its name and sum"), fix=fix)
    if fix and database != KNOWN_KEYS[name]:
        yield Finding(
            path,
            Text("sumdb-url-form.foreign", "this is not the key of {name}", name=name),
            Text("sumdb-url-form.foreign.advice", "write only the name; go knows the key"),
            fix=fix,
        )


def govcs(stance: Stance) -> Findings:
    """What makes go refuse every direct fetch. Source: golang/go cmd/go/internal/vcs/vcs.go, parseGOVCS."""
    seen: set[str] = set()
    for index, rule in enumerate(stance.intent.vcs):
        pattern = rule.partition(":")[0]
        if re.match(r"\.\.?(/|$)", pattern):
            text = Text(
                "govcs-invalid.relative", "{pattern!r} is a path; go takes patterns of module paths", pattern=pattern
            )
            yield Finding(("go", "vcs", index), text)
        if pattern in seen:
            text = Text("govcs-invalid", "{pattern!r} has a rule already; go refuses both", pattern=pattern)
            yield Finding(("go", "vcs", index), text, Text("govcs-invalid.advice", "remove one of them"))
        seen.add(pattern)


def flag_twice(stance: Stance) -> Findings:
    """Of a flag that is given twice go takes the last."""
    seen: dict[str, int] = {}
    for index, flag in enumerate(stance.intent.flags):
        name = flag.partition("=")[0]
        if name in seen:
            text, fix = (
                Text("goflags-twice", "flag {flag!r} is given twice", flag=name),
                Fix("remove", ("go", "flags", seen[name])),
            )
            yield Finding(("go", "flags", index), text, fix=fix)
        seen[name] = index


def mod_mod(stance: Stance) -> Findings:
    """Builds then change go.mod and go.sum without being asked."""
    if "-mod=mod" in stance.intent.flags:
        yield Finding(
            ("go", "flags", stance.intent.flags.index("-mod=mod")),
            Text("goflags-mod-mod", "builds may change go.mod and go.sum, which hides what they lack"),
            Text("goflags-mod-mod.advice", "use -mod=readonly, the default of go"),
        )


def toolchain_name(stance: Stance) -> Findings:
    """From go 1.21 on, the first release of a version has a patch number. Source: go.dev/doc/toolchain#version."""
    named = _named(stance)
    if named and named["patch"] is None and int(named["minor"]) >= _WITH_PATCH and not named["rc"]:
        yield Finding(
            ("go", "toolchain"),
            Text("toolchain-invalid", "there is no toolchain {name}; releases have three numbers", name=named[0]),
            Text("toolchain-invalid.advice", "write {name}", name=f"{named[0]}.0"),
            fix=Fix("write", ("go", "toolchain"), f"{named[0]}.0{stance.intent.toolchain[named.end() :]}"),
        )


def toolchain_age(stance: Stance) -> Findings:
    """A toolchain older than the minimum."""
    named, minimum = _named(stance), stance.intent.minimum_go
    if named and minimum and (int(named["minor"]), int(named["patch"] or 0)) < version(minimum):
        text = Text(
            "toolchain-below-minimum", "{name} is older than the minimum, {least}", name=named[0], least=minimum
        )
        yield Finding(("go", "toolchain"), text)


def _named(stance: Stance) -> "re.Match[str] | None":
    name = stance.intent.toolchain
    return re.match(_TOOLCHAIN, name) if name.startswith("go") else None


def version(text: str) -> tuple[int, int]:
    """A version of a policy as numbers that can be compared: 1.26.6 as 26 and 6."""
    _, minor, *patch = text.split(".")
    return int(minor), int(patch[0]) if patch else 0


#: The rules of this module.
RULES: tuple[Rule, ...] = (
    Rule(
        "sumdb-off",
        Severity.ERROR,
        Text("rule.sumdb-off", "no checksum database"),
        Text("rule.sumdb-off.why", "nothing verifies a module at first use, and toolchains cannot be fetched"),
        each_stance(sumdb_off),
    ),
    Rule(
        "sumdb-url-form",
        Severity.ERROR,
        Text("rule.sumdb-url-form", "a checksum database that go does not take"),
        Text("rule.sumdb-url-form.why", "every download of something new fails with 'malformed verifier id'"),
        each_stance(sumdb_form),
    ),
    Rule(
        "govcs-invalid",
        Severity.ERROR,
        Text("rule.govcs-invalid", "a GOVCS rule that go refuses"),
        Text("rule.govcs-invalid.why", "direct fetches fail"),
        each_stance(govcs),
        waivable=False,
    ),
    Rule(
        "goflags-twice",
        Severity.WARNING,
        Text("rule.goflags-twice", "a flag twice"),
        Text("rule.goflags-twice.why", "go takes the last one"),
        each_stance(flag_twice),
    ),
    Rule(
        "goflags-mod-mod",
        Severity.WARNING,
        Text("rule.goflags-mod-mod", "-mod=mod for every build"),
        Text("rule.goflags-mod-mod.why", "it hides what go.mod and go.sum lack"),
        each_stance(mod_mod),
    ),
    Rule(
        "toolchain-invalid",
        Severity.ERROR,
        Text("rule.toolchain-invalid", "a toolchain that does not exist"),
        Text("rule.toolchain-invalid.why", "every go command fails, and go env -u cannot mend it"),
        each_stance(toolchain_name),
        waivable=False,
    ),
    Rule(
        "toolchain-below-minimum",
        Severity.ERROR,
        Text("rule.toolchain-below-minimum", "a toolchain older than the minimum"),
        Text("rule.toolchain-below-minimum.why", "the two settings contradict each other"),
        each_stance(toolchain_age),
    ),
)

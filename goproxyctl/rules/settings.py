"""Rules about the checksum database and the settings of the go command itself."""

import base64
import binascii
import hashlib
import re

from goproxyctl.errors import Severity
from goproxyctl.rules.registry import Rule, each_stance
from goproxyctl.rules.subject import Finding, Findings, Stance
from goproxyctl.text import Text

#: Databases whose keys the go command has built in. Source: golang/go cmd/go/internal/modfetch/key.go, knownGOSUMDB.
_KNOWN = {"sum.golang.org": "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"}
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
    if "+" in database and not _key_is_right(database):
        yield Finding(("checksum", "database"), Text("sumdb-url-form.key", "the key does not fit its name and sum"))
    name = database.partition("+")[0]
    if "+" in database and name in _KNOWN and database != _KNOWN[name]:
        yield Finding(
            ("checksum", "database"),
            Text("sumdb-url-form.foreign", "this is not the key of {name}", name=name),
            Text("sumdb-url-form.foreign.advice", "write only the name; go knows the key"),
        )


def _key_is_right(database: str) -> bool:
    """Source: golang.org/x/mod/sumdb/note, keyHash: SHA-256 of name, newline and key; Ed25519 keys begin with 1."""
    name, sum_, encoded = database.split("+", 2)
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return False
    right = hashlib.sha256(f"{name}\n".encode() + key).hexdigest()[:8]
    return right == sum_ and len(key) == 33 and key[0] == 1


def govcs(stance: Stance) -> Findings:
    """A pattern that stands twice makes go refuse every direct fetch. Source: go vcs.go, parseGOVCS."""
    seen: set[str] = set()
    for index, rule in enumerate(stance.intent.vcs):
        pattern = rule.partition(":")[0]
        if pattern in seen:
            text = Text("govcs-invalid", "{pattern!r} has a rule already; go refuses both", pattern=pattern)
            yield Finding(("go", "vcs", index), text, Text("govcs-invalid.advice", "remove one of them"))
        seen.add(pattern)


def flag_twice(stance: Stance) -> Findings:
    """Of a flag that is given twice go takes the last."""
    seen: set[str] = set()
    for index, flag in enumerate(stance.intent.flags):
        name = flag.partition("=")[0]
        if name in seen:
            yield Finding(("go", "flags", index), Text("goflags-twice", "flag {flag!r} is given twice", flag=name))
        seen.add(name)


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
        )


def toolchain_age(stance: Stance) -> Findings:
    """A toolchain older than the minimum."""
    named, minimum = _named(stance), stance.intent.minimum_go
    if named and minimum and (int(named["minor"]), int(named["patch"] or 0)) < _version(minimum):
        text = Text(
            "toolchain-below-minimum", "{name} is older than the minimum, {least}", name=named[0], least=minimum
        )
        yield Finding(("go", "toolchain"), text)


def _named(stance: Stance) -> "re.Match[str] | None":
    name = stance.intent.toolchain
    return re.match(_TOOLCHAIN, name) if name.startswith("go") else None


def _version(text: str) -> tuple[int, int]:
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

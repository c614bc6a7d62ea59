"""What is wrong with GOSUMDB, GOTOOLCHAIN, GOAUTH and other settings that are no list. Source: go-semantics 2.6, 4."""

import re
from collections.abc import Iterator

from goproxyctl.gosem.chain import BLANKS
from goproxyctl.gosem.locations import System, is_absolute
from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.sumdb import KNOWN_KEYS, read_sumdb
from goproxyctl.gosem.toolchain import read_toolchain, version_of
from goproxyctl.gosem.version import GoVersion
from goproxyctl.rules.environment.faults import Entry, Fault, Reading, entries, of_entry, whole
from goproxyctl.rules.environment.words import text_of
from goproxyctl.text import Text

_NETDNS = re.compile(r"(go|cgo|[0-9][^+]*)?(\+(go|cgo|[0-9].*)?)?")
_FIRST_WITH_PATCH = 21


def judge_sumdb(value: str, reading: Reading) -> Iterator[Fault]:
    """GOSUMDB."""
    database = read_sumdb(value, reading.go)
    if isinstance(database, Remark):
        rule = "sumdb-empty" if database.id == "sumdb.missing" else "sumdb-url-form"
        advice = Text("value.sumdb-url-form.advice", "write sum.golang.org, or a name with its key")
        yield whole(rule, value, text_of(database), advice)
    elif database.off and reading.closed:
        said = Text(
            "value.sumdb-off-closed", "nothing but the proxies of the chain vouches for what is not in go.sum yet"
        )
        yield whole("sumdb-off-closed", value, said)
    elif database.off:
        said = Text("value.sumdb-off", "nothing verifies what is not in go.sum yet; go fetches no toolchains either")
        advice = Text("value.sumdb-off.advice", "name a database; except private modules by GONOSUMDB")
        yield whole("sumdb-off", value, said, advice)
    elif database.name in KNOWN_KEYS and database.key != KNOWN_KEYS[database.name]:
        said = Text("value.sumdb-url-form.foreign", "this is not the key of {name}", name=database.name)
        yield whole("sumdb-url-form", value, said, Text("value.sumdb-url-form.foreign.advice", "write the name only"))


def judge_toolchain(value: str, reading: Reading) -> Iterator[Fault]:
    """GOTOOLCHAIN."""
    toolchain = read_toolchain(value, reading.go)
    if isinstance(toolchain, Remark):
        right = _right_toolchain(value, reading)
        advice = Text("value.toolchain-invalid.advice", "write {name}", name=right) if right else None
        yield whole("toolchain-invalid", value, text_of(toolchain), advice)
        return
    named = version_of(toolchain.minimum)
    if named and _lacks_patch(named):
        said = Text("value.toolchain-invalid", "no toolchain is called {name}", name=toolchain.minimum)
        advice = Text("value.toolchain-invalid.advice", "write {name}", name=f"{toolchain.minimum}.0")
        yield whole("toolchain-invalid", value, said, advice)


def _right_toolchain(value: str, reading: Reading) -> str:
    """What was probably meant; "" when that cannot be told."""
    bare = value.strip(BLANKS)
    named = version_of(f"go{bare}")
    guess = f"go{bare}" + (".0" if named and _lacks_patch(named) else "") if named else bare.lower()
    return "" if isinstance(read_toolchain(guess, reading.go), Remark) else guess


def _lacks_patch(version: GoVersion) -> bool:
    """Whether no release has this name. Source: go.dev/doc/toolchain#version: since 1.21 the first release is .0."""
    return version.patch is None and not version.kind and version.minor >= _FIRST_WITH_PATCH


def judge_module_mode(value: str) -> Iterator[Fault]:
    """GO111MODULE."""
    if value in {"off", "auto"}:
        said = Text("value.go111module-legacy", "{value} switches modules off, wholly or in some folders", value=value)
        yield whole("go111module-legacy", value, said, Text("value.go111module-legacy.advice", "leave GO111MODULE out"))
    elif value not in {"", "on"}:
        said = Text("value.go111module-invalid", "go knows on, off and auto; every command fails")
        yield whole(
            "go111module-invalid", value, said, Text("value.go111module-legacy.advice", "leave GO111MODULE out")
        )


def judge_module_cache(value: str, reading: Reading) -> Iterator[Fault]:
    """GOMODCACHE."""
    system: System = "windows" if reading.windows else "linux"
    anywhere = reading.committed and is_absolute("windows", value)
    if value and not is_absolute(system, value) and not anywhere and not value.startswith(("$", "%")):
        said = Text("value.gomodcache-relative", "go refuses a module cache whose path is not absolute")
        yield whole("gomodcache-relative", value, said)


def judge_auth(value: str, reading: Reading) -> Iterator[Fault]:
    """GOAUTH: go ends where it cannot read the list. Source: cmd/go/internal/auth/auth.go, runGoAuth."""
    commands = list(entries(value, ";", BLANKS))
    for command in commands if value else ():
        why = _why_fatal(command, len(commands), reading)
        if why:
            shown = command if command.text else Entry(value, 0)
            yield of_entry("auth-goauth-form", shown, why)


def _why_fatal(command: Entry, count: int, reading: Reading) -> Text | None:
    words = command.text.split()
    if not words:
        return Text("value.auth-goauth-form.empty", "an empty command between ';': go ends with an error")
    if words[0] == "off" and count > 1:
        return Text("value.auth-goauth-form.off", "off must stand alone: go ends with an error")
    folder = words[1] if len(words) == 2 else ""
    absolute = is_absolute("windows" if reading.windows else "linux", folder) or folder[:1] in {"$", "~", "%"}
    if words[0] == "git" and not (absolute or (reading.committed and is_absolute("windows", folder))):
        return Text("value.auth-goauth-form.git", "git needs one absolute path: go ends with an error")
    return None


def judge_debug(value: str) -> Iterator[Fault]:
    """GODEBUG: ``netdns`` in a mode that nobody knows. Source: golang/go net/conf.go, goDebugNetDNS."""
    for entry in entries(value):
        name, _, mode = entry.text.partition("=")
        if name == "netdns" and not _NETDNS.fullmatch(mode):
            said = Text("value.godebug-unknown-mode", "go knows no resolver {mode!r} and ignores this", mode=mode)
            yield of_entry(
                "godebug-unknown-mode", entry, said, Text("value.godebug-unknown-mode.advice", "write go or cgo")
            )

"""Rules about the commands of a script, whichever shell runs it. Source: go-semantics 1.3, 1.5, 5, 7."""

import re
from collections.abc import Callable, Iterator

from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.variables import kind_of
from goproxyctl.gosem.version import NEWEST
from goproxyctl.rules.environment.check import STRANGERS
from goproxyctl.rules.environment.words import text_of
from goproxyctl.rules.mirrors import PUBLIC
from goproxyctl.rules.repository.assignments import arguments, is_go_env, program
from goproxyctl.rules.repository.script import Assignment, Command, Found, Script, of_command, of_word, pairs
from goproxyctl.text import Text

_FETCHERS = frozenset({"curl", "wget", "http", "https", "invoke-webrequest", "invoke-restmethod", "iwr", "irm"})
#: ``-k`` alone or among the short options of curl.
_UNCHECKED = re.compile(r"-[A-Za-z]*k[A-Za-z]*|--insecure|--no-check-certificate|(?i:-SkipCertificateCheck)")
_OF_MODULES = re.compile(r"/@v/|/@latest|/sumdb/|GOPROXY|\b(" + "|".join(map(re.escape, PUBLIC)) + r"|sum\.golang\.)")
_INDEX = "index.golang.org"
_GETTERS = frozenset({"get", "install", "mod", "build", "list"})


def check_commands(script: Script) -> Iterator[Found]:
    """Everything that is wrong with single commands, and with one command behind another."""
    checks: tuple[Callable[[Script], Iterator[Found]], ...] = (
        _clean_modcache, _xargs_download, _unchecked_tls, _index, _insecure, _goenv_off, _stored,
    )  # fmt: skip
    for check in checks:
        yield from check(script)


def _go(command: Command, *words: str) -> bool:
    """Whether the command is ``go`` with these words first."""
    return program(command) == "go" and arguments(command)[: len(words)] == list(words)


def _clean_modcache(script: Script) -> Iterator[Found]:
    for command in script.commands if not script.image else ():
        if _go(command, "clean") and {"-modcache", "--modcache"} & set(arguments(command)):
            said = Text("scan.ci-clean-modcache", "this deletes every download, and go asks for all of them again")
            advice = Text("scan.ci-clean-modcache.advice", "leave it out; go never needs it to see a new GOPROXY")
            yield of_command("ci-clean-modcache", command, said, advice)


def _xargs_download(script: Script) -> Iterator[Found]:
    for command, following in pairs(script.commands):
        if not (following and command.operator == "|" and _go(command, "list") and program(following) == "xargs"):
            continue
        listed, words = arguments(command), " ".join(arguments(following))
        formatted = any(word.lstrip("-").startswith(("f=", "json")) or word == "-f" for word in listed)
        if "-m" in listed and not formatted and re.search(r"\bgo mod download\b", words):
            said = Text(
                "scan.ci-xargs-download", "go mod download gets names and versions as modules of their own, and fails"
            )
            advice = Text("scan.ci-xargs-download.advice", "write go mod download; it fetches all of them")
            whole = command._replace(words=(*command.words, *following.words))
            yield of_command("ci-xargs-download", whole, said, advice)


def _unchecked_tls(script: Script) -> Iterator[Found]:
    for command in script.commands:
        if program(command) not in _FETCHERS or not any(_OF_MODULES.search(word) for word in command.texts):
            continue
        for word in command.words[1:]:
            if _UNCHECKED.fullmatch(word.text) and not word.quoted:
                said = Text("scan.ci-curl-insecure", "this hides the certificate fault that go is going to meet")
                advice = Text("scan.ci-curl-insecure.advice", "trust the certificate authority instead")
                yield of_word("ci-curl-insecure", word, said, advice)


def _index(script: Script) -> Iterator[Found]:
    for command in script.commands:
        for word in command.words[1:] if program(command) in _FETCHERS else ():
            if _INDEX in word.text:
                said = Text(
                    "scan.ci-index-check", "go never asks {host}; this says nothing about downloads", host=_INDEX
                )
                advice = Text("scan.ci-index-check.advice", "ask a proxy for /golang.org/x/text/@v/list")
                yield of_word("ci-index-check", word, said, advice)


def _insecure(script: Script) -> Iterator[Found]:
    for command in script.commands:
        words = arguments(command)
        if program(command) == "go" and words[:1] and words[0] in _GETTERS:
            for word in command.words:
                if word.text in {"-insecure", "--insecure"}:
                    said = Text("value.insecure-flag", "go refuses -insecure since 1.17")
                    advice = Text("value.insecure-flag.advice", "use GOINSECURE or GONOSUMDB")
                    yield of_word("insecure-flag", word, said, advice)


def _goenv_off(script: Script) -> Iterator[Found]:
    """Source: go-semantics 1.3: with GOENV=off, go env -w still writes the default file and says nothing."""
    off = [one for one in script.assignments if one.variable == "GOENV" and one.value.text == "off"]
    for command in script.commands:
        writes = is_go_env(command, "-w") or is_go_env(command, "-u")
        if writes and any(one.name_at < command.end for one in off):
            said = Text(
                "scan.env-goenv-off-write", "with GOENV=off this changes the default file, which is then not read"
            )
            advice = Text("scan.env-goenv-off-write.advice", "let GOENV name a file")
            yield of_command("env-goenv-off-write", command, said, advice)


def _stored(script: Script) -> Iterator[Found]:
    """Names that ``go env -w`` refuses, and names that no go reads."""
    for one in script.assignments:
        kind = kind_of(one.variable, NEWEST)
        values: dict[str, str | int] = {"variable": one.variable, "name": one.variable, "line": 0}
        if one.stored and kind == "environment":
            advice = Text("value.env-process-only.advice", "set it in the environment")
            yield _of_name("env-process-only", one, text_of(Remark("layers.environment-only", values)), advice)
        elif (one.stored and kind in {"unknown", "fixed"}) or one.variable in STRANGERS:
            yield _of_name("unknown-var", one, text_of(Remark(f"layers.{kind}", values)))


def _of_name(rule: str, one: Assignment, text: Text, advice: Text | None = None) -> Found:
    return Found(rule, one.name_at, one.name_at + len(one.variable), text, advice, one.variable)

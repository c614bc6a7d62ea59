"""``init``: answers gathered, the policy made, checked, and written with consent."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from goproxyctl.cli.roots import make_roots
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.starter import REGIONS, SCHEMA_FILE, Start, live_start, policy_text, region_start
from goproxyctl.desired import make_desired
from goproxyctl.errors import GoproxyctlError, StoreError
from goproxyctl.policy import load_policy, policy_schema
from goproxyctl.report.document import as_json
from goproxyctl.report.kinds import entry_of
from goproxyctl.targets import KINDS, load_kind
from goproxyctl.text import Text
from goproxyctl.toolchain import find_go, read_settings

DEFAULT_KINDS = ("go-env",)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the flags say; what they leave open is asked."""

    name: str | None
    region: str | None
    private: tuple[str, ...]
    gateway: str | None
    kinds: tuple[str, ...]
    from_live: bool


def start_policy(shell: Shell, file: str, answers: Answers, *, yes: bool) -> int:
    """Writes the policy and, beside it, the schema that its first line names for editors. The exit code."""
    path = shell.cwd / file
    name = answers.name or _folder_name(path)
    if answers.from_live:
        start, remarks = live_start(name, _live_settings(shell, path))
        for remark in remarks:
            shell.err(remark)
        kinds = answers.kinds or DEFAULT_KINDS
    else:
        start, kinds = _asked(shell, answers, name)
    text = policy_text(replace(start, targets=tuple(_targets(kinds, shell)))).encode()
    _check(path.name, text)
    schema = as_json(policy_schema()).encode("ascii")
    if path.exists() and not yes:
        shell.must_be_interactive(Text("init.exists", "{file} exists; add --yes to overwrite it", file=file))
        if not shell.confirm(Text("init.overwrite", "{file} exists. Overwrite it?", file=file)):
            shell.err(Text("cli.declined", "nothing was changed"))
            return 1
    path.write_bytes(text)
    path.with_name(SCHEMA_FILE).write_bytes(schema)
    shell.out(shell.words(Text("init.done", "{file}: written; next: goproxyctl plan --in all", file=file)))
    return 0


def _check(name: str, text: bytes) -> None:
    """Raises: PolicyError when an answer made a policy that is not valid; then nothing is written."""
    make_desired(load_policy(name, lambda _path: text, today=None))


def _folder_name(path: Path) -> str:
    word = re.sub(r"[^a-z0-9]+", "-", path.resolve().parent.name.lower()).strip("-")[:40]
    return word or "policy"


def _targets(kinds: tuple[str, ...], shell: Shell) -> Iterator[Mapping[str, Any]]:
    """An entry for each kind. What a failover moves is GOPROXY of go's own file, and must be lent to it."""
    lent = "scheduled-task" in kinds
    for kind in ("go-env", *kinds) if lent and "go-env" not in kinds else kinds:
        yield {**_target(kind, shell), **({"lend": True} if lent and kind == "go-env" else {})}


def _target(kind: str, shell: Shell) -> Mapping[str, Any]:
    if kind not in KINDS:
        unknown = Text("init.kind", "--target {kind}: no such kind; goproxyctl kinds lists them", kind=kind)
        raise click.UsageError(shell.words(unknown))
    return entry_of(load_kind(kind))


def _asked(shell: Shell, answers: Answers, name: str) -> tuple[Start, tuple[str, ...]]:
    region, private, gateway, kinds = answers.region, answers.private, answers.gateway or "", answers.kinds
    if region is None:
        shell.must_be_interactive(
            Text("init.no-terminal", "there is no terminal to ask on; say --region, or --from-live")
        )
        name = answers.name or shell.ask(Text("init.ask-name", "Who is this policy for (a team or company)"), name)
        region = _ask_region(shell)
        private = private or _list(shell.ask(Text("init.ask-private", "Private modules, with commas (or nothing)")))
        gateway = gateway or shell.ask(Text("init.ask-gateway", "URL of your own module proxy (or nothing)"))
        kinds = kinds or _list(
            shell.ask(Text("init.ask-kinds", "What to produce, with commas"), ",".join(DEFAULT_KINDS))
        )
    if region == "air-gap" and not gateway:
        needs = Text("init.air-gap", "an air-gapped site needs its own module proxy; say --gateway URL")
        raise click.UsageError(shell.words(needs))
    return region_start(name, region, gateway, private), kinds or DEFAULT_KINDS


def _ask_region(shell: Shell) -> str:
    asked = Text("init.ask-region", "Where are the machines: {regions}", regions=", ".join(REGIONS))
    while (answer := shell.ask(asked, "global")) not in REGIONS:
        shell.err(Text("init.region-words", "please type one of {regions}", regions=", ".join(REGIONS)))
    return answer


def _list(answer: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[,\s，]+", answer) if word)


def _live_settings(shell: Shell, path: Path) -> dict[str, str]:
    """What go says of itself; without a go that answers, what stands in its file and the environment."""
    go = find_go(shell.env)
    if go:
        try:
            return read_settings(go, shell.env)
        except StoreError as error:
            shell.err(Text("init.no-go", "{what}; reading the file of go instead", what=error.text))
    return {**_file_settings(shell, path), **{n: v for n, v in shell.env.items() if n.startswith("GO") and v}}


def _file_settings(shell: Shell, path: Path) -> dict[str, str]:
    import sys

    from goproxyctl.formats import goenv

    file = make_roots(path.parent, shell.env, shell.cwd, sys.platform).go_env
    if file is None or not file.is_file():
        raise GoproxyctlError(
            Text("init.nothing-live", "init: there is no go on PATH and no file of its settings; say --region instead")
        )
    text = file.read_bytes()
    names = (
        "GOPROXY",
        "GOPRIVATE",
        "GONOPROXY",
        "GONOSUMDB",
        "GOSUMDB",
        "GOINSECURE",
        "GOVCS",
        "GOTOOLCHAIN",
        "GOFLAGS",
    )
    found = {name: goenv.read(text, (name,)) for name in (*names, "GOAUTH")}
    return {name: value.decode(errors="backslashreplace") for name, value in found.items() if value is not None}

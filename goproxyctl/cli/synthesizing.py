"""``synthesize``: the search, and what is made of its end: a policy that was checked, or a conflict explained."""

import re
from pathlib import Path

import click

from goproxyctl.cli.shell import Shell
from goproxyctl.cli.wishes import Understood, WishError, Wishes, understand
from goproxyctl.desired import make_desired
from goproxyctl.errors import GoproxyctlError
from goproxyctl.gosem.candidates import Candidate
from goproxyctl.gosem.demands import ANY_MIRROR, ORIGIN, Demand, Wish
from goproxyctl.gosem.synthesize import Conflict, synthesize
from goproxyctl.policy import load_policy
from goproxyctl.report.findings import findings_text
from goproxyctl.report.style import Style
from goproxyctl.report.synthesize import Asked, conflict_body, conflict_text, variables
from goproxyctl.report.synthesized import Frame, policy_text
from goproxyctl.text import Text

_TARGET = {"name": "go-env", "kind": "go-env"}


def write_synthesis(shell: Shell, wishes: Wishes, output: str | None, form: str) -> int:
    """Prints or writes the policy; a conflict goes to standard error, so that no pipe takes it for a policy."""
    try:
        understood = understand(wishes)
    except WishError as error:
        raise click.UsageError(shell.words(error.text)) from error
    asked = Asked(understood.site, understood.demands)
    found = synthesize(understood.site, list(understood.demands), learners=understood.learners)
    if isinstance(found, Conflict):
        if form == "json":
            shell.report("synthesize", form, lambda: conflict_body(found, asked), lambda _: "")
        else:
            shell.err_lines(conflict_text(found, asked, shell.words, Style(shell.colour[1])))
        return 1
    text = _policy(shell, wishes, understood, found)
    if form == "json":
        body = {"result": "found", "variables": variables(found, understood.site), "policy": text}
        shell.report("synthesize", form, lambda: body, lambda _: "")
    elif output is None:
        shell.out(text)
    if output is not None:
        _write(shell, output, text)
    return 0


def _policy(shell: Shell, wishes: Wishes, understood: Understood, found: Candidate) -> str:
    """The policy as text, after `validate` had nothing against it. Raises: PolicyError."""
    site = understood.site
    own = (*(server.name for server in site.servers if server.gatekeeper), ORIGIN)
    flags = tuple(dict.fromkeys(understood.demands.values()))
    frame = Frame(
        wishes.name or _owner(shell.cwd),
        flags,
        understood.learners or own,
        tuple(_survivors(understood, found)),
        f"{shell.today.year + 1}-12-31",
        _TARGET,
    )
    text = policy_text(found, site, frame, shell.words)
    policy = load_policy("policy.yaml", lambda _path: text.encode(), today=shell.today)
    make_desired(policy)
    if policy.problems:
        shell.err_lines(findings_text(policy.problems, shell.words, Style(shell.colour[1])))
    return text


def _survivors(understood: Understood, found: Candidate) -> list[str]:
    """The servers of the chain whose loss must not be noticed."""
    demands = understood.demands
    every = Demand(Wish.SURVIVES, ANY_MIRROR) in demands
    return [
        server.name
        for server in found.servers
        if Demand(Wish.SURVIVES, server.name) in demands or (every and not server.gatekeeper)
    ]


def _owner(folder: Path) -> str:
    word = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-")[:40]
    return word or "policy"


def _write(shell: Shell, output: str, text: str) -> None:
    """Writes a new file. Raises: GoproxyctlError when there is one."""
    try:
        with (shell.cwd / output).open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        exists = Text("synthesize.exists", "{file} exists; it was left alone: write to another one", file=output)
        raise GoproxyctlError(exists) from error
    shell.err(Text("synthesize.written", "{file}: written; next: goproxyctl validate -f {file}", file=output))

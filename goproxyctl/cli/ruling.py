"""The page of a rule, with what `validate` says of its examples."""

import datetime as dt

import click

from goproxyctl.cli.shell import Shell
from goproxyctl.desired import make_desired
from goproxyctl.errors import PolicyError, Problem, StoreError
from goproxyctl.policy import load_policy
from goproxyctl.policy.keeping import find_unkept
from goproxyctl.policy.nodes import find
from goproxyctl.report.rules import RulePage
from goproxyctl.rules.catalogue import catalogue, pages_of
from goproxyctl.rules.names import suggest
from goproxyctl.rules.pages import Example, whole_policy
from goproxyctl.rules.pages.beside import BESIDE
from goproxyctl.text import Text

#: A page says the same every day.
_TODAY = dt.date(2026, 1, 1)
_FILE = "policy.yaml"


def open_page(shell: Shell, name: str) -> RulePage:
    """All there is to say about a rule. Raises: click.UsageError when there is none of that name."""
    if name in catalogue():
        return read_page(name)
    text = Text("rules.unknown", "there is no rule {name!r}", name=name)
    close = suggest(name, catalogue())
    advised = Text("finding.advised", "{what}; {advice}", what=text, advice=close) if close else text
    raise click.UsageError(shell.words(advised))


def read_page(name: str) -> RulePage:
    """All there is to say about the rule of that name."""
    pages = pages_of(name)
    found = try_policy(pages["policy"].bad) if "policy" in pages else ()
    return RulePage(name, catalogue()[name], pages, tuple(problem for problem in found if problem.rule == name))


def try_policy(example: Example) -> tuple[Problem, ...]:
    """Every finding about a policy that is an example."""

    def read(name: str) -> bytes:
        """From memory: the example itself, and the few files that every example may name."""
        if name == _FILE:
            return whole_policy(example)
        if name not in BESIDE:
            raise StoreError(Text("read.no-example", "there is no {file}", file=name))
        return BESIDE[name].encode()

    try:
        policy = load_policy(_FILE, read, today=_TODAY)
        make_desired(policy)
    except PolicyError as error:
        return error.problems
    expected = find(policy.trees[None], ("spec", "expect"))
    return (*policy.problems, *find_unkept(policy, ())) if expected else policy.problems

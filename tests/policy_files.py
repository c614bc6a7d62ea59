"""Policies of one or more files, and what the loader says about them."""

import datetime as dt
from collections.abc import Mapping

from goproxyctl.errors import PolicyError, Problem, StoreError
from goproxyctl.policy import Policy, load_policy
from goproxyctl.policy.layers import Reader
from goproxyctl.text import Text

TODAY = dt.date(2026, 11, 22)
HEAD = "apiVersion: goproxyctl/v1\nkind: Policy\nmetadata: {name: acme}\nspec:\n"
CHAIN = "  chain: [direct]\n"


def reader(files: Mapping[str, str | bytes]) -> Reader:
    """Reads from ``files``; what is not there cannot be read."""

    def read(name: str) -> bytes:
        if name not in files:
            raise StoreError(Text("test.none", "there is no {name}", name=name))
        content = files[name]
        return content if isinstance(content, bytes) else content.encode()

    return read


def load(
    files: Mapping[str, str | bytes] | str, *, profile: str | None = None, today: dt.date | None = TODAY
) -> Policy:
    """The policy in ``policy.yaml`` of ``files``, or of one text."""
    given = {"policy.yaml": files} if isinstance(files, str) else files
    return load_policy("policy.yaml", reader(given), profile=profile, today=today)


def problems(files: Mapping[str, str | bytes] | str, **options: object) -> tuple[Problem, ...]:
    """All that is found, whether it stops the policy or not."""
    try:
        return load(files, **options).problems  # type: ignore[arg-type]
    except PolicyError as error:
        return error.problems


def lines(files: Mapping[str, str | bytes] | str, **options: object) -> list[str]:
    """The problems as ``file:line:column: what [rule]; what to do``."""
    return [
        f"{p.position.file}:{p.position.line}:{p.position.column}: {p.text} [{p.rule}]"
        + (f"; {p.advice}" if p.advice else "")
        for p in problems(files, **options)
    ]


def rules(spec: str, **options: object) -> list[tuple[str, int]]:
    """The rules that find something in a spec, with the line below ``spec:``."""
    return [(p.rule, p.position.line - 4) for p in problems(HEAD + spec, **options)]

"""Rules about expectations: what a policy says of itself, and must keep. `expecting` tries them, for validate."""

from typing import NamedTuple

from goproxyctl.errors import Severity
from goproxyctl.rules.registry import Rule
from goproxyctl.text import Text


class Expectation(NamedTuple):
    """One statement: a module ``reaches`` nobody else, a build ``survives`` a loss, or what is ``down`` has a result.

    Shape: servers and outcomes are words, as people write them; None and () where nothing is said.
    """

    module: str | None = None
    profile: str | None = None
    reaches: tuple[str, ...] | None = None
    survives: str | None = None
    outcomes: tuple[str, ...] | None = None
    down: tuple[tuple[str, str], ...] | None = None
    result: str | None = None


#: The rules of this module. None can be waived: who wrote the expectation can change it.
RULES: tuple[Rule, ...] = (
    Rule(
        "expect-form",
        Severity.ERROR,
        Text("rule.expect-form", "an expectation that says nothing, or two things"),
        Text("rule.expect-form.why", "it would hold whatever the policy says"),
        waivable=False,
    ),
    Rule(
        "expect-unknown",
        Severity.ERROR,
        Text("rule.expect-unknown", "an expectation about a server or profile that does not exist"),
        Text("rule.expect-unknown.why", "it would hold whatever the policy says"),
        waivable=False,
    ),
    Rule(
        "expect-failed",
        Severity.ERROR,
        Text("rule.expect-failed", "an expectation that the policy does not keep"),
        Text("rule.expect-failed.why", "go would do something else than the author of the policy promised"),
        waivable=False,
    ),
)

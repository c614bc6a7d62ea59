"""Rules about a scheduled failover: what it moves must be lent to it, and what it asks must not be private."""

from collections.abc import Iterator

from goproxyctl.errors import Severity
from goproxyctl.gosem.globs import matches_any
from goproxyctl.intent import Fallback, Role
from goproxyctl.rules.registry import Rule
from goproxyctl.rules.subject import Finding, Findings, Stance, Subject
from goproxyctl.targets.base import Target
from goproxyctl.text import Text


def _failovers(subject: Subject) -> Iterator[tuple[int, Target, Stance]]:
    for index, target in subject.targets.items():
        stance = subject.stance_of(target)
        if getattr(target, "kind", "") == "scheduled-task" and stance:
            yield index, target, stance


def not_lent(subject: Subject) -> Findings:
    """GOPROXY in go's own file must be lent, and be the chain that the failover knows; else apply undoes each move."""
    for index, target, stance in _failovers(subject):
        files = [
            (other, subject.stance_of(other))
            for other in subject.targets.values()
            if getattr(other, "kind", "") == "go-env" and getattr(other, "path", None) is None
        ]
        if not any(getattr(other, "lend", False) and _alike(theirs, stance) for other, theirs in files):
            yield Finding(
                ("targets", index),
                Text(
                    "failover-not-lent", "no go-env target lends GOPROXY of go's own file, with the same chain, to it"
                ),
                Text("failover-not-lent.advice", "add a target of kind go-env with lend: true, and the same profile"),
                target=target.name,
            )


def _alike(one: Stance | None, other: Stance) -> bool:
    return one is not None and one.intent.chain() == other.intent.chain()


def private_sample(subject: Subject) -> Findings:
    """Every hop hears of the sample."""
    for index, target, stance in _failovers(subject):
        module = str(getattr(target, "sample", "")).partition("@")[0]
        if matches_any(stance.intent.private, module):
            yield Finding(
                ("targets", index, "sample"),
                Text("failover-sample-private", "{module!r} is private, and every hop would be asked for it",
                     module=module),
                Text("failover-sample-private.advice", "name a public module that every hop serves"),
                target=target.name,
            )  # fmt: skip


def nothing_to_move(subject: Subject) -> Findings:
    """Only a mirror that go may skip on any error can be left out."""
    for index, target, stance in _failovers(subject):
        skipped = any(h.role is Role.MIRROR and h.fallback is Fallback.ANY_ERROR for h in stance.intent.hops)
        if not skipped and not getattr(target, "offline", False):
            yield Finding(
                ("targets", index),
                Text("failover-idle", "no mirror of the chain may be left out, so this would never change anything"),
                Text("failover-idle.advice", "give a mirror fallback: any-error, or the target offline: true"),
                target=target.name,
            )


RULES = (
    Rule(
        "failover-not-lent",
        Severity.ERROR,
        Text("rule.failover-not-lent", "a failover without a GOPROXY that is lent to it"),
        Text("rule.failover-not-lent.why", "apply would put back what the failover moves, or it would find nothing"),
        not_lent,
    ),
    Rule(
        "failover-sample-private",
        Severity.ERROR,
        Text("rule.failover-sample-private", "a failover that asks for a private module"),
        Text("rule.failover-sample-private.why", "its name would reach every proxy of the chain, every few minutes"),
        private_sample,
    ),
    Rule(
        "failover-idle",
        Severity.WARNING,
        Text("rule.failover-idle", "a failover that can change nothing"),
        Text("rule.failover-idle.why", "a hop is left out only where the policy lets go skip it on any error"),
        nothing_to_move,
    ),
)

"""What should be there: every resource that the targets of a policy ask for, each address and each file once."""

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby, pairwise

from goproxyctl.errors import PolicyError, Problem, Severity, UnfitError
from goproxyctl.policy import Policy
from goproxyctl.resource import Desired, Resource
from goproxyctl.text import Text

#: The folder of the tree's ledger.
_OURS = ".goproxyctl"

_Complaint = tuple[str, str, Text, Text]


def make_desired(policy: Policy, targets: Collection[str] | None = None) -> Desired:
    """The resources of ``targets`` (None: of all), by address, in writing order.

    Whatever is asked for, the whole policy must be free of conflicts.
    Raises: PolicyError with every target that cannot carry what the policy says, or with every conflict, at the target
    that came second.
    """
    resources = _asked_for(policy)
    rank = {target.name: number for number, target in enumerate(policy.targets)}
    resources.sort(key=lambda resource: (resource.address.sort_key(), rank[resource.target]))
    complaints = [*_reserved(resources, policy.file), *_conflicts(resources, rank)]
    if complaints:
        problems = {(target, rule, str(text)): (text, advice) for target, rule, text, advice in complaints}
        raise PolicyError(
            [
                Problem(policy.target_position(target), rule, Severity.ERROR, text, advice)
                for (target, rule, _), (text, advice) in sorted(problems.items(), key=lambda pair: rank[pair[0][0]])
            ]
        )
    return {r.address: r for r in resources if targets is None or r.target in targets}


def _asked_for(policy: Policy) -> list[Resource]:
    resources: list[Resource] = []
    problems = []
    for target in policy.targets:
        try:
            resources += target.desired(policy.intent(target))
        except UnfitError as error:
            at = policy.target_position(target.name)
            problems.append(Problem(at, "target-unfit", Severity.ERROR, error.text))
    if problems:
        raise PolicyError(problems)
    return resources


def _reserved(resources: Iterable[Resource], file: str) -> Iterator[_Complaint]:
    """Files that are not for targets: the policy and our own folder."""
    for resource in resources:
        path = resource.address.container
        if path.casefold() == file.casefold() or path.casefold().split("/")[0] == _OURS:
            yield (
                resource.target,
                "target-path-reserved",
                Text("target-path-reserved", "{path} is a file of goproxyctl itself", path=path),
                Text("target-path-reserved.advice", "give the target another path"),
            )


def _conflicts(resources: Iterable[Resource], rank: dict[str, int]) -> Iterator[_Complaint]:
    for one, other, text in (*_same_address(resources), *_same_file(resources)):
        first, second = sorted((one, other), key=lambda resource: rank[resource.target])
        advice = Text("target-conflict.advice", "target {name!r} has it already; give one of them another path",
                      name=first.target)  # fmt: skip
        yield second.target, "target-conflict", text, advice


_Conflict = tuple[Resource, Resource, Text]


def _same_address(resources: Iterable[Resource]) -> Iterator[_Conflict]:
    """One address twice, or one inside the other: a member of an element that is wanted whole."""
    by_file = groupby(resources, key=lambda resource: (resource.address.place, resource.address.container))
    for _, group in by_file:
        for one, other in pairwise(sorted(group, key=lambda resource: [repr(step) for step in resource.address.key])):
            key = one.address.key
            if other.address.key[: len(key)] == key:
                yield one, other, Text("target-conflict", "two targets want {address}", address=other.address)


def _same_file(resources: Iterable[Resource]) -> Iterator[_Conflict]:
    """One file as two places, under names that some file systems take for one, or as a folder too."""
    firsts: dict[str, Resource] = {}
    for resource in resources:
        address = resource.address
        first = firsts.setdefault(address.container.casefold(), resource)
        if first.address.container != address.container:
            text = Text(
                "target-case", "{path} and {other} are one file where case does not count",
                path=address.container, other=first.address.container,
            )  # fmt: skip
            yield first, resource, text
        elif first.address.place is not address.place:
            text = Text(
                "target-places", "{path} is wanted as {place} and as {other}",
                path=address.container, place=address.place.value, other=first.address.place.value,
            )  # fmt: skip
            yield first, resource, text
    for folded, resource in firsts.items():
        above = next((firsts[path] for path in _folders(folded) if path in firsts), None)
        if above:
            text = Text(
                "target-folder", "{path} is in {folder}, which is wanted as a file",
                path=resource.address.container, folder=above.address.container,
            )  # fmt: skip
            yield above, resource, text


def _folders(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts)))

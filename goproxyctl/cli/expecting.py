"""The expectations of a policy, and of the file beside it: what `validate` tries when the policy is right."""

import os

from goproxyctl.cli.options import DEFAULT_POLICY
from goproxyctl.cli.reader import Folder
from goproxyctl.errors import Problem
from goproxyctl.policy import Policy
from goproxyctl.policy.nodes import find


def unkept_expectations(folder: Folder, policy: Policy) -> list[Problem]:
    """What the policy does not keep; nothing is imported where nothing is expected. Raises: StoreError."""
    stem, _ = os.path.splitext(policy.file)
    beside = f"{stem}.expect.yaml"
    inside, outside = find(policy.trees[None], ("spec", "expect")), os.path.lexists(folder.path / beside)
    if not inside and not outside:
        return []
    from goproxyctl.policy.keeping import find_unkept, find_unkept_beside

    shown = folder.name(policy.file)
    flags = () if shown == DEFAULT_POLICY else ("-f", shown)
    found = find_unkept(policy, flags) if inside else []
    return found + (find_unkept_beside(policy, flags, beside, folder.read(beside)) if outside else [])

"""YAML text to a `Policy`, with file, line and column in every complaint.

text -> events -> nodes (parse) -> one tree per profile (layers) -> shape (check) -> meaning (rules) -> Policy
"""

from typing import Any

from goproxyctl.policy.load import load_policy
from goproxyctl.policy.loaded import Policy

__all__ = ["Policy", "load_policy", "policy_schema"]


def policy_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a policy document; it needs every kind, so it is made only when asked for."""
    from goproxyctl.policy.schema import make_schema

    return make_schema()

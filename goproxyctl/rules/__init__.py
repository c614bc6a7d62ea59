"""What a policy should not say, beyond its shape: each rule is one small function and one entry of its module's RULES.

Rules are pure: they see a `Subject` and name fields; the policy turns fields into lines and columns.
"""

from goproxyctl.rules import chain, private, reading, references, settings
from goproxyctl.rules.registry import Rule, run_rules
from goproxyctl.rules.subject import Finding, Stance, Subject, Waiver

#: Every rule by its id; the ids are stable.
RULES: dict[str, Rule] = {
    rule.id: rule for module in (reading, references, chain, settings, private) for rule in module.RULES
}

__all__ = ["RULES", "Finding", "Rule", "Stance", "Subject", "Waiver", "run_rules"]

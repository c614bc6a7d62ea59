"""What a policy should not say, beyond its shape: each rule is one small function and one entry of its module's RULES.

Rules are pure: they see a `Subject` and name fields; the policy turns fields into lines and columns.
"""

from goproxyctl.rules import chain, failover, mirrors, network, private, readers, references, settings, trust
from goproxyctl.rules.registry import Rule, run_rules
from goproxyctl.rules.subject import Finding, Fix, Stance, Subject, Waiver

_MODULES = (references, chain, mirrors, settings, private, network, readers, failover, trust)

#: Every rule that checks what a policy means, by its id; the ids are stable. `catalogue` knows all the others too.
RULES: dict[str, Rule] = {rule.id: rule for module in _MODULES for rule in module.RULES}

__all__ = ["RULES", "Finding", "Fix", "Rule", "Stance", "Subject", "Waiver", "run_rules"]

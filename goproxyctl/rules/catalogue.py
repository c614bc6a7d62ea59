"""Every rule that there is: about policies, about the settings of a machine, about the files of a repository."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from goproxyctl.rules.pages import Page
from goproxyctl.rules.registry import Rule

#: Where rules look, and the modules that hold them. A module of that name in ``pages`` holds their examples.
PLACES: Mapping[str, tuple[str, ...]] = {
    "policy": (
        "reading",
        "references",
        "chain",
        "mirrors",
        "private",
        "settings",
        "network",
        "readers",
        "failover",
        "trust",
        "expect",
    ),
    "environment": ("environment.rules", "environment.machine_rules"),
    "repository": ("environment.rules", "environment.machine_rules", "repository.rules"),
}

#: A rule, or its page, by place: what it finds may weigh more in one place than in another.
ByPlace = Mapping[str, Rule]


@cache
def catalogue() -> Mapping[str, ByPlace]:
    """Every rule by its id, in the order of the places and modules."""
    rules: dict[str, dict[str, Rule]] = {}
    for place, modules in PLACES.items():
        for module in modules:
            for rule in import_module(f"goproxyctl.rules.{module}").RULES:
                rules.setdefault(rule.id, {})[place] = rule
    return rules


def pages_of(rule_id: str) -> Mapping[str, Page]:
    """The pages of a rule by place."""
    found = {place: _page(rule_id, modules) for place, modules in PLACES.items()}
    return {place: page for place, page in found.items() if page}


def _page(rule_id: str, modules: tuple[str, ...]) -> Page | None:
    shelves = (import_module(f"goproxyctl.rules.pages.{module}").PAGES for module in modules)
    return next((shelf[rule_id] for shelf in shelves if rule_id in shelf), None)

"""A synthesized policy with the reasons beside it; or the demands that contradict each other, and what each breaks."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from goproxyctl.gosem.candidates import Candidate, Site, settings_of
from goproxyctl.gosem.demands import DOWN, Breach, Demand, Wish
from goproxyctl.gosem.leaks import NONE
from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.request import Route
from goproxyctl.gosem.settings import GO_ENV
from goproxyctl.gosem.synthesize import Case, Conflict
from goproxyctl.gosem.toolchain import MODULE
from goproxyctl.gosem.version import NEWEST
from goproxyctl.report.document import message
from goproxyctl.report.style import Paint, Style, Words, joined
from goproxyctl.text import Text, shown


class Asked(NamedTuple):
    """What the person asked for. ``flags``: each demand as it stands on the command line."""

    site: Site
    flags: Mapping[Demand, str]


def variables(candidate: Candidate, site: Site) -> dict[str, str]:
    """The settings that decide who is asked, as go reads them."""
    settings = settings_of(candidate, site)
    return {
        "GOPROXY": settings.proxy,
        "GOPRIVATE": settings.private,
        "GONOPROXY": settings.noproxy,
        "GONOSUMDB": settings.nosumdb,
        "GOSUMDB": settings.sumdb,
        "GOTOOLCHAIN": settings.toolchain,
    }


def conflict_text(conflict: Conflict, asked: Asked, words: Words, style: Style) -> str:
    """Each demand of the conflict with the chain that the others allow, what that breaks, and how to see it."""
    lines = [style(words(conflict_summary(conflict, asked)), Paint.STRONG)]
    for flag, cases in _by_flag(conflict, asked):
        case = cases[-1]
        lines += ["", f"  {style(shown(flag), Paint.ERROR)}"]
        lines += [f"    {words(without(case, asked.site))}", f"    {words(breach_text(case))}"]
        if case.breach.route:
            lines += [f"    {style(shown(route_command(case, asked.site)), Paint.FAINT)}"]
    return joined(lines)


def conflict_body(conflict: Conflict, asked: Asked) -> dict[str, Any]:
    """The conflict for a program."""
    return {
        "result": "conflict",
        "summary": message(conflict_summary(conflict, asked)),
        "conflict": [
            {
                "flag": shown(asked.flags[case.demand]),
                "demand": case.demand.wish.value,
                "value": shown(case.demand.value),
                "others": variables(case.candidate, asked.site),
                "breach": message(breach_text(case)),
                "route": shown(route_command(case, asked.site)) if case.breach.route else None,
            }
            for case in conflict.cases
        ],
    }


def conflict_summary(conflict: Conflict, asked: Asked) -> Text:
    """One line: how many of the person's flags contradict each other."""
    count = len({asked.flags[demand] for demand in conflict.demands})
    if count == 1:
        return Text("synthesize.impossible", "no chain can do this, whatever else is asked for:")
    return Text(
        "synthesize.conflict", "these {count} contradict each other; without any one of them the others can be had:",
        count=count,
    )  # fmt: skip


def _by_flag(conflict: Conflict, asked: Asked) -> Iterator[tuple[str, list[Case]]]:
    """The cases of each flag; of two, the second says more: that a server is there was taken for granted."""
    flags = list(dict.fromkeys(asked.flags.values()))
    ordered = sorted(conflict.cases, key=lambda case: flags.index(asked.flags[case.demand]))
    for flag, cases in groupby(ordered, key=lambda case: asked.flags[case.demand]):
        yield flag, list(cases)


def without(case: Case, site: Site) -> Text:
    """What would do if the demand were given up."""
    proxy = settings_of(case.candidate, site).proxy
    return Text("synthesize.without", "without it: GOPROXY={proxy}", proxy=proxy)


def breach_text(case: Case) -> Text:
    """How the chain that the other demands allow breaks this one."""
    demand, breach = case.demand, case.breach
    if breach.route is None:
        return _seen(demand, case.candidate)
    happened = _happened(breach, case.candidate)
    if not happened:
        return Text("synthesize.but", "but {outcome}", outcome=_outcome(breach, breach.route))
    return Text(
        "synthesize.when", "but when {happened}: {outcome}", happened=_joined(happened),
        outcome=_outcome(breach, breach.route),
    )  # fmt: skip


def _seen(demand: Demand, candidate: Candidate) -> Text:
    """What one look at the chain tells."""
    texts = {
        Wish.USED: Text("synthesize.not-used", "{name} would have no place in it", name=demand.value),
        Wish.FETCH: Text("synthesize.fetch", "private modules would come with fetch: {how}", how=candidate.fetch)
        if any(server.gatekeeper for server in candidate.servers)
        else Text("synthesize.no-gatekeeper", "no gatekeeper of the chain could serve private modules"),
        Wish.DATABASE: Text("synthesize.database", "the checksum database would be {name}", name=candidate.database),
        Wish.DIRECT: Text("synthesize.no-direct", "what no server has could not be fetched from its repository"),
        Wish.NO_DIRECT: Text("synthesize.direct", "what no server has would be fetched from its repository"),
    }
    return texts[demand.wish]


def _outcome(breach: Breach, route: Route) -> Text:
    """What comes of it."""
    wish, module = breach.demand.wish, route.module
    if wish in {Wish.GUARDED, Wish.STRICT}:
        host = next((r.host for r in reversed(route.requests) if r.purpose in {Purpose.ZIP, Purpose.VCS}), "")
        if all(request.outcome is Outcome.OK for request in route.requests):
            return Text(
                "synthesize.unasked", "{module} comes from {host}, and nobody asks {name}",
                module=module, host=host, name=breach.demand.value,
            )  # fmt: skip
        return Text("synthesize.bypassed", "{module} still comes, from {host}", module=module, host=host)
    if breach.stranger and wish is Wish.AIR_GAP:
        return Text("synthesize.outside", "{host} is asked for {module}", host=breach.stranger, module=module)
    if breach.stranger:
        return Text("synthesize.learns", "{host} learns the name of {module}", host=breach.stranger, module=module)
    return Text("synthesize.lost", "{module} cannot be fetched", module=module)


def _happened(breach: Breach, candidate: Candidate) -> list[Text]:
    """What has to happen for the breach, each server once."""
    found: dict[str, Text] = {}
    for name, at in _troubles(breach, candidate).items():
        down = at[0][1] is DOWN and breach.demand.wish is Wish.SURVIVES
        found[name] = (
            Text("synthesize.down", "{name} is down", name=name)
            if down
            else Text("synthesize.answers", "{name} answers {outcome}", name=name, outcome=at[0][1].value)
        )
    return list(found.values())


def _troubles(breach: Breach, candidate: Candidate) -> dict[str, list[tuple[str, Outcome]]]:
    """The requests of a breach that went wrong, by the name of the server: endpoint and outcome."""
    found: dict[str, dict[tuple[str, Outcome], None]] = {}
    for request in breach.route.requests if breach.route else ():
        where = request.where
        if request.outcome is not Outcome.OK:
            name = candidate.servers[where].name if isinstance(where, int) else request.host
            found.setdefault(name, {})[request.purpose.value, request.outcome] = None
    return {name: list(at) for name, at in found.items()}


def _joined(texts: Sequence[Text]) -> Text:
    whole = texts[0]
    for text in texts[1:]:
        whole = Text("synthesize.and", "{first} and {second}", first=whole, second=text)
    return whole


def route_command(case: Case, site: Site) -> str:
    """The command line that shows the breach."""
    breach, settings = case.breach, variables(case.candidate, site)
    assert breach.route
    module = breach.route.module
    arguments = ["goproxyctl", "route", f"go{NEWEST}" if module == MODULE else module]
    for name, value in settings.items():
        if value != _ASSUMED.get(name, settings["GOPRIVATE"]):
            arguments += ["--set", f"{name}={value}"]
    for place in dict.fromkeys(_downs(breach)):
        arguments += ["--down", place]
    return shlex.join(arguments)


#: What `route` takes for settings that are not given; GONOPROXY and GONOSUMDB are then what GOPRIVATE is.
_ASSUMED = {"GOPROXY": "", "GOPRIVATE": NONE, "GOSUMDB": GO_ENV["GOSUMDB"], "GOTOOLCHAIN": "local"}


def _downs(breach: Breach) -> Iterator[str]:
    """What goes wrong on the way, as `route` takes it: whole servers that are down, else endpoints."""
    scenario, route = breach.scenario, breach.route
    assert scenario
    assert route
    whole = any(purpose is None for _, purpose, _ in scenario.answers)
    for request in route.requests:
        if request.outcome is not Outcome.OK:
            where = request.where if isinstance(request.where, str) else request.host
            down = whole and request.outcome is DOWN
            yield f"{where}={DOWN.value}" if down else f"{where}/{request.purpose.value}={request.outcome.value}"

"""The words of a route: phases, decisions, who learns what, how the checksum is verified, how it ends."""

from collections.abc import Iterator
from itertools import groupby

from goproxyctl.gosem.chain import HopKind
from goproxyctl.gosem.globs import matches_any
from goproxyctl.gosem.outcome import Class, Purpose
from goproxyctl.gosem.request import Decision, Request, Result, Route, Step, Where
from goproxyctl.gosem.sumdb import SumDB, read_sumdb
from goproxyctl.gosem.toolchain import MODULE
from goproxyctl.rules.scene import Scene
from goproxyctl.text import Text

DATABASE = frozenset({Purpose.SUPPORTED, Purpose.LOOKUP, Purpose.TILE})
_CHECKSUM = Text("route.phase.checksum", "checksum")
#: What go is after, by the purpose of a step.
PHASES = {
    Purpose.LIST: Text("route.phase.list", "versions"),
    Purpose.INFO: Text("route.phase.version", "version"),
    Purpose.MOD: Text("route.phase.mod", "go.mod"),
    Purpose.ZIP: Text("route.phase.zip", "zip"),
    **dict.fromkeys(DATABASE, _CHECKSUM),
}


def decision_text(step: Step) -> Text | None:
    """What go does after a hop, and why; None where it has what it wanted, or nothing was to be had."""
    failure = step.failure
    if step.decision is Decision.HANGS:
        return Text("route.hangs", "no answer: go waits for ever")
    if failure is None or failure.id == "not-private":
        return None
    if failure.id == "private":
        return Text("route.private", "proxies are not asked: GONOPROXY matches")
    if failure.id == "off":
        return None if step.purpose is Purpose.SUPPORTED else Text("route.off", "off: go does not look any further")
    if failure.id == "mismatch" or (failure.purpose in DATABASE and step.purpose not in DATABASE):
        return _after_verifying(step)
    return _after_answer(step, failure.kind)


def _after_verifying(step: Step) -> Text | None:
    if step.decision is Decision.NEXT_ANY_ERROR:
        return Text("route.unverified-next", 'not verified, and "|" follows: next')
    return Text("route.unverified", "not verified: stop")


def _after_answer(step: Step, kind: Class) -> Text | None:
    """The separator's decision in words."""
    if step.decision is Decision.NEXT_NOT_FOUND:
        return Text("route.next-not-found", "not found: next")
    if step.decision is Decision.NEXT_ANY_ERROR:
        return Text("route.next-any-error", 'an error, and "|" follows: next')
    if step.decision is Decision.STOPPED and step.hop is not None:
        return Text("route.stopped", 'an error, and no "|" follows: stop')
    if step.decision is Decision.END:
        return Text("route.end", "not found, and nobody is left") if kind is Class.NOT_FOUND else None
    return None


def server_text(scene: Scene, where: Where, host: str) -> Text:
    """A server by its name, and its host where that says more."""
    name = scene.name(where)
    if name == host or not host:
        return Text("route.server", "{name}", name=name)
    return Text("route.server-at", "{name} ({host})", name=name, host=host)


def learners(scene: Scene, route: Route) -> Iterator[tuple[Request, Text]]:
    """The servers that learn the module's path, in the order in which they do."""
    seen = set()
    for request in route.requests:
        if request.learns and request.host and request.host not in seen:
            seen.add(request.host)
            yield request, server_text(scene, request.where, request.host)


def checksum_text(scene: Scene, route: Route) -> Text:
    """Which way the checksum database is asked, or why it is not."""
    asked = [request for request in route.requests if request.purpose in DATABASE]
    found = read_sumdb(scene.settings.sumdb, scene.go)
    if asked:
        return _asked_text(scene, asked[-1], found)
    if isinstance(found, SumDB) and found.off and route.module != MODULE:
        return Text("route.sumdb.off", "not asked: GOSUMDB=off")
    if isinstance(found, SumDB) and not found.off and _exempt(scene, route.module):
        return Text("route.sumdb.exempt", "not asked: GONOSUMDB matches")
    if route.result is Result.OK:
        return Text("route.sumdb.needless", "not asked")
    return Text("route.sumdb.unreached", "not reached")


def _exempt(scene: Scene, module: str) -> bool:
    return module != MODULE and matches_any(scene.settings.nosumdb.split(","), module)


def _asked_text(scene: Scene, last: Request, found: object) -> Text:
    assert isinstance(found, SumDB)
    if last.purpose is Purpose.SUPPORTED:
        return Text("route.sumdb.unspoken", "{name} does not say whether it speaks for it", name=scene.name(last.where))
    if last.where != "sumdb":
        return Text("route.sumdb.proxied", "{db} through {name}", db=found.name, name=scene.name(last.where))
    if found.url is not None:
        return Text("route.sumdb.stated", "{db} at {host}: GOSUMDB says where", db=found.name, host=last.host)
    if any(hop.kind is HopKind.PROXY for hop in scene.hops):
        return Text("route.sumdb.direct", "{db} itself: no proxy speaks for it", db=found.name)
    return Text("route.sumdb.alone", "{db} itself: the chain has no proxy", db=found.name)


def walk_text(scene: Scene, route: Route, host: str = "") -> str:
    """The walk along the chain in which ``host`` learns the name; without one, the last. Short enough for a line."""
    walks = [list(walk) for _, walk in groupby(route.steps, lambda step: PHASES[step.purpose].id)]
    asked = [[request for step in walk for request in step.requests] for walk in walks]
    fitting = [walk for walk in asked if any(r.learns and r.host == host for r in walk)] if host else asked[::-1]
    walk = next((walk for walk in fitting if walk), [])
    met = {scene.name(request.where): request.outcome.value for request in walk}
    return " -> ".join(f"{name} {outcome}" for name, outcome in met.items()) if len(met) > 1 else ""


def result_text(scene: Scene, route: Route) -> Text:
    """How it ends."""
    if route.result is Result.HANGS:
        last = route.requests[-1]
        return Text(
            "route.ends.hangs", "hangs: {name} never answers, and go sets no limit", name=scene.name(last.where)
        )
    if route.result is Result.FAILS:
        return Text("route.ends.fails", "fails")
    return Text("route.ends.ok", "{version}, from {name}", version=route.version, name=scene.name(scene.giver(route)))

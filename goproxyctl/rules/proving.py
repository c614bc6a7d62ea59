"""What can happen under a policy: who learns private names, who goes around a gatekeeper, what one failure does."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import NamedTuple

from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.prove import Bypass, Loss, find_bypasses, find_losses
from goproxyctl.gosem.reach import Reached, reach
from goproxyctl.gosem.request import Result, Route, Where
from goproxyctl.gosem.toolchain import MODULE
from goproxyctl.rules.samples import LATEST, VERSION, Samples, alike, sample
from goproxyctl.rules.scene import Scene, Table


class Witness(NamedTuple):
    """A route that shows something: for which module, and what was down. ``command`` shows it again."""

    module: str
    version: str
    table: Table
    route: Route
    command: str


class Escape(NamedTuple):
    """A server that can learn a private name and must not."""

    where: Where
    host: str
    witness: Witness


class Secrecy(NamedTuple):
    """Who can learn the name of a private module, whatever happens; ``like``: others that fare the same."""

    module: str
    like: tuple[str, ...]
    learners: tuple[Where, ...]
    escapes: tuple[Escape, ...]


class Detour(NamedTuple):
    """A module that is fetched although a gatekeeper refused it; ``asked`` False: it was not even asked.

    ``lawful``: it said that there is no such module, after which the policy lets go move on.
    """

    source: Where
    asked: bool
    lawful: bool
    witness: Witness


class Obedience(NamedTuple):
    """What becomes of the refusals of a gatekeeper."""

    gatekeeper: int
    module: str
    detours: tuple[Detour, ...]


class Harm(NamedTuple):
    """What one server can do to a build, at one endpoint or (None) at all of them."""

    where: Where
    purpose: Purpose | None
    result: Result
    outcomes: frozenset[Outcome]
    witness: Witness


class Endurance(NamedTuple):
    """A build that fetches a module: how it goes when all is well, whom it asks then, and what can harm it."""

    module: str
    like: tuple[str, ...]
    healthy: Witness
    asked: tuple[Where, ...]
    harms: tuple[Harm, ...]


class Verdicts(NamedTuple):
    """All that can be said of one scene; ``toolchain`` None: go fetches none."""

    secrecy: tuple[Secrecy, ...]
    obedience: tuple[Obedience, ...]
    endurance: tuple[Endurance, ...]
    toolchain: Endurance | None

    @property
    def escapes(self) -> tuple[Escape, ...]:
        """Every way in which a private name gets to a stranger."""
        return tuple(escape for each in self.secrecy for escape in each.escapes)

    @property
    def bypasses(self) -> tuple[Detour, ...]:
        """Every way around a gatekeeper that the policy does not allow."""
        return tuple(detour for each in self.obedience for detour in each.detours if not detour.lawful)


def prove_scene(scene: Scene, samples: Samples, toolchain: str | None) -> Verdicts:
    """Everything that the answers of servers can do to fetching the samples."""
    return Verdicts(
        tuple(_secrecy(scene, module, like) for module, like in alike(scene, samples.private)),
        tuple(
            _obedience(scene, hop, module) for hop in scene.gatekeepers for module, _ in alike(scene, samples.public)
        ),
        tuple(_endurance(scene, module, VERSION, like) for module, like in alike(scene, samples.every)),
        _endurance(scene, MODULE, toolchain) if toolchain else None,
    )


def witness(scene: Scene, module: str, version: str, table: Table) -> Witness:
    """The route of a module with that much down."""
    taken = scene.travel(module, version, table)
    return Witness(module, version, table, taken, scene.command(module, version, table))


def _secrecy(scene: Scene, module: str, like: tuple[str, ...]) -> Secrecy:
    # Who fetches a module for the first time asks for the latest version, which asks for everything else as well.
    found = [each for each in reach(module, LATEST, scene.settings, scene.go) if each.learns]
    allowed = scene.may_learn(module)
    strange = [each for each in found if allowed is not None and each.host not in allowed]
    escapes = tuple(Escape(each.where, each.host, way_to(scene, module, each)) for each in strange)
    return Secrecy(module, like, tuple(each.where for each in found), escapes)


def way_to(scene: Scene, module: str, reached: Reached) -> Witness:
    """The plainest way in which a host learns the name: whole servers down, and one version, where that will do."""

    def taught(version: str, table: Table) -> bool:
        requests = scene.travel(module, version, table).requests
        return any(request.host == reached.host and request.learns for request in requests)

    choices: Table = dict(reached.choices)
    whole: Table = {(where, None): met for (where, _), met in reached.choices}
    for version, table in product((VERSION, LATEST), (whole, choices)):
        if taught(version, table):
            return witness(scene, module, version, _needed(table, partial(taught, version)))
    return Witness(module, LATEST, choices, reached.route, scene.command(module, LATEST, choices))


def _needed(table: Table, holds: Callable[[Table], bool]) -> Table:
    """``table`` without what is so in health already, or does not matter: what is left ``holds`` as the whole did."""
    for key in table:
        fewer = {other: met for other, met in table.items() if other != key}
        if holds(fewer):
            return _needed(fewer, holds)
    return table


def _obedience(scene: Scene, gatekeeper: int, module: str) -> Obedience:
    found = find_bypasses(sample(scene, module), gatekeeper, scene.settings, scene.go)
    return Obedience(gatekeeper, module, tuple(_detour(scene, module, bypass) for bypass in found))


def _detour(scene: Scene, module: str, bypass: Bypass) -> Detour:
    places = (None,) if len(bypass.purposes) > 1 else bypass.purposes
    table: Table = {(bypass.gatekeeper, purpose): bypass.refusal for purpose in places} if bypass.asked else {}
    shown = witness(scene, module, VERSION, table)
    return Detour(scene.giver(shown.route), bypass.asked, bypass.asked and bypass.refusal is Outcome.NOT_FOUND, shown)


def _endurance(scene: Scene, module: str, version: str, like: tuple[str, ...] = ()) -> Endurance:
    healthy = witness(scene, module, version, {})
    asked = tuple(dict.fromkeys(request.where for request in healthy.route.requests))
    losses = find_losses(sample(scene, module, version), scene.settings, scene.go)
    return Endurance(module, like, healthy, asked, tuple(_harms(scene, losses)))


def _harms(scene: Scene, losses: Iterator[Loss]) -> Iterator[Harm]:
    """The losses at one place with one result, drawn together."""
    places: dict[tuple[Where, Purpose | None, Result], list[Loss]] = {}
    for loss in losses:
        places.setdefault((loss.where, loss.purpose, loss.result), []).append(loss)
    for (where, purpose, result), found in places.items():
        outcomes = frozenset(outcome for loss in found for outcome in loss.outcomes)
        plain = Outcome.UNAVAILABLE if Outcome.UNAVAILABLE in outcomes else found[0].outcomes[0]
        table = {(where, purpose): plain}
        yield Harm(
            where, purpose, result, outcomes, witness(scene, found[0].sample.module, found[0].sample.version, table)
        )

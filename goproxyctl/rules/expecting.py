"""Expectations judged: each is tried on the settings of every profile that it is about."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from goproxyctl.gosem.outcome import Outcome
from goproxyctl.gosem.reach import reach
from goproxyctl.gosem.request import Result
from goproxyctl.rules.down import DownError, read_down, read_outcome, read_places
from goproxyctl.rules.expect import Expectation
from goproxyctl.rules.names import suggest_or_list
from goproxyctl.rules.proving import Witness, way_to, witness
from goproxyctl.rules.samples import LATEST, VERSION, Stage, alike
from goproxyctl.rules.scene import Scene, Table
from goproxyctl.text import Text

#: What the loss of a server is, where an expectation does not say: it cannot be reached, or not just now.
LOSS = (
    *(Outcome.REFUSED, Outcome.RESET, Outcome.DNS, Outcome.TLS, Outcome.TIMEOUT),
    *(Outcome.TOO_MANY, Outcome.SERVER_ERROR, Outcome.BAD_GATEWAY, Outcome.UNAVAILABLE),
)
_RESULTS = {"served": Result.OK, "fails": Result.FAILS, "hangs": Result.HANGS}


class Unkept(NamedTuple):
    """What is wrong with an expectation, at one of its fields ("": at the whole)."""

    rule: str
    field: str
    text: Text
    advice: Text | None = None


def judge(expected: Expectation, stages: Sequence[Stage]) -> Iterator[Unkept]:
    """Why the expectation does not hold; each reason once, for the first profile that shows it."""
    wrong = _form(expected) or _strangers(expected, stages)
    if wrong:
        yield wrong
        return
    seen: set[str] = set()
    for stage in _concerned(expected, stages):
        for found in _broken(expected, stage):
            if str(found.text) not in seen:
                seen.add(str(found.text))
                yield found


def _form(expected: Expectation) -> Unkept | None:
    """One statement, with all that it needs and nothing that belongs to another."""
    stated = [name for name in ("reaches", "survives", "result") if getattr(expected, name) is not None]
    if len(stated) != 1:
        text = Text("expect.one", "an expectation says one of reaches, survives and result")
        return Unkept("expect-form", stated[1] if stated else "", text)
    if expected.module is None and stated != ["survives"]:
        return Unkept(
            "expect-form", stated[0], Text("expect.module", "of which module? {field!r} is missing", field="module")
        )
    for field, owner in (("outcomes", "survives"), ("down", "result")):
        if getattr(expected, field) is not None and stated != [owner]:
            text = Text("expect.stray", "{field!r} belongs to {owner!r}", field=field, owner=owner)
            return Unkept("expect-form", field, text)
    return None


def _strangers(expected: Expectation, stages: Sequence[Stage]) -> Unkept | None:
    """A profile that no target gets, or a server that no chain has."""
    profiles = [profile for stage in stages for profile in stage.profiles if profile]
    if expected.profile is not None and expected.profile not in profiles:
        text = Text("expect.profile", "no target gets the profile {name!r}", name=expected.profile)
        return Unkept("expect-unknown", "profile", text, suggest_or_list(expected.profile, profiles))
    for field, word in _words(expected):
        errors = [_why_unknown(stage.scene, word) for stage in stages if _about(expected, stage)]
        if all(errors):
            error = errors[0]
            assert error is not None
            return Unkept("expect-unknown", field, error.text, error.advice)
    return None


def _words(expected: Expectation) -> Iterator[tuple[str, str]]:
    """Every word that means a server, with the field it stands in."""
    yield from (("reaches", word) for word in expected.reaches or ())
    yield from (("survives", word) for word in [expected.survives] if word is not None)
    yield from (("down", word) for word, _ in expected.down or ())


def _why_unknown(scene: Scene, word: str) -> DownError | None:
    try:
        read_places(scene, word)
    except DownError as error:
        return error
    return None


def _about(expected: Expectation, stage: Stage) -> bool:
    return expected.profile is None or expected.profile in stage.profiles


def _concerned(expected: Expectation, stages: Iterable[Stage]) -> Iterator[Stage]:
    """The stages that the expectation is about: a loss says nothing where the server is not in the chain."""
    for stage in stages:
        words = [word for field, word in _words(expected) if field != "reaches"]
        if _about(expected, stage) and not any(_why_unknown(stage.scene, word) for word in words):
            yield stage


def _broken(expected: Expectation, stage: Stage) -> Iterator[Unkept]:
    if expected.reaches is not None:
        return _strays(expected, expected.reaches, stage.scene)
    if expected.survives is not None:
        return _lost(expected, expected.survives, stage)
    return _other_result(expected, stage.scene)


def _strays(expected: Expectation, words: Iterable[str], scene: Scene) -> Iterator[Unkept]:
    """The servers that can learn the module's name and are not among those named, whatever happens."""
    module = expected.module or ""
    known = [word for word in words if _why_unknown(scene, word) is None]
    allowed = {scene.host(where, module) for word in known for where, _ in read_places(scene, word)}
    strange = (r for r in reach(module, LATEST, scene.settings, scene.go) if r.learns and r.host not in allowed)
    ways = ((scene.name(reached.where), way_to(scene, module, reached)) for reached in strange)
    for _, group in groupby(ways, lambda way: way[1].command):
        same = list(group)
        names = ", ".join(name for name, _ in same)
        text = Text("expect.reaches", "{names} can learn {module}", names=names, module=module)
        yield Unkept("expect-failed", "reaches", text, _see(same[0][1]))


def _lost(expected: Expectation, word: str, stage: Stage) -> Iterator[Unkept]:
    """The first loss that a build does not survive, for each module that it is about."""
    scene, samples = stage.scene, stage.samples
    given = [expected.module] if expected.module else [module for module, _ in alike(scene, samples.every)]
    outcomes = LOSS if expected.outcomes is None else tuple(map(read_outcome, expected.outcomes))
    places = read_places(scene, word)
    for module in given:
        tables: list[Table] = [{}, *(dict.fromkeys(places, outcome) for outcome in outcomes)]
        shown = (witness(scene, module, VERSION, table) for table in tables)
        broken = next((each for each in shown if each.route.result is not Result.OK), None)
        if broken:
            yield Unkept("expect-failed", "survives", _loss_text(module, word, broken), _see(broken))


def _loss_text(module: str, word: str, broken: Witness) -> Text:
    values = {"module": module, "name": word, "outcome": ", ".join({o.value for o in broken.table.values()})}
    if not broken.table:
        return Text("expect.never", "{module} cannot be fetched even when all is well", **values)
    if broken.route.result is Result.HANGS:
        return Text("expect.hangs", "{module}: go hangs when {name} never answers", **values)
    return Text("expect.survives", "{module} cannot be fetched when {name} answers {outcome}", **values)


def _other_result(expected: Expectation, scene: Scene) -> Iterator[Unkept]:
    """What really comes of it."""
    shown = witness(scene, expected.module or "", VERSION, read_down(scene, expected.down or ()))
    result = shown.route.result
    if result is _RESULTS[expected.result or "served"]:
        return
    module = expected.module
    text = {
        Result.OK: Text("expect.served", "{module} is fetched", module=module),
        Result.FAILS: Text("expect.fails", "{module} cannot be fetched", module=module),
        Result.HANGS: Text("expect.hang", "{module}: go hangs", module=module),
    }[result]
    yield Unkept("expect-failed", "result", text, _see(shown))


def _see(shown: Witness) -> Text:
    return Text("expect.see", "{command} shows how", command=shown.command)

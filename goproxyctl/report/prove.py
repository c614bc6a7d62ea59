"""What can happen under a policy: a line for each answer, and the route that shows it where it is not the good one."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from goproxyctl.gosem.outcome import Outcome
from goproxyctl.gosem.request import Result
from goproxyctl.gosem.says import say
from goproxyctl.report.document import message
from goproxyctl.report.route import Travel, picture
from goproxyctl.report.routing import walk_text
from goproxyctl.report.rows import enumerated
from goproxyctl.report.style import Paint, Style, Words, joined, padded, width
from goproxyctl.rules.proving import Detour, Endurance, Escape, Harm, Obedience, Secrecy, Verdicts, Witness
from goproxyctl.rules.samples import Stage
from goproxyctl.rules.scene import Scene
from goproxyctl.text import Text, shown


class Case(NamedTuple):
    """One set of settings, and what was found."""

    stage: Stage
    verdicts: Verdicts


class _Line(NamedTuple):
    """An answer. ``paint`` says how it stands; ``witness`` shows it, at ``host`` where one is meant."""

    verdict: Text
    text: Text
    paint: Paint
    witness: Witness | None = None
    host: str = ""


_PROVED = Text("prove.proved", "proved")
_NOTE = Text("prove.note", "note")
_LEAK = Text("prove.leak", "LEAK")
_BYPASS = Text("prove.bypass", "BYPASS")
_SURVIVES = Text("prove.survives", "survives")
_BREAKS = Text("prove.breaks", "breaks")
_HANGS = Text("prove.hangs", "hangs")
_VERDICTS = (_PROVED, _NOTE, _LEAK, _BYPASS, _SURVIVES, _BREAKS, _HANGS)


def prove_text(cases: Sequence[Case], words: Words, style: Style, *, verbose: bool) -> str:
    """Every answer, case by case."""
    lines: list[str] = []
    for case in cases:
        if len(cases) > 1:
            lines += [style(words(profiles_text(case)), Paint.STRONG)]
        lines += list(_case(case, words, style, verbose=verbose))
    return joined([*lines, style(words(prove_summary(cases)), Paint.STRONG)])


def profiles_text(case: Case) -> Text:
    """Whose settings a case is about."""
    names = [Text("prove.profile", "profile {name}", name=name) for name in case.stage.profiles if name]
    plain = [Text("prove.no-profile", "without a profile")] if None in case.stage.profiles else []
    return enumerated([*plain, *names])


def _case(case: Case, words: Words, style: Style, *, verbose: bool) -> Iterator[str]:
    room = max(width(words(verdict)) for verdict in _VERDICTS)
    for heading, found in _sections(case):
        yield style(words(heading), Paint.STRONG)
        for line in found:
            yield f"  {style(padded(words(line.verdict), room), line.paint)}  {words(line.text)}"
            yield from (f"  {' ' * room}  {row}" for row in _rows(line, case, words, style, verbose=verbose))
        yield ""


def _rows(line: _Line, case: Case, words: Words, style: Style, *, verbose: bool) -> Iterator[str]:
    """The command line that shows the route of an answer, and the route: in short, or whole."""
    if line.witness is None:
        return
    scene, route = case.stage.scene, line.witness.route
    yield style(shown(line.witness.command), Paint.NOTE)
    if verbose:
        yield from picture(Travel(scene, route), words, style)
    elif walk := walk_text(scene, route, line.host):
        yield style(shown(walk), Paint.FAINT)


def _sections(case: Case) -> Iterator[tuple[Text, list[_Line]]]:
    verdicts, scene = case.verdicts, case.stage.scene
    secrecy = [line for each in verdicts.secrecy for line in _secrecy(each, case)]
    nothing = Text("prove.nothing-private", "no module is private")
    yield (
        Text("prove.private", "Can a private name get to a stranger?"),
        secrecy or [_Line(_PROVED, nothing, Paint.ADD)],
    )
    obedience = [line for each in verdicts.obedience for line in _obedience(each, scene)]
    nobody = Text("prove.no-gatekeeper", "no hop is a gatekeeper: nobody refuses anything")
    yield (
        Text("prove.gatekeeper", "Can the refusal of a gatekeeper be bypassed?"),
        obedience or [_Line(_PROVED, nobody, Paint.ADD)],
    )
    endurance = [line for each in verdicts.endurance for line in _endurance(each, scene)]
    yield Text("prove.failure", "What does one failure do to a build?"), endurance
    yield Text("prove.toolchain", "Does the download of a toolchain survive?"), _toolchain(case)


def _secrecy(found: Secrecy, case: Case) -> Iterator[_Line]:
    module, scene = _module_text(found.module, found.like, case), case.stage.scene
    for _, group in groupby(found.escapes, lambda escape: escape.witness.command):
        same = list(group)
        names = ", ".join(server_name(scene, escape) for escape in same)
        text = Text("prove.escape", "{names} can learn {module}", names=names, module=module)
        yield _Line(_LEAK, text, Paint.ERROR, same[-1].witness, same[-1].host)
    if not found.escapes:
        names = ", ".join(dict.fromkeys(scene.name(where) for where in found.learners))
        text = Text("prove.secret", "{names} alone can learn {module}", names=names, module=module)
        nobody = Text("prove.secret-nobody", "nobody can learn {module}", module=module)
        yield _Line(_PROVED, text if names else nobody, Paint.ADD)


def server_name(scene: Scene, escape: Escape) -> str:
    """A server, and its host where that says more."""
    name = scene.name(escape.where)
    return name if name == escape.host else f"{name} ({escape.host})"


def _module_text(module: str, like: Collection[str], case: Case) -> Text:
    """A sample, how many others are like it, and whether it is our own idea."""
    text = Text("prove.module", "{module}", module=module)
    if like:
        text = Text("prove.module-like", "{module} (and {count} like it)", module=module, count=len(like))
    if module in case.stage.samples.derived:
        return Text("prove.module-derived", "{module}, made of the patterns", module=text)
    return text


def _obedience(found: Obedience, scene: Scene) -> Iterator[_Line]:
    gatekeeper = scene.name(found.gatekeeper)
    for detour in found.detours:
        yield _Line(*_detour(detour, gatekeeper, found.module, scene), detour.witness)
    if all(detour.lawful for detour in found.detours):
        text = Text("prove.obeyed", "what {name} refuses with 403 is had from nobody else", name=gatekeeper)
        if not found.detours:
            text = Text("prove.obeyed-all", "what {name} refuses is had from nobody else", name=gatekeeper)
        yield _Line(_PROVED, text, Paint.ADD)


def _detour(detour: Detour, gatekeeper: str, module: str, scene: Scene) -> tuple[Text, Text, Paint]:
    values = {"name": gatekeeper, "source": scene.name(detour.source), "module": module}
    if detour.lawful:
        text = Text("prove.lawful", "what {name} answers 404 or 410 to is fetched from {source}", **values)
        return _NOTE, text, Paint.WARNING
    if not detour.asked:
        return _BYPASS, Text("prove.unasked", "{source} gives {module}, and {name} is not asked", **values), Paint.ERROR
    text = Text("prove.bypassed", "{source} gives {module} although {name} refuses it", **values)
    return _BYPASS, text, Paint.ERROR


def _endurance(found: Endurance, scene: Scene) -> Iterator[_Line]:
    if found.healthy.route.result is not Result.OK:
        text = Text("prove.unwell", "{module} even when all is well: {says}",
                    module=found.module, says=say(found.healthy.route, scene.hops))  # fmt: skip
        yield _Line(_BREAKS, text, Paint.WARNING, found.healthy)
        return
    for harm in found.harms:
        verdict = _HANGS if harm.result is Result.HANGS else _BREAKS
        yield _Line(verdict, _harm_text(harm, found, scene), Paint.WARNING, harm.witness)
    harmed = {harm.where for harm in found.harms}
    for where in found.asked:
        if where not in harmed:
            text = Text("prove.endured", "{module} without {name}", module=found.module, name=scene.name(where))
            yield _Line(_SURVIVES, text, Paint.ADD)


def _harm_text(harm: Harm, found: Endurance, scene: Scene) -> Text:
    values = {"module": found.module, "name": place_name(harm, scene), "outcomes": outcomes_text(harm.outcomes)}
    if harm.result is Result.HANGS:
        return Text("prove.harm-hangs", "{module} when {name} never answers", **values)
    return Text("prove.harm", "{module} when {name} answers {outcomes}", **values)


def place_name(harm: Harm, scene: Scene) -> str:
    """A server, or one endpoint of it, as ``--down`` takes it."""
    return scene.name(harm.where) + (f"/{harm.purpose.value}" if harm.purpose else "")


def outcomes_text(outcomes: Collection[Outcome]) -> Text:
    """Some outcomes: named, or by what is missing where that is shorter."""
    bad = [o for o in Outcome if o is not Outcome.OK and o is not Outcome.HANG]
    missing = [o for o in bad if o not in outcomes]
    named = ", ".join(o.value for o in Outcome if o in outcomes)
    if len(missing) > len(outcomes):
        return Text("prove.outcomes", "{names}", names=named)
    if not missing:
        return Text("prove.any-outcome", "anything but 200")
    return Text("prove.outcomes-but", "anything but 200, {names}", names=", ".join(o.value for o in missing))


def _toolchain(case: Case) -> list[_Line]:
    found = case.verdicts.toolchain
    if found is None:
        value = case.stage.scene.settings.toolchain
        return [
            _Line(_PROVED, Text("prove.no-toolchain", "go fetches none: GOTOOLCHAIN={value}", value=value), Paint.ADD)
        ]
    named = found._replace(module=found.healthy.version)
    fetched = Text("prove.toolchain-fetched", "{module} is fetched when all is well", module=named.module)
    well = [_Line(_SURVIVES, fetched, Paint.ADD)] if found.healthy.route.result is Result.OK else []
    return [*well, *_endurance(named, case.stage.scene)]


def prove_summary(cases: Sequence[Case]) -> Text:
    """One line: how many leaks and bypasses there are."""
    leaks = sum(len(case.verdicts.escapes) for case in cases)
    bypasses = sum(len(case.verdicts.bypasses) for case in cases)
    if leaks or bypasses:
        return Text("prove.found", "leaks: {leaks}, bypasses: {bypasses}", leaks=leaks, bypasses=bypasses)
    return Text("prove.holds", "no private name leaks, and no refusal is bypassed, whatever the servers answer")


def prove_body(cases: Sequence[Case]) -> dict[str, Any]:
    """The answers for a program; every counterexample is a command line that shows it."""
    return {"cases": [_case_body(case) for case in cases], "summary": message(prove_summary(cases))}


def _case_body(case: Case) -> dict[str, Any]:
    scene, verdicts = case.stage.scene, case.verdicts
    toolchain = verdicts.toolchain
    return {
        "profiles": list(case.stage.profiles),
        "go": str(scene.go),
        "derived": list(case.stage.samples.derived),
        "private": [_secrecy_body(each, scene) for each in verdicts.secrecy],
        "gatekeepers": [_obedience_body(each, scene) for each in verdicts.obedience],
        "builds": [_endurance_body(each, scene) for each in verdicts.endurance],
        "toolchain": _endurance_body(toolchain, scene) if toolchain else None,
    }


def _secrecy_body(found: Secrecy, scene: Scene) -> dict[str, Any]:
    return {
        "module": found.module,
        "like": list(found.like),
        "learners": [scene.name(where) for where in found.learners],
        "leaks": [
            {"server": scene.name(each.where), "host": shown(each.host), "route": shown(each.witness.command)}
            for each in found.escapes
        ],
    }


def _obedience_body(found: Obedience, scene: Scene) -> dict[str, Any]:
    return {
        "name": scene.name(found.gatekeeper),
        "module": found.module,
        "bypasses": [
            {
                "source": scene.name(detour.source),
                "asked": detour.asked,
                "allowed": detour.lawful,
                "route": shown(detour.witness.command),
            }
            for detour in found.detours
        ],
    }


def _endurance_body(found: Endurance, scene: Scene) -> dict[str, Any]:
    return {
        "module": found.module,
        "like": list(found.like),
        "version": found.healthy.version,
        "healthy": found.healthy.route.result.value,
        "asked": [scene.name(where) for where in found.asked],
        "harms": [
            {
                "server": place_name(harm, scene),
                "result": harm.result.value,
                "outcomes": [outcome.value for outcome in Outcome if outcome in harm.outcomes],
                "route": shown(harm.witness.command),
            }
            for harm in found.harms
        ],
    }

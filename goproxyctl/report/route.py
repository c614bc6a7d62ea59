"""A route as a picture: who is asked for what, what they answer, and why go moves on or stops."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from goproxyctl.gosem.chain import Hop, HopKind
from goproxyctl.gosem.outcome import Class, Purpose, read_answer
from goproxyctl.gosem.request import Decision, Request, Result, Route, Step
from goproxyctl.gosem.says import say, shown_path
from goproxyctl.gosem.toolchain import MODULE, Toolchain, read_toolchain
from goproxyctl.report.document import message
from goproxyctl.report.routing import DATABASE, PHASES, checksum_text, decision_text, learners, result_text
from goproxyctl.report.style import Paint, Style, Words, aligned, joined, padded, stripped, width
from goproxyctl.rules.scene import Scene
from goproxyctl.text import Text, shown

#: Units: columns. A terminal has them always.
COLUMNS = 80
#: Units: columns. A name that is longer is shortened, and so is a path, though a little of it must be left.
_MOST_NAME, _LEAST_PATH = 24, 22
#: What may be at hand already when go comes to it: a repository has all files of a version.
_FETCHED = frozenset({Purpose.MOD, Purpose.ZIP})
_REMEMBERED = Text("route.remembered", "(it is fetched already)")


class Travel(NamedTuple):
    """A route and the scene it belongs to; ``unmet``: what was said to be down and nobody asked."""

    scene: Scene
    route: Route
    unmet: tuple[str, ...] = ()


class _Row(NamedTuple):
    """A line of the picture: a request, or (``who`` empty) what go makes of the answer above it."""

    phase: str
    who: str
    said: str
    met: str = ""
    paint: Paint | None = None


def route_text(travel: Travel, words: Words, style: Style) -> str:
    """The chain, the requests in order, and what came of them."""
    return joined(
        [
            style(words(_title(travel)), Paint.STRONG),
            *_chain(travel.scene, words, style),
            "",
            *picture(travel, words, style),
            *([""] if travel.route.requests else []),
            *_ends(travel, words, style),
        ]
    )


def _title(travel: Travel) -> Text:
    route = travel.route
    values = {"module": route.module, "query": route.query, "go": travel.scene.go}
    if route.version in {None, route.query}:
        return Text("route.title", "{module}@{query}, as go {go} fetches it", **values)
    return Text(
        "route.title-taken", "{module}@{query} (say {version}), as go {go} fetches it", version=route.version, **values
    )


def _chain(scene: Scene, words: Words, style: Style) -> Iterator[str]:
    """The hops as go walks them, and what the separator after each means."""
    rows = [[str(hop.index + 1), _hop_name(scene, hop), _address(hop), _after(scene, hop, words)] for hop in scene.hops]
    for number, name, url, after in aligned(rows, most=40):
        yield stripped(f"  {style(number, Paint.FAINT)} {name}  {url}  {style(after, Paint.FAINT)}")
    if not rows:
        nothing = words(Text("route.no-chain", "go cannot use this GOPROXY"))
        yield f"  {nothing}"


def _hop_name(scene: Scene, hop: Hop) -> str:
    return shown(scene.name(hop.index) if hop.kind is HopKind.PROXY else hop.text)


def _address(hop: Hop) -> str:
    """The address of a hop without what may be a secret in it."""
    return shown(f"{hop.url.scheme}://{hop.url.host}{hop.url.escaped_path()}") if hop.url else ""


def _after(scene: Scene, hop: Hop, words: Words) -> str:
    if hop.index == len(scene.hops) - 1:
        return ""
    pipe, comma = Text("route.pipe", '"|": next on any error'), Text("route.comma", '",": next on 404 and 410')
    return words(pipe if hop.any_error else comma)


def picture(travel: Travel, words: Words, style: Style) -> Iterator[str]:
    """A line for each request, and one for each reason to go on or to stop."""
    rows = list(_rows(travel, words))
    requests = [row for row in rows if row.who]
    phases = max((width(row.phase) for row in rows), default=0)
    names = min(_MOST_NAME, max((width(row.who) for row in requests), default=0))
    answers = max((width(row.met) for row in requests), default=0)
    room = max(_LEAST_PATH, COLUMNS - phases - names - answers - 8)
    for row in rows:
        phase = style(padded(row.phase, phases), Paint.STRONG)
        if not row.who:
            yield stripped(f"  {phase}    {style(row.said, row.paint)}")
            continue
        who, asked = padded(_fit(row.who, names), names), padded(_fit(row.said, room), room)
        yield stripped(f"  {phase}  {who}  {asked}  {style(row.met, row.paint)}")


def _fit(text: str, room: int) -> str:
    """``text`` with its middle left out where it is too long: what tells it from others stands at its ends."""
    if width(text) <= room:
        return text
    tail = room * 3 // 5
    head = text[: room - tail - 3]
    while width(head) + 3 + width(text[-tail:]) > room:  # characters of two columns
        tail -= 1
    return f"{head}...{text[-tail:]}"


def _rows(travel: Travel, words: Words) -> Iterator[_Row]:
    """The steps in order; what go makes of an answer comes after the database has been asked about it."""
    phase, passed = "", False
    for step, served in _walks(travel.route.steps):
        for one in (step, *served):
            now = words(PHASES[one.purpose])
            if one.decision is Decision.DONE and not one.requests and one.purpose in _FETCHED:
                yield _Row("" if now == phase else now, _giver(one, travel.scene), words(_REMEMBERED), "", Paint.FAINT)
                phase = now
            for request in one.requests:
                yield _request_row("" if now == phase else now, request, travel.scene, words)
                phase = now
            if one is not step:
                yield from _reasons(one, words)
        if step.decision is not Decision.PASSED or not passed:
            yield from _reasons(step, words)
        passed = passed or (step.failure is not None and step.failure.id == "private")


def _giver(step: Step, scene: Scene) -> str:
    hop = scene.hops[step.hop] if step.hop is not None and step.hop >= 0 else None
    return shown(scene.name(hop.server) if hop and hop.url else "origin")


def _walks(steps: Sequence[Step]) -> Iterator[tuple[Step, list[Step]]]:
    """Each step with those of the checksum database that it waits for."""
    groups: list[tuple[Step, list[Step]]] = []
    for step in steps:
        if step.purpose in DATABASE and groups:
            groups[-1][1].append(step)
        else:
            groups.append((step, []))
    yield from groups


def _request_row(phase: str, request: Request, scene: Scene, words: Words) -> _Row:
    bad = read_answer(request.outcome, request.purpose).kind is not Class.OK
    asked = f"GET {shown(shown_path(request))}"
    if request.purpose is Purpose.VCS:
        asked = words(Text("route.repository", "the repository at {host}", host=request.host))
    elif request.where == "origin":
        asked = f"GET {shown(request.host + request.path)}"
    met = request.outcome.value + (f" x{request.sends}" if request.sends > 1 else "")
    return _Row(phase, shown(scene.name(request.where)), asked, met, Paint.DELETE if bad else Paint.ADD)


def _reasons(step: Step, words: Words) -> Iterator[_Row]:
    """Why go moves on or stops; nothing for what it remembers and passes over."""
    text = decision_text(step)
    silent = not step.requests and step.decision in {Decision.NEXT_NOT_FOUND, Decision.NEXT_ANY_ERROR}
    if text and not silent:
        ends = step.decision in {Decision.STOPPED, Decision.END, Decision.HANGS}
        yield _Row("", "", words(text), "", Paint.WARNING if ends else Paint.NOTE)


def _ends(travel: Travel, words: Words, style: Style) -> Iterator[str]:
    """Who learned the name, the checksum, the result."""
    scene, route = travel.scene, travel.route
    paint = Paint.ADD if route.result is Result.OK else Paint.ERROR
    learned = [words(text) for _, text in learners(scene, route)] or [words(Text("route.nobody", "nobody"))]
    labels = [
        (Text("route.learn", "learn the name"), learned, None),
        (Text("route.database", "checksum database"), [words(checksum_text(scene, route))], None),
        (Text("route.result", "result"), [words(result_text(scene, route))], paint),
    ]
    room = max(width(words(label)) for label, _, _ in labels)
    most = COLUMNS - room - 2
    learned[:] = [_fit(server, most) for server in learned]
    for label, values, colour in labels:
        for number, line in enumerate(_wrapped(values, most)):
            yield f"{padded(words(label) if not number else '', room)}  {style(line, colour)}"
    if route.failure:
        yield f"{' ' * room}  {shown(say(route, scene.hops))}"
    for note in _notes(travel):
        yield style(words(note), Paint.WARNING)


def _notes(travel: Travel) -> Iterator[Text]:
    """What a person may have meant otherwise."""
    settings = travel.scene.settings
    toolchain = read_toolchain(settings.toolchain, travel.scene.go)
    if travel.route.module == MODULE and not (isinstance(toolchain, Toolchain) and toolchain.downloads):
        yield Text(
            "route.no-toolchain",
            "GOTOOLCHAIN={value}: go fetches no toolchain; this is what it would ask",
            value=settings.toolchain,
        )
    for unmet in travel.unmet:
        yield Text("route.unmet", "--down {down}: nothing asks for it", down=unmet)


def _wrapped(values: Sequence[str], room: int) -> Iterator[str]:
    """The values with commas between them, in lines that fit."""
    line = ""
    for number, value in enumerate(values):
        part = _fit(value, room - 1) + ("," if number < len(values) - 1 else "")
        if line and width(line) + 1 + width(part) > room:
            yield line
            line = ""
        line = f"{line} {part}".strip()
    yield line


def route_body(travel: Travel) -> dict[str, Any]:
    """The route for a program, with every request whole."""
    scene, route = travel.scene, travel.route
    return {
        "module": shown(route.module),
        "query": shown(route.query),
        "resolved": shown(route.version) if route.version else None,
        "go": str(scene.go),
        "chain": [
            {"name": _hop_name(scene, hop), "url": _address(hop) or None, "any_error": hop.any_error}
            for hop in scene.hops
        ],
        "steps": [_step_body(step, scene) for step in route.steps],
        "learners": [{"name": shown(scene.name(r.where)), "host": shown(r.host)} for r, _ in learners(scene, route)],
        "checksum": message(checksum_text(scene, route)),
        "result": route.result.value,
        "failure": _failure_body(route, scene),
        "notes": [message(note) for note in _notes(travel)],
        "summary": message(result_text(scene, route)),
    }


def _step_body(step: Step, scene: Scene) -> dict[str, Any]:
    return {
        "for": step.purpose.value,
        "hop": None if step.hop is None else shown(scene.name(step.hop)),
        "decision": step.decision.value,
        "requests": [_request_body(request, scene) for request in step.requests],
    }


def _request_body(request: Request, scene: Scene) -> dict[str, Any]:
    return {
        "server": shown(scene.name(request.where)),
        "endpoint": request.purpose.value,
        "url": shown(f"{request.scheme}://{request.host}{shown_path(request)}"),
        "outcome": request.outcome.value,
        "sends": request.sends,
        "learns": bool(request.learns),
    }


def _failure_body(route: Route, scene: Scene) -> dict[str, Any] | None:
    if route.failure is None:
        return None
    return {
        "id": route.failure.id,
        "not_found": route.failure.kind is Class.NOT_FOUND,
        "says": shown(say(route, scene.hops)),
    }

"""`route`: the question read, the route found, the picture shown."""

from typing import NamedTuple

from goproxyctl.cli.options import Selection
from goproxyctl.cli.outcomes import find_unmet, read_downs, read_go, read_module
from goproxyctl.cli.scenes import Source, open_scene
from goproxyctl.cli.shell import Shell
from goproxyctl.gosem.request import Result
from goproxyctl.report.route import Travel, route_body, route_text


class Question(NamedTuple):
    """The arguments of ``route``, as click has them."""

    module: str
    downs: tuple[str, ...]
    live: bool
    assignments: tuple[str, ...]
    go: str | None
    exit_code: bool


def show_route(shell: Shell, selection: Selection, question: Question) -> int:
    """Prints the route; 0, or with ``--exit-code`` 3 when the module is not fetched."""
    module, version = read_module(shell, question.module)
    go = read_go(shell, question.go) if question.go else None
    scene = open_scene(shell, selection, Source(question.live, question.assignments, go))
    taken = scene.travel(module, version, read_downs(shell, scene, question.downs))
    travel = Travel(scene, taken, find_unmet(scene, taken, question.downs))
    shell.report(
        "route", selection.form, lambda: route_body(travel), lambda style: route_text(travel, shell.words, style)
    )
    return 3 if question.exit_code and taken.result is not Result.OK else 0

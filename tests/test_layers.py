"""The architecture as a test: imports point one way, the pure part reaches nothing, names and sizes keep their rules."""

import ast
import re
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "goproxyctl"

#: Lowest first. A module may import from its own layer and from those below; the parts of one layer may not import each
#: other, unless they are one package.
LAYERS = (
    ("text",),
    ("errors", "gosem"),
    ("resource", "intent", "formats", "render", "failover"),
    ("targets",),
    ("rules", "policy", "ledger", "hops", "plan", "diff", "saved"),
    ("desired",),
    ("stores", "live", "programs"),
    ("apply",),
    ("report", "gitrepo", "facts", "toolchain"),
    ("cli",),
    ("__init__", "__main__"),
)
#: Within a layer: who may import whom.
WITHIN = {
    ("formats", "resource"), ("render", "formats"), ("failover", "intent"), ("policy", "rules"), ("plan", "ledger"), ("diff", "hops"),
    ("saved", "plan"), ("live", "stores"), ("report", "gitrepo"), ("__main__", "cli"),
}  # fmt: skip
PURE = {name for layer in LAYERS[:6] for name in layer} | {"report"}
OUTSIDE = {
    "os", "socket", "subprocess", "urllib", "http", "ssl", "git", "kubernetes", "winreg", "shutil", "tempfile", "io",
    "fcntl", "msvcrt", "time", "random", "secrets", "logging", "asyncio", "threading", "multiprocessing", "glob",
}  # fmt: skip
#: What is looked up in our own package at the first use: templates.
READS_OUR_OWN = {"render"}
BANNED = {
    "manager", "helper", "helpers", "util", "utils", "common", "misc", "handler", "processor", "service", "info",
    "data", "process", "do",
}  # fmt: skip
#: The severity of that name, and a process of the operating system, which has an environment.
MEANT = {"INFO", "process_settings", "carries_process_settings"}


def modules() -> list[Path]:
    """Everything but ``locale``, which is read by the build only."""
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent.name != "locale"]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def part_of(path: Path) -> str:
    return name_of(path).partition(".")[0]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import, those inside functions too."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def rank(part: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if part in layer)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    here = part_of(path)
    for line, name in imports(path):
        there = name.split(".")[1] if name.startswith("goproxyctl.") else here
        if there != here and ((PACKAGE / there).is_dir() or (PACKAGE / f"{there}.py").exists()):
            allowed = rank(there) < rank(here) or (here, there) in WITHIN
            assert allowed, f"{path}:{line}: {here} may not import {there}"


@pytest.mark.parametrize("path", [path for path in modules() if part_of(path) in PURE], ids=name_of)
def test_a_pure_module_imports_nothing_that_reaches_the_world(path: Path) -> None:
    for line, name in imports(path):
        if part_of(path) not in READS_OUR_OWN:
            reaches = name.partition(".")[0] in OUTSIDE | {"pathlib"} and not name.startswith("urllib.parse")
            assert not reaches, f"{path}:{line}: {name}"
    opened = [
        n.lineno for n in ast.walk(tree_of(path)) if isinstance(n, ast.Name) and n.id in {"open", "print", "input"}
    ]
    assert not opened, f"{path}:{opened}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_only_the_edges_know_the_heavy_libraries(path: Path) -> None:
    allowed = {
        "pydantic": {"policy", "targets"},
        "click": {"cli"},
        "rich": {"cli", "report"},
        "jinja2": {"render"},
        "ruamel": {"policy", "cli"},  # completion reads a policy that is still being written
        "git": {"gitrepo"},
        "kubernetes": {"stores", "facts"},
    }
    for line, name in imports(path):
        assert part_of(path) in allowed.get(name.partition(".")[0], {part_of(path)}), f"{path}:{line}: {name}"


def named(path: Path) -> Iterator[tuple[int, str]]:
    """Every name that the module gives to something."""
    yield 1, path.stem
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)}


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_nothing_is_named_with_a_word_that_says_nothing(path: Path) -> None:
    found = [f"{path}:{line}: {name}" for line, name in named(path) if words(name) & BANNED and name not in MEANT]
    assert not found


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def size(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_modules_and_functions_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
    for node in functions(path):
        assert size(node) <= 40, f"{path}:{node.lineno}: {node.name} has {size(node)} lines"
        arguments = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        count = len([name for name in arguments if name not in {"self", "cls"}])
        assert count <= 6, f"{path}:{node.lineno}: {node.name} takes {count} arguments"


def test_the_median_function_is_short() -> None:
    assert statistics.median(size(node) for path in modules() for node in functions(path)) <= 10


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_everything_public_says_what_it_is(path: Path) -> None:
    if path.stat().st_size:
        assert ast.get_docstring(tree_of(path)), path
    nodes: list[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef] = [*functions(path)]
    nodes += [n for n in ast.walk(tree_of(path)) if isinstance(n, ast.ClassDef)]
    inner = {id(n) for f in functions(path) for n in ast.walk(f) if n is not f}
    hidden = {id(n) for c in nodes if c.name.startswith("_") for n in ast.walk(c)}
    for node in nodes:
        if not node.name.startswith("_") and id(node) not in inner | hidden:
            assert ast.get_docstring(node), f"{path}:{node.lineno}: {node.name}"


def test_every_exception_is_caught_in_one_place_only() -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
    ]
    assert [spot.partition(":")[0] for spot in found] == ["cli.__init__"], found


def test_every_part_of_the_package_is_in_a_layer() -> None:
    known = {name for layer in LAYERS for name in layer}
    assert {part_of(path) for path in modules()} <= known

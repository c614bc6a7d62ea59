"""A plugin of pytest that breaks one module on purpose: ``-p tests.gosem.mutating`` with GOPROXYCTL_MUTANT set.

The variable holds JSON: the module, a text of its source that occurs once, and what stands there instead.
"""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from tests.oracles import ROOT


def broken_source(name: str, old: str, new: str) -> str:
    """The source of a module with ``old``, which must occur exactly once (or be empty: nothing is broken), replaced."""
    source = (ROOT / Path(*name.split("."))).with_suffix(".py").read_text()
    assert not old or source.count(old) == 1, f"{name}: {old!r} occurs {source.count(old)} times"
    return source.replace(old, new) if old else source


def fast_tests_pass(name: str, old: str, new: str, *tests: str) -> bool:
    """Whether the fast tests still pass when that module is broken."""
    broken_source(name, old, new)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-m",
        "not slow",
        "-p",
        "xdist",
        "-p",
        "tests.gosem.mutating",
    ]
    env = {**os.environ, "GOPROXYCTL_MUTANT": json.dumps([name, old, new]), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    env.pop("PYTEST_ADDOPTS", None)
    ended = subprocess.run(
        [*command, "-p", "no:cacheprovider", *tests],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )
    # 1: tests failed; 2: they could not even be collected. Anything else means that pytest itself was called wrongly
    assert ended.returncode in {0, 1, 2}, ended.stdout + ended.stderr
    return ended.returncode == 0


def _install(name: str, old: str, new: str) -> None:
    assert name not in sys.modules, f"{name} was imported before it could be broken"
    spec = importlib.util.find_spec(name)
    assert spec is not None
    module = ModuleType(name)
    module.__spec__ = spec
    sys.modules[name] = module
    exec(compile(broken_source(name, old, new), name, "exec"), module.__dict__)


if "GOPROXYCTL_MUTANT" in os.environ:
    _install(*json.loads(os.environ["GOPROXYCTL_MUTANT"]))

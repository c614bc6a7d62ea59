"""What is installed is what was tested: the wheel carries the templates, the schema and the catalogues, and no more."""

import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.oracles import ROOT, missing

pytestmark = pytest.mark.slow

#: All that a build reads.
INPUTS = ("pyproject.toml", "README.md", "LICENSE", "goproxyctl", "templates", "schemas")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    if find_spec("build") is None:
        missing("build", "pip install build")
    folder = tmp_path_factory.mktemp("wheel")
    for name in INPUTS:  # a build compiles the catalogues in place, which tests beside this one are reading
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder / "dist"),
        str(folder),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = (folder / "dist").glob("*.whl")
    return zipfile.ZipFile(built)


def names(wheel: zipfile.ZipFile) -> set[str]:
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


def modules() -> set[str]:
    package = ROOT / "goproxyctl"
    code = (p for p in package.rglob("*.py") if "locale" not in p.parts)
    return {p.relative_to(ROOT).as_posix() for p in code} | {"goproxyctl/py.typed"}


def data(folder: str, inside: str) -> set[str]:
    root = ROOT / folder
    return {f"goproxyctl/{inside}/{p.relative_to(root).as_posix()}" for p in root.rglob("*") if p.is_file()}


def test_the_wheel_carries_exactly_the_package_its_templates_schema_and_languages(wheel: zipfile.ZipFile) -> None:
    languages = {f"{p.relative_to(ROOT).with_suffix('.mo').as_posix()}" for p in (ROOT / "goproxyctl").rglob("*.po")}
    assert languages
    assert names(wheel) == modules() | data("templates", "_templates") | data("schemas", "_schemas") | languages


def test_the_templates_in_the_wheel_are_those_of_the_tree(wheel: zipfile.ZipFile) -> None:
    for template in (ROOT / "templates").iterdir():
        assert wheel.read(f"goproxyctl/_templates/{template.name}") == template.read_bytes()


def test_the_wheel_says_what_it_needs_and_under_which_licence(wheel: zipfile.ZipFile) -> None:
    (name,) = (n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
    metadata = Parser().parsestr(wheel.read(name).decode())
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    needed = {line.split(">=")[0].replace(".", "-") for line in metadata.get_all("Requires-Dist", [])}
    assert needed == {"click", "gitpython", "jinja2", "kubernetes", "pydantic", "rich", "ruamel-yaml"}
    assert any(n.endswith("licenses/LICENSE") for n in wheel.namelist())


def test_every_runtime_dependency_is_pinned_by_hash_and_without_an_address() -> None:
    for file in ("requirements.txt", "runtime.txt"):
        text = (ROOT / ".ci" / file).read_text(encoding="utf-8")
        assert "://" not in text
        blocks = text.replace("\\\n", " ").splitlines()
        assert all("==" in block and "--hash=sha256:" in block for block in blocks if block.strip())
    assert '"resolved"' not in (ROOT / ".ci" / "npm" / "package-lock.json").read_text(encoding="utf-8")
    assert Path(ROOT / "LICENSE").read_text(encoding="utf-8").strip().startswith("Apache License")

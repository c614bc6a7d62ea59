"""The examples are real: each is valid, renders, applies, comes back to in sync, obeys in the real go, and goes away."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.oracles import ROOT, require, require_go

ON_WINDOWS = os.name == "nt"
EXAMPLES = ROOT / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/policy.yaml"))

#: What each policy means, written by hand: what the real go must say. Only go-env and sh reach every example.
MEANT = {
    "acme": {
        "GOPROXY": "https://goproxy.acme.example,https://goproxy.cn|https://mirrors.aliyun.com/goproxy/|direct",
        "GOPRIVATE": "git.acme.example,*.git.acme.example,github.com/acme",
        "GONOPROXY": "git.acme.example,*.git.acme.example,github.com/acme",
        "GONOSUMDB": "git.acme.example,*.git.acme.example,github.com/acme",
        "GOSUMDB": "sum.golang.google.cn",
        "GOTOOLCHAIN": "local",
        "GOINSECURE": "none",
        "GOVCS": "public:git|hg,private:all",
    },
    "air-gapped": {
        "GOPROXY": "https://goproxy.plant.example,off",
        "GOPRIVATE": "git.plant.example",
        "GONOPROXY": "none",
        "GONOSUMDB": "git.plant.example",
        "GOSUMDB": "off",
        "GOTOOLCHAIN": "local",
        "GOINSECURE": "none",
        "GOVCS": "*:off",
        "GOFLAGS": "-mod=readonly",
    },
    "laptop": {
        "GOPROXY": "https://goproxy.cn|https://mirrors.aliyun.com/goproxy/|direct",
        "GOPRIVATE": "none",
        "GONOPROXY": "none",
        "GONOSUMDB": "none",
        "GOSUMDB": "sum.golang.google.cn",
        "GOTOOLCHAIN": "auto",
        "GOINSECURE": "none",
        "GOVCS": "public:git|hg,private:all",
    },
    "overseas": {
        "GOPROXY": "https://proxy.golang.org,direct",
        "GOPRIVATE": "github.com/acme,go.acme.example",
        "GONOPROXY": "github.com/acme,go.acme.example",
        "GONOSUMDB": "github.com/acme,go.acme.example",
        "GOSUMDB": "sum.golang.org",
        "GOTOOLCHAIN": "auto",
        "GOINSECURE": "none",
        "GOVCS": "github.com/acme:git,public:git,private:git",
        "GOAUTH": "netrc",
    },
    "windows-laptops": {
        "GOPROXY": "https://goproxy.fabrik.example,https://goproxy.cn|https://mirrors.aliyun.com/goproxy/|off",
        "GOPRIVATE": "git.fabrik.example",
        "GONOPROXY": "git.fabrik.example",
        "GONOSUMDB": "git.fabrik.example",
        "GOSUMDB": "sum.golang.org",
        "GOTOOLCHAIN": "local",
        "GOINSECURE": "none",
        "GOVCS": "public:git|hg,private:all",
    },
}

#: Where the sh artifact of each example is, relative to the policy or to the home.
SCRIPTS = {
    "acme": "shell/goproxy.sh",
    "air-gapped": "shell/goproxy.sh",
    "laptop": "~/.config/goproxy.sh",
    "overseas": "goproxy.sh",
    "windows-laptops": "wsl/goproxy.sh",
}


@dataclass(frozen=True, slots=True)
class Site:
    """A copy of an example, and a home of its own."""

    folder: Path
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "GOPROXYCTL_TREE") if name in os.environ}
        if not ON_WINDOWS:
            return {**kept, "HOME": str(self.home), "LANG": "C.UTF-8"}
        local, roaming = (str(self.home / "AppData" / name) for name in ("Local", "Roaming"))
        return {**kept, "USERPROFILE": str(self.home), "LOCALAPPDATA": local, "APPDATA": roaming}

    @property
    def worlds(self) -> str:
        """Where to apply. A registry, a certificate store and tasks are those of this very Windows: hands off."""
        return "tree" if ON_WINDOWS and self.folder.name == "windows-laptops" else "all"

    def run(self, *arguments: str, code: int = 0) -> str:
        """What goproxyctl prints; it must end with ``code``."""
        done = subprocess.run(
            [sys.executable, "-m", "goproxyctl", *arguments],
            cwd=self.folder,
            env={**self.environment, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def tree(self) -> dict[str, bytes | None]:
        """Every file with its bytes, every folder with None."""
        return {
            p.relative_to(self.folder).as_posix(): p.read_bytes() if p.is_file() else None for p in walk(self.folder)
        }

    def times(self) -> dict[str, int]:
        """When each file of the tree and of the home was written, and each folder where no file is the lock (Unix)."""
        found = (p for root in (self.folder, self.home) for p in walk(root))
        return {str(p): 0 if ON_WINDOWS and p.is_dir() else p.stat().st_mtime_ns for p in found}


def walk(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Site:
    folder, home = tmp_path / request.param, tmp_path / "home"
    home.mkdir()
    shutil.copytree(EXAMPLES / request.param, folder)
    return Site(folder, home)


every_example = pytest.mark.parametrize("site", NAMES, indirect=True)


def go_settings(site: Site, environment: Mapping[str, str]) -> dict[str, str]:
    """What the real go of PyPI says of itself, outside any module."""
    outside = site.home / "outside"
    outside.mkdir(exist_ok=True)
    done = subprocess.run(
        [require_go(), "env", "-json"], cwd=outside, env=dict(environment), capture_output=True, check=True, timeout=60
    )
    settings: dict[str, str] = json.loads(done.stdout)
    return settings


def meant(site: Site) -> dict[str, str]:
    return MEANT[site.folder.name]


def test_every_example_is_known_here() -> None:
    assert sorted(MEANT) == sorted(SCRIPTS) == NAMES


@pytest.mark.slow
@every_example
def test_an_example_is_valid(site: Site) -> None:
    report = json.loads(site.run("validate", "--format", "json"))
    assert report["valid"]
    assert [found for found in report["findings"] if found["severity"] != "info"] == []


@pytest.mark.slow
@every_example
def test_an_example_names_the_schema_that_is_there(site: Site) -> None:
    for policy in (EXAMPLES / site.folder.name).glob("*.yaml"):
        first = policy.read_text(encoding="utf-8").splitlines()[0]
        assert (policy.parent / first.partition("$schema=")[2]).is_file(), first


@pytest.mark.slow
@every_example
def test_an_example_renders(site: Site, tmp_path: Path) -> None:
    site.run("render", "-o", str(tmp_path / "rendered"))
    site.run("render", "-o", str(tmp_path / "rendered"), "--check")
    assert walk(tmp_path / "rendered")


@pytest.mark.slow
@every_example
def test_an_example_applies_rests_and_goes_away(site: Site) -> None:
    before = site.tree()
    site.run("status", "--in", site.worlds, code=3)
    site.run("apply", "--yes", "--in", site.worlds)
    site.run("diff", "--in", site.worlds)
    site.run("status", "--in", site.worlds)
    written = site.times()
    site.run("apply", "--yes", "--in", site.worlds)
    assert site.times() == written, "the second apply wrote something"
    site.run("remove", "--yes", "--in", site.worlds)
    assert site.tree() == before
    state = "AppData/Local/goproxyctl" if ON_WINDOWS else ".local/state"
    assert not [p for p in walk(site.home) if p.is_file() and state not in p.as_posix()]


@pytest.mark.slow
@every_example
def test_go_obeys_the_env_file(site: Site) -> None:
    if site.worlds != "all":
        pytest.skip("its machine would be this very Windows")
    require_go()
    site.run("apply", "--yes", "--in", "all")
    settings = go_settings(site, site.environment)
    assert {name: settings[name] for name in meant(site)} == meant(site)


@pytest.mark.slow
@every_example
@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_go_obeys_the_sourced_script(site: Site, shell: str) -> None:
    program = require(shell)
    site.run("apply", "--yes", "--in", site.worlds)
    script = SCRIPTS[site.folder.name]
    path = site.home / script[2:] if script.startswith("~/") else site.folder / script
    sourced = subprocess.run(
        [program, "-c", f". '{path}' && env -0"], env=site.environment, capture_output=True, check=True
    ).stdout.decode()
    environment = dict(entry.split("=", 1) for entry in sourced.split("\0") if entry)
    settings = go_settings(site, {**environment, "GOENV": "off"})
    assert {name: settings[name] for name in meant(site)} == meant(site)


@pytest.mark.slow
@pytest.mark.parametrize("site", ["acme"], indirect=True)
def test_what_people_wrote_in_shared_files_survives(site: Site) -> None:
    shared = [".vscode/settings.json", ".vscode/launch.json", ".devcontainer/devcontainer.json"]
    before = {name: (site.folder / name).read_text(encoding="utf-8").splitlines() for name in shared}
    site.run("apply", "--yes")
    for name, lines in before.items():
        after = (site.folder / name).read_text(encoding="utf-8")
        for line in lines:
            assert line.strip().rstrip(",} ") in after, (name, line)

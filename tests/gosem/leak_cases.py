"""Lists of private patterns, good ones and good ones spoiled, and a go that tells whom it asked."""

import random
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote

from tests.gosem.recorder import recording

_GOOD = (
    ("corp.example,*.corp.example", ("corp.example/app", "git.corp.example/team/app")),
    ("git.corp.example", ("git.corp.example/team/app",)),
    ("*.dev.corp.example,dev.corp.example", ("x.dev.corp.example/app", "dev.corp.example/app")),
    ("github.com/acme", ("github.com/acme/app",)),
    ("github.com/Acme/*", ("github.com/Acme/app",)),
    ("git.corp.example/team/", ("git.corp.example/team/app",)),
    ("git[0-9].corp.example", ("git7.corp.example/app",)),
    ("git?.corp.example/a_b~c", ("gitx.corp.example/a_b~c/app",)),
    ("gitlab.com/acme/*/sdk", ("gitlab.com/acme/x/sdk",)),
    ("git.corp.example/team-*", ("git.corp.example/team-x/app",)),
    ("git\\.corp.example", ("git.corp.example/x",)),
    ("*", ("any.example/app",)),
)


def make_good(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    """A good list, and modules that it covers."""
    parts = rng.sample(_GOOD, rng.choice([1, 1, 2, 3]))
    number = rng.randint(0, 99)
    globs = ",".join(globs for globs, _ in parts).replace("corp", f"corp{number}")
    modules = tuple(module.replace("corp", f"corp{number}") for _, modules in parts for module in modules)
    return globs + rng.choice(["", "", ","]), modules


#: What people do to a list without noticing. The first nine are those of go-semantics 3 and reliability T01.
SPOILERS: dict[str, Callable[[str], str]] = {
    "blank after each comma": lambda globs: globs.replace(",", ", "),
    "a scheme": lambda globs: re.sub("(^|,)(?=.)", r"\1https://", globs),
    "upper case": lambda globs: re.sub("corp|git", lambda found: found[0].upper(), globs),
    "a bracket": lambda globs: "[" + globs.replace(",", ",["),
    "a port": lambda globs: re.sub("example|\\.com", r"\g<0>:8443", globs),
    "quotes around the whole": lambda globs: f'"{globs}"',
    "a CR at the end": lambda globs: globs + "\r",
    "semicolons": lambda globs: globs.replace(",", ";"),
    "only the subdomains": lambda globs: ",".join(re.findall(r"\*\.[^,]+", globs)) or globs,
    # of a domain of two labels: a longer name may well be a host without any below it, so only samples tell
    "only the domain": lambda globs: re.sub(r",\*\.corp\d*\.example", "", globs),
    "quotes around each": lambda globs: ",".join(f"'{glob}'" for glob in globs.split(",")),
    "blanks for commas": lambda globs: globs.replace(",", " "),
    "bars for commas": lambda globs: globs.replace(",", "|"),
    "a blank at the front": lambda globs: " " + globs,
    "a tab at the end": lambda globs: globs + "\t",
    "dots at the end": lambda globs: re.sub("(,|$)", r"/...\1", globs.rstrip(",/")),
    "a leading dot": lambda globs: globs.replace("*.", "."),
    "a leading slash": lambda globs: "/" + globs,
    "two slashes": lambda globs: globs.replace("/", "//"),
    "two slashes at the end": lambda globs: globs.rstrip(",") + "//",
    "an address for ssh": lambda globs: "git@" + globs.replace("/", ":", 1),
    "a bang": lambda globs: "!" + globs,
    "braces": lambda globs: "{" + globs + "}",
    "full-width commas": lambda globs: globs.replace(",", "\uff0c"),
    "typographic quotes": lambda globs: f"\u201c{globs}\u201d",
    "backslashes": lambda globs: re.sub("/(?=[a-z])", r"\\\\", globs),
    "a dot at the end": lambda globs: globs.rstrip(",") + ".",
}


class Asker:
    """The real go between two recorders: one is its module proxy, the other stands between it and every origin."""

    def __init__(self, go: str, folder: Path) -> None:
        self.go = go
        self.folder = folder
        self.runs = 0

    def told_to_proxy(self, private: str, modules: Sequence[str]) -> set[str]:
        """Those of ``modules`` of whose name the module proxy learns, under GOPRIVATE=``private``."""
        seen = self._run({"GOPRIVATE": private, "GOSUMDB": "off"}, modules)
        return {module for module in modules if any(path.startswith(f"/{module}/@v/") for path in seen)}

    def told_to_sumdb(self, nosumdb: str, modules: Sequence[str]) -> set[str]:
        """Those of whose name the checksum database learns, under GONOSUMDB=``nosumdb``; all come from the proxy."""
        seen = self._run({"GONOSUMDB": nosumdb, "GOSUMDB": "sum.golang.org"}, modules)
        return {module for module in modules if f"/sumdb/sum.golang.org/lookup/{module}@v1.0.0" in seen}

    def _run(self, settings: dict[str, str], modules: Sequence[str]) -> set[str]:
        self.runs += 1
        home = self.folder / str(self.runs)
        home.mkdir()
        with recording(_serve) as proxy, recording() as outside:
            env = settings | {
                "HOME": str(home), "PATH": str(home), "GOPROXY": f"http://{proxy.address}", "GOTOOLCHAIN": "local",
                "HTTP_PROXY": outside.address, "HTTPS_PROXY": outside.address, "GOFLAGS": "-modcacherw", "GOENV": "off",
                "GOVCS": "*:off",
            }  # fmt: skip
            arguments = [f"{module}@v1.0.0" for module in modules]
            subprocess.run([self.go, "mod", "download", *arguments], cwd=home, env=env, capture_output=True)
            seen = {_plain(unquote(path)) for path in proxy.seen}
            told = {module for module in modules if any(module in path for path in seen)}
            hosts = {one.removeprefix("CONNECT ").rpartition(":")[0] for one in outside.seen}
            lost = [m for m in modules if m not in told and m.partition("/")[0] not in hosts and "github.com" not in m]
            assert not lost, (lost, env)
        return seen


def _plain(path: str) -> str:
    return re.sub("!([a-z])", lambda found: found[1].upper(), path)


def _serve(path: str, host: str) -> tuple[int, bytes]:
    """Every module is there, as far as its go.mod; the database is reached through us and knows none of them."""
    path = _plain(unquote(path))
    if path.endswith(".info"):
        return 200, b'{"Version":"v1.0.0"}'
    if path.endswith(".mod"):
        return 200, b"module " + path[1:].partition("/@v/")[0].encode() + b"\n"
    return (200 if path.endswith("/supported") else 404), b""

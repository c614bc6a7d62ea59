"""The libraries inside a go toolchain, asked in bulk: a small program around the sources that the toolchain carries.

cmd/go matches globs with golang.org/x/mod/module and chooses proxies with golang.org/x/net/http/httpproxy. Both stand in
GOROOT as vendored sources, which no program can import; they are copied beside a main.go and built with that very go.
"""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.oracles import ROOT

_CACHE = ROOT / ".cache" / "go"

_READ = """
import (
	"io"
	"os"
	"strings"
%s)

func main() {
	all, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	fields := strings.Split(string(all), "\\x00")
	var out strings.Builder
	for i := 0; i+%d < len(fields); i += %d {
%s	}
	os.Stdout.WriteString(out.String())
}
"""

_GLOBS = _READ % (
    '\t"golang.org/x/mod/module"\n',
    2,
    2,
    """		if module.MatchPrefixPatterns(fields[i], fields[i+1]) {
			out.WriteString("1")
		} else {
			out.WriteString("0")
		}
""",
)
_EGRESS = _READ % (
    '\t"net/url"\n\n\t"golang.org/x/net/http/httpproxy"\n',
    5,
    5,
    """		target, err := url.Parse(fields[i+4])
		if err != nil {
			out.WriteString("unparsable\\n")
			continue
		}
		config := httpproxy.Config{HTTPProxy: fields[i], HTTPSProxy: fields[i+1], NoProxy: fields[i+2], CGI: fields[i+3] != ""}
		proxy, err := config.ProxyFunc()(target)
		if err != nil {
			out.WriteString("refused\\n")
		} else if proxy == nil {
			out.WriteString("direct\\n")
		} else {
			out.WriteString("proxy " + proxy.Host + "\\n")
		}
""",
)
#: Program and the vendored trees that it needs: below src/, and as which module.
_PROGRAMS: dict[str, tuple[str, dict[str, str]]] = {
    "globs": (_GLOBS, {"cmd/vendor/golang.org/x/mod": "golang.org/x/mod"}),
    "egress": (
        _EGRESS,
        {"vendor/golang.org/x/net": "golang.org/x/net", "vendor/golang.org/x/text": "golang.org/x/text"},
    ),
}


def match_globs(go: str, pairs: Iterable[tuple[bytes, bytes]]) -> list[bool]:
    """For each (list of globs, path) what MatchPrefixPatterns of that go says."""
    said = _ask(go, "globs", [part for pair in pairs for part in pair])
    return [char == ord("1") for char in said]


def choose_egress(go: str, asked: Iterable[Sequence[str]]) -> list[str]:
    """For each (HTTP_PROXY, HTTPS_PROXY, NO_PROXY, CGI, URL): "proxy HOST", "direct", "refused" or "unparsable"."""
    fields = [part.encode(errors="surrogateescape") for one in asked for part in one]
    return _ask(go, "egress", fields).decode(errors="surrogateescape").split("\n")[:-1]


def _ask(go: str, program: str, fields: Sequence[bytes]) -> bytes:
    assert not any(b"\0" in field for field in fields)
    return subprocess.run(
        [_build(go, program)], input=b"".join(f + b"\0" for f in fields), stdout=-1, check=True
    ).stdout


def _build(go: str, program: str) -> Path:
    """The program, built once for each toolchain and kept."""
    root = Path(go).parent.parent
    version = (root / "VERSION").read_text().split()[0]
    source, _ = _PROGRAMS[program]
    folder = _CACHE / "asked" / f"{program}-{version}-{hashlib.sha256(source.encode()).hexdigest()[:12]}"
    if not folder.exists():
        _CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_CACHE) as temporary:
            built = _compile(go, Path(temporary), program, version)
            folder.mkdir(parents=True, exist_ok=True)
            built.replace(folder / program)
    return folder / program


def _compile(go: str, folder: Path, program: str, version: str) -> Path:
    source, trees = _PROGRAMS[program]
    root = Path(go).parent.parent
    language = ".".join(version.removeprefix("go").split(".")[:2])
    needs, places = "", ""
    for below, module in trees.items():
        place = f"./{module.rpartition('/')[2]}"
        shutil.copytree(root / "src" / below, folder / place)
        (folder / place / "go.mod").write_text(f"module {module}\n\ngo {language}\n")
        needs += f"require {module} v0.0.0\n"
        places += f"replace {module} => {place}\n"
    (folder / "go.mod").write_text(f"module asked\n\ngo {language}\n\n{needs}\n{places}")
    (folder / "main.go").write_text("package main\n" + source)
    env = {
        "HOME": str(folder), "PATH": "/usr/bin:/bin", "GOENV": "off", "GOFLAGS": "-mod=mod -modcacherw", "GOPROXY": "off",
        "GOSUMDB": "off", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0", "GOCACHE": str(_CACHE / "build"),
        "GOPATH": str(folder / "path"),
    }  # fmt: skip
    made = subprocess.run([go, "build", "-o", "made", "."], cwd=folder, env=env, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return folder / "made"

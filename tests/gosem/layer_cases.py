"""Random layers of settings on a real machine, and what the real go makes of them."""

import json
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

from goproxyctl.gosem.layers import Layers, make_layers
from goproxyctl.gosem.locations import find_env_file, find_goroot
from goproxyctl.gosem.version import GoVersion

#: Values that keep no go from starting; an empty one is a case of its own.
VALUES: dict[str, tuple[str, ...]] = {
    "GOPROXY": ("", "https://a.example", "off", " ", "x|y\r"),
    "GOSUMDB": ("", "off", "sum.golang.org", "off\r"),
    "GOPRIVATE": ("", "a.example,*.a.example", "*"),
    "GONOPROXY": ("", "none", " "),
    "GONOSUMDB": ("", "none", ","),
    "GOINSECURE": ("", "a.example"),
    "GOVCS": ("", "*:git"),
    "GOAUTH": ("", "off", "netrc"),
    "GOFLAGS": ("", "-modcacherw"),
    "GO111MODULE": ("", "on", "auto"),
    "GOMODCACHE": ("", "/m", "relative"),
    "GOPATH": ("", "/p", "/p:/q", ":/q"),
    "GOCACHE": ("", "/c", "off", "relative"),
    "GOTMPDIR": ("", "/t"),
    "GOTOOLCHAIN": ("", "local", "auto", "go1.30.0+auto", "nonsense"),
    "GODEBUG": ("", "netdns=go"),
    "GOPACKAGESDRIVER": ("", "off"),
    "HTTP_PROXY": ("", "a.example:3128"),
    "http_proxy": ("", "b.example:3128"),
    "HTTPS_PROXY": ("", "http://a.example"),
    "NO_PROXY": ("", "*"),
    "NETRC": ("", "/n"),
    "SSL_CERT_FILE": ("", "/s"),
    "GONOSUMCHECK": ("", "1"),
    "GOPROXYS": ("", "x"),
    "goproxy": ("", "x"),
    "GOVERSION": ("", "go9"),
}
ASKED = (*(name for name in VALUES if name not in {"GOTOOLCHAIN", "GOVERSION"}), "GOENV", "GOROOT")


@dataclass(frozen=True, slots=True)
class Case:
    """One start of go: its environment, its folder, and the layers that it finds there."""

    environment: dict[str, str]
    folder: Path
    layers: Layers


def make_case(rng: random.Random, folder: Path, go: str, version: GoVersion) -> Case:
    """Random layers, with their files written below ``folder``."""
    home, own = folder / "home", str(Path(go).parent.parent)
    environment = {"PATH": "/usr/bin:/bin"} | _places(rng, home) | _settings(rng, 0.25)
    other_root = folder / "goroot"
    other_root.mkdir(parents=True)
    (other_root / "go.env").write_bytes(_file(rng, 0.4))
    if rng.random() < 0.4:
        environment["GOROOT"] = rng.choice([str(other_root), f"{other_root}/../goroot/", own])
    written = _file(rng, 0.3)
    if rng.random() < 0.25:
        written += b"GOROOT=" + rng.choice([str(other_root), own, ""]).encode() + b"\n"
    path = find_env_file(environment, "linux", version).path
    read = _write(rng, folder, path, written) if path else None
    values = make_layers("linux", environment, read).env_file.values
    go_env = Path(find_goroot(environment, values, own, "linux")) / "go.env"
    layers = make_layers("linux", environment, read, go_env.read_bytes() if go_env.is_file() else None, own)
    return Case(environment, folder, layers)


def ask(go: str, case: Case) -> dict[str, str]:
    """What go env -json says; toolchain selection is kept out by GOTOOLCHAIN=local, and asked alone."""
    made: dict[str, str] = json.loads(_run(go, case, {"GOTOOLCHAIN": "local"}, "-json", *ASKED))
    said = _run(go, case, {}, "GOTOOLCHAIN")
    assert said.endswith("\n")
    return {**made, "GOTOOLCHAIN": said[:-1]}


def ask_plain(go: str, case: Case) -> dict[str, str]:
    """The same from ``go env K...``."""
    said = _run(go, case, {"GOTOOLCHAIN": "local"}, *ASKED).split("\n")
    return dict(zip(ASKED, said, strict=False))


def _run(go: str, case: Case, more: dict[str, str], *arguments: str) -> str:
    env = {**case.environment, **more}
    ended = subprocess.run(
        [go, "env", *arguments], cwd=case.folder, env=env, stdin=subprocess.DEVNULL, capture_output=True
    )
    assert ended.returncode == 0, (ended.stderr, env, case.layers.env_file)
    return ended.stdout.decode()


def _places(rng: random.Random, home: Path) -> dict[str, str]:
    """Where the GOENV file may be: by HOME, by XDG_CONFIG_HOME, by GOENV, nowhere."""
    places = {}
    if rng.random() < 0.85:
        places["HOME"] = rng.choice([str(home), f"{home}/", f"/{home}//x/..", "", "relative"])
    if rng.random() < 0.3:
        places["XDG_CONFIG_HOME"] = rng.choice([f"{home}/xdg", "relative", "", f"{home}/./xdg/"])
    if rng.random() < 0.2:
        places["XDG_CACHE_HOME"] = rng.choice([f"{home}/cache", "relative", ""])
    if rng.random() < 0.5:
        places["GOENV"] = rng.choice([f"{home}/named", "named", "off", "OFF", "", f"{home}/folder/"])
    return places


def _settings(rng: random.Random, share: float) -> dict[str, str]:
    return {name: rng.choice(values) for name, values in VALUES.items() if rng.random() < share}


def _file(rng: random.Random, share: float) -> bytes:
    """Lines of a GOENV file, some keys twice."""
    lines = [*_settings(rng, share).items(), *_settings(rng, share / 4).items()]
    rng.shuffle(lines)
    end = rng.choice(["\n", "\n", "\n# \n"])
    return "".join(f"{name}={value}{end}" for name, value in lines).encode()


def _write(rng: random.Random, folder: Path, path: str, content: bytes) -> bytes | None:
    """Puts the file where go will look, or a folder in its place, or nothing; what go can then read."""
    place = folder / path
    kind = rng.random()
    if kind < 0.1 or path.endswith("/"):
        place.mkdir(parents=True, exist_ok=True)
        return None
    if kind < 0.2:
        return None
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return content

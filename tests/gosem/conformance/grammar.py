"""Values of GOPROXY, GOSUMDB and GOTOOLCHAIN, and what a real go command says of them."""

import subprocess
from pathlib import Path
from random import Random
from typing import Literal

from goproxyctl.gosem.chain import read_chain
from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.sumdb import read_sumdb
from goproxyctl.gosem.toolchain import read_toolchain
from goproxyctl.gosem.version import GoVersion
from tests.gosem.conformance.content import SIGNER, go_mod
from tests.gosem.conformance.running import clean_environment, go_home

Variable = Literal["GOPROXY", "GOSUMDB", "GOTOOLCHAIN"]

#: Comes after every chain, so that a good one still never reaches a network.
_STOP = "zz"
_ATOMS = (
    "http", "https", "file", "ftp", "HTTP", "unix", ":", ":", "/", "//", "://", "://", "///", "host.test", "localhost",
    "user", "user:pw", "@", "[", "]", "[::1]", "[1.2.3.4]", "[fe80::1%25en0]", "::1", "%", "%41", "%e4", "%zz", "%25", "?", "?a=b",
    "#", "#f", " ", '"', "\u00e9", "\uff0c", "_", "1.2.3.4", ":80", ":8x", ":", "C:", "\\", "*", "~", "!", "\t", "\x01", "a", ".", "<",
    "off", "direct", "OFF", "none", ";", "=", "&", "+", "'", "(", "\xa0", "|", ",",
)  # fmt: skip
_KEY = SIGNER.verifier
_SUMDB = (
    "off", "OFF", " off", "sum.golang.org", "sum.golang.google.cn", "sum.golang.google.cn ", "https://sum.golang.org", "goproxy.cn",
    _KEY, _KEY + " ", _KEY + "\r", _KEY[:-1], _KEY[:-2] + "B=", _KEY.replace("sum.test", "sum.tesu"), _KEY.replace("sum.test", "sum.test/"),
    _KEY + " https://x.test", _KEY + " http://x.test/y", _KEY + " x.test", _KEY + " :x", _KEY + " a b", "sum.golang.org https://m.test/path",
    "a,b", "+", "a+b+c", "a+00000000+AQ==", "sum.golang.org+033de0ae+Ac4zctda0e5eza", "sum.golang.org+033de0ae+", " ", "\t", "none",
    "sum.golang.org\xa0https://m.test", _KEY.upper(), _KEY.replace("+", "+0", 1), "sum.golang.org https://[::1",
)  # fmt: skip
_TOOLCHAIN = (
    "local", "auto", "path", "LOCAL", "local+auto", "local+path", "local+", "local+x", "auto+auto", "go1.21.13", "go1.99", "go1.99.0",
    "go1.99rc1", "go1.99.0+auto", "go1.99.0+path", "go1.99.0+", "go1.99.0-corp", "go1.99.0-corp+auto", "1.99.0", "go", "go1", "go2.0",
    "go1.99.0.1", "go01.2", "gccgo-go1.99", "go1.99/x", "local ", " local", "local\r", "default", "none", "go1.99.0 x", "go1.x", "go1.99.0rc1",
)  # fmt: skip


def make_values(variable: Variable, random: Random | None, count: int) -> list[str]:
    """``count`` values; the listed ones first where there is a list."""
    if variable == "GOSUMDB":
        return [*_SUMDB][:count]
    if variable == "GOTOOLCHAIN":
        return [*_TOOLCHAIN][:count]
    assert random is not None
    return [_make_chain(random) for _ in range(count)]


def _make_chain(random: Random) -> str:
    if random.random() < 0.4:
        start = random.choice(("https://", "http://", "file://", "https://user:pw@"))
        return start + "".join(random.choices(_ATOMS, k=random.randint(1, 4)))
    return "".join(random.choices(_ATOMS, k=random.randint(1, 6)))


def predict(variable: Variable, value: str, go: GoVersion) -> str:
    """What go is to say of a value; "" when it takes it."""
    if variable == "GOPROXY":
        read: object = next(iter(read_chain(f"{value},{_STOP}", go).faults), None)
    else:
        read = read_sumdb(value, go) if variable == "GOSUMDB" else read_toolchain(value, go)
    says = str(read.values["says"]) if isinstance(read, Remark) else ""
    return "" if says.endswith(f"missing scheme: {_STOP}") else says


def agrees(variable: Variable, said: str, predicted: str) -> bool:
    """Whether what go said is what was predicted."""
    if predicted:
        return predicted.replace("\r", "\\r") in said or predicted in said
    if variable == "GOPROXY":
        good = (f"missing scheme: {_STOP}", "GOPROXY=off", "refused", "malformed", "no Host in request URL")
        return said.rstrip().endswith(good)
    return "invalid GO" not in said and "missing GOSUMDB" not in said and "invalid sumdb" not in said


def ask_go(binary: str, variable: Variable, value: str) -> str:
    """What go says of a value; nothing leaves loopback: the only proxy is a folder, the way out is refused."""
    with go_home() as home:
        environment = clean_environment(home)
        if variable == "GOTOOLCHAIN":
            command = ["env", "GOOS"]
            environment |= {"GOPROXY": "off", "GOTOOLCHAIN": value}
        else:
            command = ["mod", "download", "m.test@v1.0.0"]
            environment |= {"GOPROXY": _tree(Path(home)), "GOSUMDB": value}
        if variable == "GOPROXY":
            environment |= {"GOPROXY": f"{value},{_STOP}", "GOSUMDB": "off"}
        done = subprocess.run(
            [binary, *command], env=environment, cwd=home, capture_output=True, timeout=60, check=False
        )
        return done.stderr.decode(errors="surrogateescape")


def _tree(home: Path) -> str:
    folder = home / "proxy" / "m.test" / "@v"
    folder.mkdir(parents=True)
    (folder / "v1.0.0.info").write_text('{"Version": "v1.0.0"}')
    (folder / "v1.0.0.mod").write_bytes(go_mod("m.test"))
    return (home / "proxy").as_uri()

"""The same policy gives the same bytes everywhere, and no offline command opens a socket or starts a program."""

import itertools
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desk import Desk
from tests.scale import scaled

COMMANDS = [
    ["render"],
    ["render", "--format", "json"],
    ["validate", "--format", "json"],
    ["validate", "--format", "sarif"],
    ["plan", "--in", "all"],
    ["plan", "--in", "all", "--format", "json"],
    ["diff", "--in", "all"],
    ["status", "--format", "json"],
    ["schema"],
    ["kinds"],
    ["rules"],
    ["prove"],
    ["route", "golang.org/x/text"],
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys).write()


#: Runs every command line of argv[1] in one process and writes what each printed, and the exit code, to argv[2].
_ALL = """
import io, json, os, sys
os.umask(int(sys.argv[3], 8))
from goproxyctl.cli import main
printed = []
for line in json.loads(sys.argv[1]):
    sys.stdout = io.TextIOWrapper(io.BytesIO(), encoding=sys.__stdout__.encoding)
    code = main(line)
    sys.stdout.flush()
    printed.append([code, sys.stdout.buffer.getvalue().decode("latin-1")])
sys.stdout = sys.__stdout__
open(sys.argv[2], "w").write(json.dumps(printed))
"""


def everything(desk: Desk, out: Path, *, cwd: Path, umask: str, **env: str) -> str:
    commands = [
        [*command, "-f", str(desk.policy)] if command[0] not in {"schema", "kinds", "rules"} else command
        for command in COMMANDS
    ]
    commands += [["render", "-f", str(desk.policy), "-o", str(out / "rendered")]]
    out.mkdir()
    program = [sys.executable, "-c", _ALL, json.dumps(commands), str(out / "printed"), umask]
    subprocess.run(program, cwd=cwd, env=desk.env(**env), check=True, timeout=120)
    files = sorted(path for path in (out / "rendered").rglob("*") if path.is_file())
    rendered = {path.relative_to(out).as_posix(): path.read_bytes().decode("latin-1") for path in files}
    modes = [oct(path.stat().st_mode) for path in files]
    return (out / "printed").read_text().replace(out.name, "OUT") + json.dumps([rendered, modes])


@pytest.mark.slow
def test_output_is_the_same_bytes_in_every_environment(desk: Desk, tmp_path: Path) -> None:
    locales = ["C", "en_US.UTF-8", "tr_TR.UTF-8", "de_DE.ISO-8859-1", "C.UTF-8"]
    zones = ["UTC", "Asia/Shanghai", "America/St_Johns"]
    matrix = list(itertools.product(locales, zones, ["0", "1", "4294967295"], ["022", "077"], ["/", str(desk.tree)]))
    chosen = random.Random(1).sample(matrix, scaled(5, 60))
    seen = {
        everything(
            desk,
            tmp_path / f"rendered-{i}-here",
            cwd=Path(cwd),
            umask=umask,
            LC_ALL=locale,
            TZ=zone,
            PYTHONHASHSEED=seed,
        )
        for i, (locale, zone, seed, umask, cwd) in enumerate(chosen)
    }
    assert len(seen) == 1


_OFFLINE = """
import json, sys
WATCHED = ("socket.", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork")
seen = []
sys.addaudithook(lambda event, args: seen.append(event) if event.startswith(WATCHED) else None)
from goproxyctl.cli import main
codes = [main(line) for line in json.loads(sys.argv[1])]
sys.stderr.write(json.dumps([codes, sorted(set(seen))]))
"""


@pytest.mark.slow
def test_offline_commands_open_no_socket_and_start_no_program(desk: Desk) -> None:
    commands = [
        *COMMANDS,
        ["render", "-o", "rendered"],
        ["render", "-o", "rendered", "--check"],
        ["plan", "-o", "p.plan"],
        ["apply", "p.plan"],
        ["apply", "--yes", "--in", "all"],
        ["adopt", "--yes"],
        ["remove", "--yes", "--in", "all"],
        ["init", "--region", "cn", "-f", "new.yaml"],
        ["completion", "zsh"],
        ["--help"],
    ]
    program = [sys.executable, "-c", _OFFLINE, json.dumps(commands)]
    ran = subprocess.run(program, cwd=desk.tree, env=desk.env(), capture_output=True, text=True, timeout=120)
    codes, seen = json.loads(ran.stderr.splitlines()[-1])
    assert seen == []
    assert set(codes) <= {0, 3}

"""Bad input and bad moments: the exit code, a message that helps, never a traceback."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from goproxyctl.cli import main
from tests.desk import POLICY, Desk

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals, bash, a folder that goes while someone is in it")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys).write()


USAGE = [
    ([], "Usage:"),
    (["plam"], "did you mean plan?"),
    (["x\x1b]0;pwn\x07"], "unknown command x\\\\x1b]0;pwn\\\\x07"),
    (["plan", "--prnue"], "--prune"),
    (["plan", "--in", "space"], "'tree', 'machine', 'cluster', 'all'"),
    (["plan", "--max-deletes", "-1"], "x>=0"),
    (["plan", "--max-deletes", "many"], "'many'"),
    (["plan", "extra"], "extra"),
    (["plan", "--format"], "--format"),
    (["--lang", "fr", "plan"], "'en', 'zh'"),
    (["plan", "--color", "green"], "'auto', 'always', 'never'"),
    (["render", "--check"], "-o DIR"),
    (["render", "--check", "-o", "-"], "-o DIR"),
    (["apply"], "--yes"),
    (["remove"], "--yes"),
    (["adopt"], "--yes"),
    (["kinds", "confgmap"], "did you mean 'configmap'?"),
    (["kinds", "none"], "there is no kind 'none'; known here: allow-list, argocd, "),
    (["completion", "tcsh"], "'powershell'"),
    (["completion"], "Choose from: bash, zsh, fish, powershell\n"),
    (["status", "--context", "prod"], "--context: it is about a cluster; add --in cluster"),
    (["apply", "--yes", "--in", "all", "--kubeconfig", "config"], "--kubeconfig: it is about a cluster"),
    (["apply", "--yes", "--take-fields"], "--take-fields: it is about a cluster"),
    (["prove", "--go", "new"], "an example: 1."),
    (["init"], "--region"),
    (["init", "--region", "cn"], "--yes"),
    (["init", "--region", "air-gap", "--yes"], "--gateway"),
    (["init", "--region", "cn", "--yes", "--target", "nope"], "goproxyctl kinds"),
]


@pytest.mark.parametrize(
    ("arguments", "said"), USAGE, ids=[" ".join(a).encode("unicode_escape").decode() for a, _ in USAGE]
)
def test_wrong_usage_is_2_and_says_what_is_right(desk: Desk, arguments: list[str], said: str) -> None:
    ran = desk.run(*arguments)
    assert ran.code == 2
    assert said in ran.err.replace("\\x", "\\\\x")
    assert ran.out == ""
    assert desk.files().keys() == {"policy.yaml"}


FAILURES = {
    "missing": ["plan", "-f", "no.yaml"],
    "missing folder": ["plan", "-f", "no/such/policy.yaml"],
    "folder": ["plan", "-f", "folder"],
    "empty": ["validate", "-f", "empty.yaml"],
    "nul": ["validate", "-f", "nul.yaml"],
    "utf16": ["validate", "-f", "utf16.yaml"],
    "large": ["validate", "-f", "large.yaml"],
    "outside": ["validate", "-f", "outside.yaml"],
    "dangling": ["validate", "-f", "dangling.yaml"],
    "fifo": ["validate", "-f", "fifo.yaml"],
    "extends outside": ["validate", "-f", "extends.yaml"],
    "unknown target": ["plan", "--target", "no-such"],
    "unknown profile": ["plan", "--profile", "no-such"],
    "no plan": ["apply", "no.plan"],
    "plan is a folder": ["apply", "folder"],
    "garbage plan": ["apply", "garbage.plan"],
    "plan into nowhere": ["plan", "-o", "no/such/p.plan"],
    "render over a file": ["render", "-o", "policy.yaml"],
    "render into a strange folder": ["render", "-o", "."],
    "no stream": ["render", "-o", "-"],
    "empty stream": ["render", "-o", "-", "--in", "machine", "--target", "ci"],
    "no revision": ["diff", "--from", "HEAD"],
    "name too long": ["plan", "-f", "x" * 5000],
}


def broken_files(tree: Path) -> None:
    (tree / "folder").mkdir()
    (tree / "empty.yaml").write_text("")
    (tree / "nul.yaml").write_bytes(b"a: \0")
    (tree / "utf16.yaml").write_bytes(POLICY.encode("utf-16"))
    (tree / "garbage.plan").write_text("{}")
    (tree / "large.yaml").write_bytes(b"#" * (2 << 20))
    (tree / "outside.yaml").symlink_to("/etc/passwd")
    (tree / "dangling.yaml").symlink_to("nowhere")
    if sys.platform != "win32":
        os.mkfifo(tree / "fifo.yaml")
    (tree / "extends.yaml").write_text(POLICY.replace("kind: Policy\n", "kind: Policy\nextends: ../../../etc/passwd\n"))


@pytest.mark.parametrize("case", [*FAILURES])
def test_what_cannot_be_done_is_1_with_a_message(desk: Desk, case: str) -> None:
    broken_files(desk.tree)
    before = desk.files()
    ran = desk.run(*FAILURES[case])
    said = ran.err + (ran.out if FAILURES[case][0] == "validate" else "")
    assert ran.code == 1, said
    assert said
    assert "Traceback" not in said
    assert "bug" not in said
    assert desk.files() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["apply", "no.plan"], "no.plan: No such file or directory (ENOENT); check the path"),
        (["apply", "folder"], "folder: Is a directory (EISDIR); name a file"),
        (["plan", "-o", "folder"], "folder: Is a directory (EISDIR); name a file"),
        (["render", "-o", "empty.yaml"], "empty.yaml: File exists (EEXIST); name a folder"),
    ],
)
@posix
def test_what_the_system_says_comes_with_what_to_do(desk: Desk, arguments: list[str], said: str) -> None:
    broken_files(desk.tree)
    assert said in desk.run(*arguments).err


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything, Windows has no modes"
)
def test_a_policy_without_permission_is_said_so(desk: Desk) -> None:
    desk.policy.chmod(0)
    ran = desk.run("plan")
    assert ran.code == 1
    assert "policy.yaml" in ran.err


def test_a_bug_is_70_with_one_line_and_its_traceback_only_when_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "goproxyctl.cli.kinds", sys)
    ran = desk.run("kinds")
    assert ran.code == 70
    assert "bug" in ran.err
    assert "Traceback" not in ran.err
    monkeypatch.setenv("GOPROXYCTL_DEBUG", "1")
    assert "Traceback" in desk.run("kinds").err


@posix
def test_a_deleted_working_directory_is_no_traceback(desk: Desk) -> None:
    gone = desk.tree / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    assert desk.run("--version").code == 0
    assert desk.run("validate", "-f", str(desk.policy)).code == 0
    assert desk.run("plan").code == 1


def waiting(desk: Desk, *arguments: str) -> subprocess.Popen[bytes]:
    """A run that waits on a FIFO it was told to print to, well after its start."""
    program = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a job in the background is started without it
        "from goproxyctl.cli import app, main\n"
        "import goproxyctl.cli.kinds as kinds\n"
        "def wait(**_): print('ready', flush=True); time.sleep(60)\n"
        "kinds.command.callback = wait\n"
        "sys.exit(main(['kinds']))\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program], env=desk.env(), cwd=desk.tree, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_the_run_at_once_without_a_traceback(desk: Desk, number: signal.Signals, code: int) -> None:
    with waiting(desk) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"ready\n"
        start = time.monotonic()
        run.send_signal(number)
        _, err = run.communicate(timeout=10)
    assert run.returncode == code
    assert time.monotonic() - start < 2
    assert b"Traceback" not in err


@posix
def test_ctrl_c_while_modules_load_is_no_traceback(desk: Desk) -> None:
    (desk.tree / "click.py").write_text("import time\nprint('ready', flush=True)\ntime.sleep(60)\n")
    program = (
        "import runpy, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "runpy.run_module('goproxyctl', run_name='__main__')\n"
    )
    environment = {**desk.env(), "PYTHONPATH": str(desk.tree)}
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"ready\n"
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=10)
    assert (run.returncode, err) == (-signal.SIGINT, b"")


@posix
def test_a_reader_that_goes_away_is_no_failure(desk: Desk) -> None:
    pipeline = f"{' '.join(desk.command('render'))} | true; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", pipeline], cwd=desk.tree, env=desk.env(), capture_output=True, text=True)
    assert (ran.stdout.strip(), ran.stderr) == ("0", "")


@posix
@pytest.mark.parametrize("redirect", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_closed_streams_are_no_failure(desk: Desk, redirect: str) -> None:
    line = f"{' '.join(desk.command('apply', '--yes'))} {redirect}"
    ran = subprocess.run(["bash", "-c", line], cwd=desk.tree, env=desk.env(), capture_output=True, text=True)
    assert ran.returncode == 0
    assert "Traceback" not in ran.stderr
    assert b"export GOPROXY=" in desk.files()["ci/goproxy.sh"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["plan"], ["render"], ["render", "-o", "-", "-t", "ci"], ["schema"], ["--help"]])
def test_a_full_disk_is_a_failure(desk: Desk, arguments: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        ran = subprocess.run(
            desk.command(*arguments), cwd=desk.tree, env=desk.env(), stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    assert ran.returncode == 1
    assert b"Traceback" not in ran.stderr
    assert b"bug" not in ran.stderr


def test_main_gives_the_signal_handler_back(desk: Desk) -> None:
    before = signal.getsignal(signal.SIGTERM)
    main(["--version"])
    assert signal.getsignal(signal.SIGTERM) is before

"""The registry for real, in Wine 10: files imported by its reg, values written by our Windows Python, read by go.exe.

Microsoft's Windows was not run.
"""

import json
import shutil
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from goproxyctl.targets.reg import Reg
from tests.authorities import make_authority, make_old_root, sign
from tests.oracles import ROOT, missing
from tests.windows_console import COMPANY, Console, Ran, console
from tests.wine import LAB

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wine")]

INTENT = COMPANY._replace(toolchain="local")
POLICY = """\
apiVersion: goproxyctl/v1
kind: Policy
metadata: {name: acme}
spec:
  go: {toolchain: local}
  chain:
    - {name: cn, url: "https://goproxy.cn/a%2Fb", role: mirror, fallback: any-error}
    - direct
  private: {modules: [git.acme.example]}
  targets:
"""


@pytest.fixture
def desk() -> Iterator[Console]:
    with console() as opened:
        yield opened


def ctl(desk: Console, policy: str) -> str:
    """The command line of goproxyctl under Windows Python, for a policy in a folder with a blank."""
    if not (LAB / "python" / "python.exe").exists():
        missing("Windows Python", ".ci/wine-python")
    tree = desk.folder / "tree"
    if not tree.exists():
        for part in ("goproxyctl", "templates", "schemas"):
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    folder = desk.folder / "my policy"
    folder.mkdir(exist_ok=True)
    (folder / "policy.yaml").write_text(policy)
    return rf'Z:\lab\python\python.exe -m goproxyctl {{}} -f "{desk.windows(folder)}\policy.yaml"'


def run(desk: Console, *lines: str) -> Ran:
    return desk.run(lines, variables={"GOPROXYCTL_TREE": desk.windows(desk.folder / "tree")})


def exported(desk: Console, *keys: str) -> dict[str, str]:
    """What reg export writes of each key; a key that is not there is empty."""
    found = {}
    for key in keys:
        file = desk.folder / "export.reg"
        file.unlink(missing_ok=True)
        run(desk, f'reg export "{key}" "{desk.windows(file)}" /y')
        found[key] = file.read_bytes().decode("utf-16") if file.exists() else ""
    return found


def settings(desk: Console, names: Iterator[str] | list[str]) -> dict[str, str]:
    """What a go.exe says that is started now."""
    ran = run(desk, f"go env -json {' '.join(names)}")
    assert ran.codes == [0], ran.erred
    found: dict[str, str] = json.loads(ran.said)
    return found


@pytest.mark.parametrize("scope", ["user", "machine"])
def test_a_registry_file_is_imported_obeyed_and_taken_back(desk: Console, scope: str) -> None:
    keys = ["HKCU", r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"]
    target = Reg.model_validate({"name": "x", "kind": "reg", "path": "my files/goproxy.reg", "scope": scope})
    before = exported(desk, *keys)
    files = {}
    for resource in target.desired(INTENT):
        if resource.address.container.endswith(".reg"):
            files[resource.address.container] = desk.folder / Path(resource.address.container).name
            files[resource.address.container].write_bytes(resource.content)
    install, uninstall = files.values()
    assert run(desk, f'reg import "{desk.windows(install)}"').codes == [0]
    wanted = INTENT.module_settings()
    assert settings(desk, list(wanted)) == wanted
    assert run(desk, f'reg import "{desk.windows(uninstall)}"').codes == [0]
    assert exported(desk, *keys) == before
    assert settings(desk, ["GOPROXY"]) == {"GOPROXY": "https://proxy.golang.org,direct"}


@pytest.mark.parametrize("scope", ["user", "machine"])
def test_values_are_applied_obeyed_watched_and_removed(desk: Console, scope: str) -> None:
    """Shape: apply, in sync, drift, apply, a setting that is no longer wanted, remove; the registry is as it was."""
    key = {"user": r"HKCU\Environment", "machine": r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"}
    keys = ["HKCU", key["machine"]]
    target = f"    - {{name: laptops, kind: windows-environment, scope: {scope}}}\n"
    line = ctl(desk, POLICY + target)
    before = exported(desk, *keys)
    ran = run(desk, line.format("apply --in machine --yes"), line.format("status --in machine"))
    assert ran.codes == [0, 0], ran.said + ran.erred
    found = settings(desk, ["GOPROXY", "GOPRIVATE", "GOVCS"])
    assert found == {
        "GOPROXY": "https://goproxy.cn/a%2Fb|direct",
        "GOPRIVATE": "git.acme.example",
        "GOVCS": "public:git|hg,private:all",
    }
    drift = rf'reg add "{key[scope]}" /v GOPROXY /t REG_EXPAND_SZ /d off /f'
    ran = run(desk, drift, line.format("status --in machine"), line.format("diff --in machine"))
    assert ran.codes == [0, 3, 3], ran.said + ran.erred
    assert "drifted" in ran.said
    assert "off (REG_EXPAND_SZ)" in ran.said
    ctl(desk, POLICY.replace("go: {toolchain: local}", "go: {toolchain: local, flags: [-trimpath]}") + target)
    ran = run(desk, line.format("apply --in machine --yes"))
    assert settings(desk, ["GOPROXY", "GOFLAGS"]) == {
        "GOPROXY": "https://goproxy.cn/a%2Fb|direct",
        "GOFLAGS": "-trimpath",
    }, ran.said
    ctl(desk, POLICY + target)
    ran = run(desk, line.format("apply --in machine --yes --prune --max-deletes 1"), line.format("status --in machine"))
    assert ran.codes == [0, 0], ran.said + ran.erred
    assert settings(desk, ["GOFLAGS"]) == {"GOFLAGS": ""}
    ran = run(desk, line.format("remove --in machine --yes"))
    assert ran.codes == [0], ran.said + ran.erred
    assert exported(desk, *keys) == before


def test_what_someone_else_set_is_left_alone_until_it_is_adopted(desk: Console) -> None:
    line = ctl(desk, POLICY + "    - {name: laptops, kind: windows-environment}\n")
    ran = run(
        desk,
        r"reg add HKCU\Environment /v goproxy /d theirs /f",
        line.format("apply --in machine --yes"),
        r"reg query HKCU\Environment /v GOPROXY",
        line.format("adopt --in machine --yes"),
        line.format("apply --in machine --yes"),
    )
    assert ran.codes == [0, 4, 0, 0, 0], ran.said + ran.erred
    assert "not ours" in ran.said
    assert "theirs" in ran.said
    assert settings(desk, ["GOPROXY"]) == {"GOPROXY": "https://goproxy.cn/a%2Fb|direct"}


class _Proxy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answer = b'{"Version":"v1.0.0","Time":"2026-01-01T00:00:00Z"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that refuses our certificate is what the test is about."""


@contextmanager
def serving(certificate: Path) -> Iterator[int]:
    """A module proxy over TLS on loopback; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with _Server(("127.0.0.1", 0), _Proxy) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("make", [make_authority, make_old_root])
def test_go_accepts_a_proxy_of_the_company_once_its_authority_is_imported(
    desk: Console, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    import hashlib

    root = make(tmp_path)
    names = "subjectAltName=DNS:localhost"
    leaf = sign(tmp_path, "root", "leaf", "/CN=localhost", names, "extendedKeyUsage=serverAuth")
    target = "    - {name: roots, kind: ca-import}\n"
    trust = f"  trust: [{{name: root, file: root.pem, sha256: {hashlib.sha256(root.read_bytes()).hexdigest()}}}]\n"
    line = ctl(desk, POLICY.replace("  targets:\n", trust + "  targets:\n") + target)
    shutil.copy(root, desk.folder / "my policy")
    with serving(leaf) as port:
        ask = [
            f'set "GOPROXY=https://localhost:{port}"', 'set "GONOSUMDB=*"', 'set "GOTOOLCHAIN=local"',
            "go list -m example.com/m@v1.0.0",
        ]  # fmt: skip
        assert run(desk, *ask).codes[-1] != 0  # Wine fills the stores at the first look
        before = exported(desk, "HKCU")
        refused = run(desk, *ask)
        assert refused.codes[-1] != 0
        assert "certificate signed by unknown authority" in refused.erred
        ran = run(desk, line.format("apply --in machine --yes"), line.format("status --in machine"))
        assert ran.codes == [0, 0], ran.said + ran.erred
        accepted = run(desk, *ask)
        assert (accepted.codes[-1], accepted.said.split()) == (0, ["example.com/m", "v1.0.0"]), accepted.erred
        assert run(desk, line.format("status --in machine"), line.format("remove --in machine --yes")).codes == [0, 0]
        assert exported(desk, "HKCU") == before
        run(desk, "go clean -modcache")
        assert "certificate signed by unknown authority" in run(desk, *ask).erred

"""The rules about files of a repository: what each shell and each reader makes of a setting, and where it stands."""

import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from goproxyctl.cli.yamldocuments import yaml_documents
from goproxyctl.desired import make_desired
from goproxyctl.errors import Severity
from goproxyctl.resource import Place
from goproxyctl.rules.catalogue import catalogue, pages_of
from goproxyctl.rules.environment.faults import UNKNOWN
from goproxyctl.rules.environment.values import JUDGED
from goproxyctl.rules.repository.bat import read_bat
from goproxyctl.rules.repository.check import Source
from goproxyctl.rules.repository.dockerfile import read_dockerfile
from goproxyctl.rules.repository.forms import form_of_first_line, form_of_name
from goproxyctl.rules.repository.powershell import read_powershell
from goproxyctl.rules.repository.script import Found
from goproxyctl.rules.repository.sh import read_shell
from goproxyctl.rules.repository.shell import shell_commands
from goproxyctl.rules.repository.yaml import read_yaml
from goproxyctl.text import Text
from tests.oracles import require, require_links
from tests.policy_files import load
from tests.scale import scaled
from tests.surroundings import look, spot, try_example, write_tree
from tests.test_examples import EXAMPLES, NAMES

REPOSITORY = [name for name, rules in catalogue().items() if list(rules) == ["repository"]]
GITLAB = ".gitlab-ci.yml"
WORKFLOW = ".github/workflows/ci.yml"


@pytest.mark.parametrize("name", [name for name, rules in catalogue().items() if "repository" in rules])
def test_the_bad_example_of_a_page_is_found_and_the_good_one_is_not(name: str) -> None:
    page = pages_of(name)["repository"]
    assert name in try_example(page.bad)
    left = {rule for rule in try_example(page.good) if catalogue()[rule]["repository"].severity is not Severity.INFO}
    assert left == set()


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (
            "a.sh",
            "export GOPROXY=https://a.example|https://b.example\n",
            ["sh-quoting 1:16:https://a.example|https://b.example"],
        ),
        ("a.sh", "go env -w GOPRIVATE=a.b.example, c.d.example\n", ["sh-quoting 1:21:a.b.example, c.d.example"]),
        ("a.sh", "GOPRIVATE=a.b.example;c.d.example make\n", ["sh-quoting 1:11:a.b.example;c.d.example"]),
        ("a.sh", "export GOFLAGS=-mod=vendor -trimpath\n", ["sh-quoting 1:16:-mod=vendor -trimpath"]),
        ("a.sh", "make GOPROXY='https://a.example,OFF'\n", ["proxy-keyword-case 1:33:OFF"]),
        ("a.sh", "docker build --build-arg GOSUMDB=OFF .\n", ["sumdb-url-form 1:34:OFF"]),
        ("a.sh", "docker run -e GOSUMDB=OFF x && true\n", ["sumdb-url-form 1:23:OFF"]),
        ("a.sh", 'echo "GOSUMDB=OFF" >> "$GITHUB_ENV"\n', ["sumdb-url-form 1:15:OFF"]),
        ("a.sh", "x=$(curl -k https://goproxy.cn/golang.org/x/text/@v/list)\n", ["ci-curl-insecure 1:10:-k"]),
        ("a.sh", "go get -insecure x.example/y\n", ["insecure-flag 1:8:-insecure"]),
        ("a.sh", "go env -w gosumdb=off\n", ["unknown-var 1:11:gosumdb"]),
        ("a.sh", "export GOENV=off\ngo env -u GOPROXY\n", ["env-goenv-off-write 2:1:go env -u GOPROXY"]),
        ("a.sh", "sudo GOSUMDB=OFF go build\n", ["sumdb-url-form 1:14:OFF"]),
        ("hook", "#!/usr/bin/env bash\nexport GOSUMDB=OFF\n", ["sumdb-url-form 2:16:OFF"]),
        ("b.cmd", "@set GOSUMDB=OFF\r\n", ["sumdb-url-form 1:14:OFF"]),
        ("b.bat", 'if not defined X set "GOSUMDB=OFF"\r\n', ["sumdb-url-form 1:31:OFF"]),
        ("b.bat", "set GOSUMDB=off \r\n", ["sumdb-url-form 1:13:off "]),
        ("b.bat", "go env -w GOPROXY=https://a.example|off\r\n", ["bat-quoting 1:19:https://a.example|off"]),
        ("b.bat", "# what this does\r\n", ["bat-quoting 1:1:# what this does"]),
        ("b.bat", 'set "GOPROXY=https://a.example/%20x,off"\r\n', ["bat-quoting 1:14:https://a.example/%20x,off"]),
        ("b.bat", "setx GOSUMDB OFF\r\n", ["sumdb-url-form 1:14:OFF"]),
        ("c.ps1", "$env:GOSUMDB = 'OFF'\n", ["sumdb-url-form 1:17:OFF"]),
        ("c.ps1", '${env:GOSUMDB}="OFF"; go build\n', ["sumdb-url-form 1:17:OFF"]),
        ("c.ps1", "[Environment]::SetEnvironmentVariable('GOSUMDB', 'OFF', 'User')\n", ["sumdb-url-form 1:51:OFF"]),
        ("c.ps1", "go env -w GOPROXY=https://a.example|off\n", ["ps1-quoting 1:11:GOPROXY=https://a.example"]),
        ("c.ps1", "'x' | Out-File $env:APPDATA\\go\\env\n", ["ps1-encoding 1:7:Out-File $env:APPDATA\\go\\env"]),
        (
            "c.ps1",
            "iwr -SkipCertificateCheck https://goproxy.cn/x/@v/list\n",
            ["ci-curl-insecure 1:5:-SkipCertificateCheck"],
        ),
        ("Dockerfile", "ENV A=b \\\n    GOSUMDB=OFF\n", ["sumdb-url-form 2:13:OFF"]),
        ("Dockerfile", "ENV GOSUMDB OFF\n", ["sumdb-url-form 1:13:OFF"]),
        ("Dockerfile", "ARG GOSUMDB=OFF\n", ["sumdb-url-form 1:13:OFF"]),
        (
            "x.dockerfile",
            "RUN --mount=type=cache,target=/x \\\n  # why\n  go env -w GOSUMDB=OFF\n",
            ["sumdb-url-form 3:21:OFF"],
        ),
        (".env", "GOSUMDB='OFF' # no\n", ["sumdb-url-form 1:10:OFF"]),
        ("go/env", "GOSUMDB=OFF\n", ["sumdb-url-form 1:9:OFF"]),
        (GITLAB, "variables:\n  GOSUMDB: 'OFF'\n", ["sumdb-url-form 2:13:OFF"]),
        (
            GITLAB,
            "variables:\n  GOSUMDB: {value: OFF, expand: false}\n",
            ["sumdb-url-form 2:20:OFF", "yaml-boolean 2:20:OFF"],
        ),
        (
            GITLAB,
            "a:\n  script:\n    - |\n      true\n      go clean -modcache\n",
            ["ci-clean-modcache 5:7:go clean -modcache"],
        ),
        (GITLAB, "a:\n  script:\n    - 'go clean -modcache'\n", ["ci-clean-modcache 3:8:go clean -modcache"]),
        (
            WORKFLOW,
            "on: push\njobs:\n a:\n  steps:\n   - run: go clean -modcache\n",
            ["ci-clean-modcache 5:11:go clean -modcache"],
        ),
        (
            WORKFLOW,
            "on: push\njobs:\n a:\n  runs-on: windows-2025\n  steps:\n   - run: go env -w GOPROXY=https://a.example,off\n",
            ["ps1-quoting 6:21:GOPROXY=https://a.example,off"],
        ),
        ("compose.yaml", "services:\n  a:\n    environment:\n      - GOSUMDB=OFF\n", ["sumdb-url-form 4:17:OFF"]),
        (
            "k8s.yaml",
            "apiVersion: v1\nkind: Pod\nspec: {env: [{name: GO111MODULE, value: on}]}\n",
            ["yaml-boolean 3:41:on"],
        ),
        (".vscode/settings.json", '{"go.toolsEnvVars": {\n// c\n"GOSUMDB": "OFF",}}', ["sumdb-url-form 3:13:OFF"]),
        (".devcontainer/devcontainer.json", '{"containerEnv": {"GOSUMDB": "OFF"}}', ["sumdb-url-form 1:31:OFF"]),
    ],
)
def test_what_is_wrong_is_found_where_it_stands(name: str, text: str, found: list[str]) -> None:
    assert [f"{one.rule} {spot(one)}" for one in look(name, text)] == found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sh", "# export GOPROXY=https://a.example|https://b.example\n"),
        ("a.sh", "export GOPROXY='https://a.example|direct' # go clean -modcache\n"),
        ("a.sh", 'export GOPROXY="https://a.example|direct"\n'),
        ("a.sh", "export GOPROXY=https://a.example\\|direct\n"),
        ("a.sh", "GOPROXY=https://a.example,off go build | tee log\n"),
        ("a.sh", "GOPROXY=off; ./run.sh\n"),
        ("a.sh", "export GOPROXY=${PROXY:-https://a.example|x},direct GOSUMDB=$DB GOPRIVATE=$A,*.b.example\n"),
        ("a.sh", "cat <<'EOF'\ngo clean -modcache\nexport GOSUMDB=OFF\nEOF\n"),
        ("a.sh", "cat <<-EOF > x; true\n\tgo clean -modcache\n\tEOF\n"),
        ("a.sh", "grep -q GOSUMDB=OFF file; sed -i s/GOSUMDB=x/GOSUMDB=OFF/ file\n"),
        ("a.sh", 'if [ "$GOSUMDB" = OFF ]; then echo "go clean -modcache"; fi\n'),
        ("a.sh", "go list -m -f '{{.Path}}@{{.Version}}' all | xargs -n1 go mod download\n"),
        ("a.sh", "curl -k https://intranet.acme.example/status\n"),
        ("a.sh", "gosumdb=OFF\nGOPROXY_URL=x\n"),
        ("a.sh", "go env -w GOPROXY=https://a.example,off GOARCH=arm64 CGO_ENABLED=0\n"),
        ("b.bat", "rem set GOSUMDB=OFF\r\n:: go env -w GOSUMDB=OFF\r\n@REM # x\r\n"),
        ("b.bat", 'set "GOPROXY=https://a.example|direct"\r\nset "GOPRIVATE=%PRIVATE%"\r\n'),
        ("b.bat", 'set "GOPROXY=https://a.example/%%20x,off"\r\necho GOSUMDB & go build\r\n'),
        ("b.bat", "set GOPROXY=https://a.example^|direct\r\n"),
        ("c.ps1", "# $env:GOSUMDB = 'OFF'\n<#\n$env:GOSUMDB = 'OFF'\n#>\n"),
        ("c.ps1", "go env -w 'GOPROXY=https://a.example,off'\ngo env -w GOPRIVATE=\"a.b.example,c.d.example\"\n"),
        ("c.ps1", "$env:GOPROXY = \"https://$server,off\"\n$env:GOSUMDB = $db\n$env:GOSUMDB = 'O' + 'FF'\n"),
        ("c.ps1", "'x' | Out-File log.txt\ngo env > env.txt\n[IO.File]::WriteAllText((go env GOENV), 'x')\n"),
        (
            "Dockerfile",
            "ENV GOPROXY=https://a.example|direct\n# ENV GOSUMDB=OFF\nRUN go mod download && go clean -modcache\n",
        ),
        ("Dockerfile", "ARG GOPROXY\nENV GOPROXY=$GOPROXY GOSUMDB=${DB}\n"),
        (".env", "# GOSUMDB=OFF\nGOPROXY=${PROXY},direct\nexport GOSUMDB='sum.golang.org'\n"),
        (GITLAB, '# GOSUMDB: OFF\nvariables:\n  GOSUMDB: "sum.golang.org"\n  GOPROXY: $PROXY\n'),
        (GITLAB, "a: &a {script: [!reference [b, script], go build]}\nb:\n  <<: *a\n"),
        (WORKFLOW, "on: push\nenv: {GO111MODULE: on, GOPROXY: '${{ vars.PROXY }}'}\n"),
        (WORKFLOW, "on: push\njobs: {a: {steps: [{run: 'go env -w GOPROXY=https://a.example,off'}]}}\n"),
        ("compose.yaml", "services: {a: {environment: {GO111MODULE: on}}}\n"),
        ("chart.yaml", "a: {{ .Values.a }}: b\nGOSUMDB: OFF\n"),
        (".vscode/settings.json", '{"go.toolsEnvVars": {"GOPROXY": "${env:PROXY}"}, // "GOSUMDB": "OFF"\n}'),
        (".vscode/settings.json", '{"GOSUMDB": "OFF"'),
    ],
)
def test_what_is_right_or_quoted_or_commented_out_is_left_alone(name: str, text: str) -> None:
    if name == "chart.yaml":
        with pytest.raises(Exception, match="not YAML"):
            look(name, text)
    else:
        assert [f"{one.rule} {spot(one)}" for one in look(name, text)] == []


def test_a_debugger_that_shares_its_settings_is_no_finding() -> None:
    launch = '{"configurations": [{"name": "a", "env": {"GOPROXY": "https://a.example,off"}}]}'
    settings = '{"go.toolsEnvVars": {"GOPROXY": "https://a.example,off"}}'
    container = '{"remoteEnv": {"GOPROXY": "https://a.example,off"}}'
    assert [one.rule for one in look(".vscode/launch.json", launch)] == ["launch-env-scope"]
    assert look(".vscode/launch.json", launch, {"settings.json": settings}) == []
    assert look(".vscode/launch.json", launch, {"../.devcontainer/devcontainer.json": container}) == []
    assert [one.rule for one in look(".vscode/launch.json", launch, {"settings.json": "{"})] == ["launch-env-scope"]


def test_a_secret_is_never_shown_with_its_line() -> None:
    text = "curl -k https://goproxy.cn/x/@v/list -H 'Authorization: abc123'\nGOPROXY=https://me:abc123@h.example,off\n"
    for one in look("a.sh", text):
        assert one.position
        assert "abc123" not in f"{one.text}{one.advice}"
        assert one.rule == "proxy-inline-secret" or not one.position.source


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
def test_words_are_those_that_a_real_shell_makes(shell: str, tmp_path: Path) -> None:
    rng = random.Random(f"words {shell}")
    pieces = [
        "a",
        "b=c",
        "'x y'",
        '"x y"',
        "'a|b'",
        '"a\\"b"',
        "\\|",
        "\\ ",
        "''",
        "#",
        "*.d",
        "'it'\\''s'",
        "\\\n",
        ",",
        "~x",
    ]
    lines = [
        " ".join("".join(rng.choices(pieces, k=rng.randint(1, 4))) for _ in range(4)) for _ in range(scaled(150, 3000))
    ]
    script = "".join(f"printf '%s\\0' x {line}\nprintf '\\n\\0'\n" for line in lines)
    file = tmp_path / "words.sh"
    file.write_text(script)
    command = [require(shell), *(["sh"] if shell == "busybox" else []), "-f", str(file)]
    said = subprocess.run(command, capture_output=True, cwd=tmp_path, check=True).stdout.decode().split("\n\0")
    commands = [one for one in shell_commands(script) if one.texts[1:2] == ["%s\\0"]]
    assert len(commands) == len(lines) == len(said) - 1
    for line, command_, words in zip(lines, commands, said, strict=False):
        assert command_.texts[2:] == words.split("\0")[:-1], line


def test_every_character_of_a_word_knows_its_place() -> None:
    text = "export A='x y'\"z\"\\|w B=$(c 'd e')\n"
    for command in shell_commands(text):
        for word in command.words:
            assert all(text[at] == char or char == UNKNOWN for char, at in zip(word.text, word.at, strict=True))
            assert text[word.start : word.end].strip("'\"")


def test_what_yaml_1_1_takes_for_a_boolean_is_what_we_warn_of() -> None:
    for word in ("on", "off", "yes", "no", "On", "OFF", "true", "False"):
        assert isinstance(yaml.safe_load(word), bool)
        assert "yaml-boolean" in [one.rule for one in look(GITLAB, f"GO111MODULE: {word}\n")]
    for word in ("auto", '"on"', "'off'", "direct", "none"):
        assert isinstance(yaml.safe_load(word), str)
        assert "yaml-boolean" not in [one.rule for one in look(GITLAB, f"GO111MODULE: {word}\n")]


READERS = {"bat": read_bat, "powershell": read_powershell, "sh": read_shell, "dockerfile": read_dockerfile}


@pytest.mark.parametrize("example", NAMES)
def test_the_artifacts_of_the_examples_are_read_right_and_are_clean(example: str) -> None:
    folder = EXAMPLES / example
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    policy = load(files)
    read = 0
    for address, resource in make_desired(policy).items():
        if address.place is not Place.FILE or form_of_name(address.container) is None:
            continue
        text = resource.content.removeprefix(b"\xef\xbb\xbf").decode()
        found = look(address.container, text)
        assert [one for one in found if one.rule != "sumdb-off-closed"] == []
        target = next(one for one in policy.targets if one.name == resource.target)
        meant = {k: v for k, v in policy.intent(target).variables("").items() if k in JUDGED}
        form = form_of_name(address.container)
        if getattr(target, "scope", "session") != "session" or getattr(target, "kind", "") == "scheduled-task":
            continue  # what it sets goes into the file of go env -w, not into variables
        if form in READERS:
            assert {
                one.variable: one.value.text for one in READERS[form](text).assignments if one.variable in JUDGED
            } == meant
            read += 1
        elif form == "yaml":
            document, *_ = yaml_documents(text)
            script, _ = next(read_yaml(address.container, text, document))
            assert {one.variable: one.value.text for one in script.assignments} == meant
            read += 1
    assert read or example == "laptop"


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a/Dockerfile", "dockerfile"), ("Dockerfile.dev", "dockerfile"), ("dev.Dockerfile", "dockerfile"),
        ("go/env", "goenv"), ("x/go.env", "goenv"), (".env", "dotenv"), ("ci.env", "dotenv"), (".envrc", "sh"),
        ("A.BAT", "bat"), ("x.psm1", "powershell"), ("x.yml", "yaml"), ("package.json", None), ("env", None),
        ("Makefile", None), ("main.go", None),
    ],
)  # fmt: skip
def test_the_form_of_a_file_follows_from_its_name(name: str, form: str | None) -> None:
    assert form_of_name(name) == form


def test_the_first_line_of_a_file_without_an_ending_says_what_it_is() -> None:
    lines = {
        "#!/bin/sh -e": "sh",
        "#!/usr/bin/env bash": "sh",
        "#!/usr/bin/env pwsh": "powershell",
        "#!/usr/bin/python": None,
    }
    assert {line: form_of_first_line(line) for line in lines} == lines


def test_a_finding_over_several_lines_stands_on_its_first() -> None:
    source = Source("f", "a\r\nbc d\r\ne\r\n")
    at = source.sighting(Found("r", 4, 11, Text("t", "t"))).position
    assert at is not None
    assert (at.line, at.column, at.width, at.source) == (2, 2, 3, "bc d")


def test_no_text_whatever_breaks_a_reader() -> None:
    rng = random.Random(8)
    pieces = ["GOPROXY=", "$env:GOSUMDB =", "set ", '"', "'", "`", "$(", "${", "}", ")", "<<X\n", "|", "^", "%", "\\\n", "\n", "#",
              "RUN ", "ENV ", "go env -w ", "a", ",", "{", "[", ": ", "- ", "@'\n", "off", "\r\n", "&", "script: |\n  ", "!"]  # fmt: skip
    for _ in range(scaled(300, 5000)):
        text = "".join(rng.choices(pieces, k=rng.randint(1, 25)))
        for name in ("a.sh", "a.bat", "a.ps1", "Dockerfile", ".env", "go/env", "settings.json"):
            for one in look(name, text):
                assert one.position
                assert one.position.line <= text.count("\n") + 1


def errors_at(said: str) -> list[str]:
    return [line.partition(": ")[0] for line in said.splitlines() if ": error[" in line]


def test_the_tree_is_walked_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    write_tree(tmp_path, {
        "a.sh": "export GOSUMDB=OFF\n", "big.sh": b"#" * (256 * 1024 + 1), "bin.sh": b"\x7fELF\0\xff", "z.yaml": "GOPROXY: {{ a }}: b\n",
        "vendor/b.sh": "export GOSUMDB=OFF\n", "wide.ps1": b"\xff\xfe" + "$env:GOSUMDB = 'OFF'\n".encode("utf-16-le"),
        "node_modules/c.sh": "export GOSUMDB=OFF\n", "main.go": "package main\n",
    })  # fmt: skip
    ended = scan(tmp_path)
    assert ended.returncode == 1
    assert errors_at(ended.stdout) == ["a.sh:1:16", "wide.ps1:1:17"]
    left = [
        line.partition(": not looked at: ")[::2] for line in ended.stdout.splitlines() if ": not looked at: " in line
    ]
    assert dict(left) == {
        "big.sh": "larger than 256 KiB", "bin.sh": "not a text", "z.yaml": "not YAML that can be read (a template?)",
    }  # fmt: skip
    assert ended.stdout.endswith("files looked at: 2\n")


@pytest.mark.skipif(sys.platform != "linux", reason="paths longer than the system takes are made of links in /proc")
def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    names = ["n" * 250] * 20
    step = tmp_path
    opened = []
    for name in names:  # each step is made below the one before it, which is named by its number
        (step / name).mkdir()
        opened.append(os.open(step / name, os.O_RDONLY))
        step = Path(f"/proc/self/fd/{opened[-1]}")
    ended = scan(tmp_path)
    for number in opened:
        os.close(number)
    shutil.rmtree(tmp_path / names[0])
    left = r"^(n{250}/)+n{250}: not looked at: cannot be read \(File name too long\)$"
    assert re.search(left, ended.stdout, re.MULTILINE)
    assert ended.stdout.endswith("files looked at: 0; nothing is wrong\n")
    assert ended.returncode == 0


def test_links_are_not_followed(tmp_path: Path) -> None:
    require_links(tmp_path)
    tree, outside = tmp_path / "tree", tmp_path / "outside.sh"
    write_tree(tree, {"a.sh": "export GOSUMDB=OFF\n"})
    outside.write_text("export GOSUMDB=OFF\n")
    (tree / "link.sh").symlink_to(outside)
    (tree / "loop").symlink_to(tree)
    ended = scan(tree)
    assert errors_at(ended.stdout) == ["a.sh:1:16"]
    assert ended.stdout.endswith("files looked at: 1\n")


def test_every_form_of_the_report_names_the_place(tmp_path: Path) -> None:
    write_tree(tmp_path, {"ci/a.sh": "true\nexport GOSUMDB=OFF\n"})
    assert "ci/a.sh:2:16: error[sumdb-url-form]" in scan(tmp_path).stdout
    assert "::error file=ci/a.sh,line=2,col=16,title=sumdb-url-form::" in scan(tmp_path, "--format", "github").stdout
    shown = [yaml.safe_load(scan(tmp_path, "--format", form).stdout) for form in ("json", "sarif", "gitlab")]
    assert shown[0]["findings"][0]["column"] == 16
    assert shown[1]["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "ci/a.sh"
    assert shown[2][0]["location"] == {"path": "ci/a.sh", "lines": {"begin": 2}}


def test_a_clean_tree_says_so_and_a_path_that_is_not_there_fails(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.sh": "go build\n"})
    clean = scan(tmp_path)
    assert (clean.returncode, clean.stdout) == (0, "files looked at: 1; nothing is wrong\n")
    missing = scan(tmp_path, "b.sh")
    assert (missing.returncode, missing.stderr) == (1, "error: b.sh: no such file or folder\n")


def scan(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "goproxyctl", "scan", *arguments]
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "GOPROXYCTL_TREE") if name in os.environ}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env={"NO_COLOR": "1", **kept})

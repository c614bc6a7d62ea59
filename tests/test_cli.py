"""Each command once through its life: exit code, output, files."""

import datetime as dt
import json
import os
import re
import select
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from goproxyctl import __version__
from goproxyctl.cli.app import COMMANDS
from goproxyctl.cli.completing import complete_contexts, complete_profiles, complete_targets
from goproxyctl.targets import KINDS, load_kind
from tests.catalogues import built
from tests.desk import MACHINE, POLICY, TREE, Desk
from tests.oracles import require


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys).write()


def test_a_policy_is_planned_applied_in_sync_and_removed(desk: Desk) -> None:
    before = desk.files()
    planned = desk.run("plan")
    assert planned.code == 0
    assert f"plan: {TREE} to create" in planned.out
    assert desk.run("plan", "--exit-code").code == 3
    assert desk.run("status").code == 3
    assert desk.run("diff").code == 3
    assert desk.files() == before

    applied = desk.run("apply", "--yes")
    assert applied.code == 0
    assert f"{TREE} done" in applied.out
    assert b"export GOPROXY='https://goproxy.acme.example,https://goproxy.cn|direct'" in desk.files()["ci/goproxy.sh"]

    assert desk.run("plan", "--exit-code").code == 0
    status = desk.run("status")
    assert (status.code, status.out) == (0, f"in sync: {TREE}\n")
    assert desk.run("diff").code == 0
    assert desk.run("apply", "--yes").out.startswith("in sync")

    removed = desk.run("remove", "--yes")
    assert removed.code == 0
    assert desk.files() == before
    assert not (desk.tree / ".goproxyctl").exists()


def test_the_machine_is_touched_only_when_it_is_named(desk: Desk) -> None:
    desk.run("apply", "--yes")
    assert not desk.go_env.exists()
    assert f"{MACHINE} done" in desk.run("apply", "--yes", "--in", "machine").out
    assert "GOPROXY=https://goproxy.acme.example,https://goproxy.cn|direct\n" in desk.go_env.read_text()
    assert desk.run("status", "--in", "all").code == 0
    assert desk.run("remove", "--yes", "--in", "all").code == 0
    assert not desk.go_env.exists()


def test_a_command_that_looks_where_nothing_of_the_policy_is_says_where_it_is(desk: Desk) -> None:
    desk.write(POLICY[: POLICY.index("  targets:")] + "  targets:\n    - {name: go, kind: go-env}\n")
    for command in (["plan"], ["status"], ["diff"], ["apply", "--yes"]):
        ran = desk.run(*command)
        assert (ran.code, ran.err) == (0, "--in tree: nothing of this policy is there; say --in machine\n")
    assert desk.run("plan", "--in", "machine").err == ""
    assert desk.run("plan", "--in", "all").err == ""


def test_drift_and_pending_are_two_facts(desk: Desk) -> None:
    desk.run("apply", "--yes")
    (desk.tree / "ci" / "goproxy.sh").write_text("edited\n")
    desk.write(POLICY.replace("sum.golang.google.cn", "sum.golang.org"))
    status = desk.run("status", "--format", "json")
    assert status.code == 3
    facts = {r["address"]["id"]: (r["drifted"], r["pending"]) for r in json.loads(status.out)["resources"]}
    assert facts["file:ci/goproxy.sh"] == (True, True)
    assert facts["json-key:.vscode/settings.json#go.toolsEnvVars/GOSUMDB"] == (False, True)
    assert "drifted  pending  ci/goproxy.sh\n" in desk.run("status").out


def test_a_target_alone_is_applied_and_the_rest_left_as_recorded(desk: Desk) -> None:
    desk.run("apply", "--yes")
    (desk.tree / "ci" / "goproxy.sh").unlink()
    desk.write(POLICY.replace("sum.golang.google.cn", "sum.golang.org"))
    one = desk.run("apply", "--yes", "--target", "ci")
    assert "1 done" in one.out
    status = json.loads(desk.run("status", "--format", "json").out)
    assert {r["target"] for r in status["resources"]} == {"editors"}
    assert {r["reason"] for r in status["resources"]} == {"policy changed"}
    assert "removed by someone" not in desk.run("status").out


def test_prune_with_a_target_leaves_what_other_targets_left_behind(desk: Desk) -> None:
    desk.run("apply", "--yes")
    desk.write(POLICY.replace("    - {name: editors, kind: vscode-settings, terminals: [linux]}\n", ""))
    assert "leftovers: 16" in desk.run("plan").out
    narrowed = desk.run("apply", "--yes", "--prune", "--target", "ci")
    assert narrowed.code == 0
    assert (desk.tree / ".vscode" / "settings.json").exists()
    refused = desk.run("apply", "--yes", "--prune")
    assert refused.code == 1
    assert "--max-deletes 16" in refused.err
    assert desk.run("apply", "--yes", "--prune", "--max-deletes", "16").code == 0
    assert not (desk.tree / ".vscode").exists()


def test_a_saved_plan_needs_no_yes_and_is_carried_out_once(desk: Desk) -> None:
    assert desk.run("plan", "-o", "p.plan").code == 0
    assert desk.run("apply", "p.plan").code == 0
    again = desk.run("apply", "p.plan")
    assert again.code == 1
    assert "plan again" in again.err


def test_a_saved_plan_knows_its_targets_and_profile(desk: Desk) -> None:
    desk.write(POLICY.replace("  targets:", '  profiles:\n    lab: {chain: ["off"]}\n  targets:'))
    assert desk.run("plan", "--target", "ci", "--profile", "lab", "-o", "p.plan").code == 0
    assert "1 done" in desk.run("apply", "p.plan").out
    assert "export GOPROXY='off'" in (desk.tree / "ci" / "goproxy.sh").read_text()
    assert desk.files().keys() == {"policy.yaml", "p.plan", "ci/goproxy.sh"}


def test_a_profile_is_used_by_targets_that_name_none(desk: Desk) -> None:
    desk.write(POLICY.replace("  targets:", '  profiles:\n    lab: {chain: ["off"]}\n  targets:'))
    assert "export GOPROXY='off'" in desk.run("render", "--profile", "lab", "-t", "ci", "-o", "-").out
    assert "export GOPROXY='https:" in desk.run("render", "-t", "ci", "-o", "-").out


def test_what_is_not_ours_is_held_until_it_is_adopted(desk: Desk) -> None:
    (desk.tree / "ci").mkdir()
    (desk.tree / "ci" / "goproxy.sh").write_text("theirs\n")
    partly = desk.run("apply", "--yes")
    assert partly.code == 4
    assert "goproxyctl adopt" in partly.out
    assert (desk.tree / "ci" / "goproxy.sh").read_text() == "theirs\n"
    assert desk.run("apply", "--yes").code == 1
    adopted = desk.run("adopt", "--yes")
    assert adopted.code == 0
    assert "1 to record" in adopted.out
    assert (desk.tree / "ci" / "goproxy.sh").read_text() == "theirs\n"
    assert desk.run("apply", "--yes").code == 0
    assert "nothing to adopt" in desk.run("adopt", "--yes").out


@pytest.mark.parametrize(
    "command", ["plan", "status", "diff", "apply", "adopt", "remove", "validate", "kinds", "render"]
)
def test_json_is_one_versioned_document(desk: Desk, command: str) -> None:
    yes = ["--yes"] if command in {"apply", "adopt", "remove"} else []
    ran = desk.run(command, *yes, "--format", "json")
    document = json.loads(ran.out)
    assert (document["version"], document["command"]) == (1, command)
    assert ran.out.isascii()


def test_a_message_in_json_carries_id_values_and_english_in_every_language(desk: Desk) -> None:
    built()
    documents = [desk.run("plan", "--format", "json", "--lang", code).out for code in ("en", "zh")]
    assert documents[0] == documents[1]
    summary = json.loads(documents[0])["summary"]
    assert summary["text"] == f"plan: {TREE} to create"
    assert summary["values"]["counts"]["values"] == {"count": TREE}


def test_the_difference_shows_a_chain_hop_by_hop(desk: Desk) -> None:
    desk.run("apply", "--yes")
    desk.write(
        POLICY.replace('"https://goproxy.cn", role: mirror, fallback: any-error', '"https://goproxy.cn", role: mirror')
    )
    out = desk.run("diff", "--target", "editors").out
    assert "~     2. https://goproxy.cn (next on 404/410 only; was: next on any error)" in out
    assert "      1. https://goproxy.acme.example (next on 404/410 only)" in out


def git(tree: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run([require("git"), *identity, *arguments], cwd=tree, check=True, capture_output=True)


def test_the_difference_since_a_revision_tells_what_a_policy_change_does(desk: Desk) -> None:
    git(desk.tree, "init", "-q")
    git(desk.tree, "add", "policy.yaml")
    git(desk.tree, "commit", "-qm", "one")
    assert desk.run("diff", "--from", "HEAD").code == 0
    desk.write(POLICY.replace("ci/goproxy.sh", "scripts/go.sh").replace("sum.golang.google.cn", "sum.golang.org"))
    text = desk.run("diff", "--from", "HEAD")
    assert text.code == 3
    assert "ci/goproxy.sh  deleted" in text.out
    assert "scripts/go.sh  created" in text.out
    assert "- GOSUMDB = sum.golang.google.cn" in text.out
    markdown = desk.run("diff", "--from", "HEAD", "--format", "markdown").out
    assert "| `scripts/go.sh` | created | ci |" in markdown
    assert markdown.count("<details>") == markdown.count("</details>") == 4
    document = json.loads(desk.run("diff", "--from", "HEAD", "--format", "json").out)
    assert document["since"]["values"] == {"revision": "HEAD"}
    assert desk.run("diff", "--from", "no-such").code == 1


def test_a_broken_older_policy_is_reported_with_its_revision(desk: Desk) -> None:
    git(desk.tree, "init", "-q")
    desk.write("kind: [\n")
    git(desk.tree, "add", "policy.yaml")
    git(desk.tree, "commit", "-qm", "one")
    desk.write()
    broken = desk.run("diff", "--from", "HEAD")
    assert broken.code == 1
    assert "HEAD:policy.yaml:" in broken.err


def test_validate_says_where_and_what_to_do(desk: Desk) -> None:
    assert desk.run("validate").out == "policy.yaml: valid; targets: 3\n"
    desk.write(POLICY.replace("role: gatekeeper", "rol: gatekeeper"))
    wrong = desk.run("validate")
    assert wrong.code == 1
    assert wrong.out.startswith("policy.yaml:7:")
    assert "did you mean 'role'" in wrong.out
    assert "^^^" in wrong.out


@pytest.mark.parametrize("form", ["json", "sarif", "github", "gitlab"])
def test_validate_reports_to_programs_with_the_same_exit_code(desk: Desk, form: str) -> None:
    desk.write(POLICY.replace("role: gatekeeper", "rol: gatekeeper"))
    ran = desk.run("validate", "--format", form)
    assert ran.code == 1
    assert "policy.yaml" in ran.out
    if form != "github":
        json.loads(ran.out)


def test_validate_finds_targets_that_want_the_same_file(desk: Desk) -> None:
    desk.write(POLICY + "    - {name: again, kind: sh, path: ci/goproxy.sh}\n")
    clash = desk.run("validate")
    assert clash.code == 1
    assert "policy.yaml:17:" in clash.out


def test_positions_begin_with_the_folder_as_it_was_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("kind: [\n")
    monkeypatch.chdir(desk.tree.parent)
    assert desk.run("validate", "-f", "tree/policy.yaml").out.startswith("tree/policy.yaml:")


def test_an_expired_waiver_stops_plan_and_apply_but_not_render(desk: Desk) -> None:
    waived = POLICY.replace("sum.golang.google.cn", '"off"') + (
        '  waivers: [{rule: sumdb-off, reason: "no database here", owner: acme, expires: "2020-01-31"}]\n'
    )
    desk.write(waived)
    assert desk.run("render").code == 0
    for command in (["validate"], ["plan"], ["apply", "--yes"]):
        expired = desk.run(*command)
        assert expired.code == 1
        assert "waiver" in expired.out + expired.err
    desk.write(waived.replace("2020-01-31", str(dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=30))))
    assert desk.run("plan").code == 0


def test_schema_is_a_json_schema(desk: Desk) -> None:
    schema = json.loads(desk.run("schema").out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_kinds_lists_every_kind_with_its_line(desk: Desk) -> None:
    ran = desk.run("kinds")
    *lines, empty, last = ran.out.splitlines()
    assert [line.split()[0] for line in lines] == list(KINDS)
    assert (empty, last) == ("", f"kinds: {len(KINDS)}; goproxyctl kinds KIND tells the options of one")


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_a_kind_tells_every_option_and_ends_with_an_entry_that_the_kind_takes(
    desk: Desk, kind: str
) -> None:
    model = load_kind(kind)
    own = [name for name in model.model_fields if name not in {"kind", "name", "profile"}]
    ran = desk.run("kinds", kind)
    assert ran.code == 0
    lines = ran.out.splitlines()
    told = [line for line in lines if re.match(r"  \w", line)]
    assert [line.strip().partition(":")[0] for line in told] == own
    assert [line.endswith("(required)") for line in told] == [model.model_fields[name].is_required() for name in own]
    [entry] = yaml.safe_load(lines[-1])
    assert model.model_validate_json(json.dumps(entry))

    page = json.loads(desk.run("kinds", kind, "--format", "json").out)["kind"]
    assert (page["options"], page["entry"]) == (own, entry)
    for field in page["fields"]:
        for value in (field["default"], field["example"]):
            assert value is None or model.model_validate_json(json.dumps({**entry, field["name"]: value}))


def test_an_option_with_few_values_tells_them(desk: Desk) -> None:
    assert "  scope: session | user  (default: session)\n" in desk.run("kinds", "bat").out
    assert "  immutable: true | false  (default: false)\n" in desk.run("kinds", "configmap").out
    assert "  interval_min: 2..60  (default: 5)\n" in desk.run("kinds", "scheduled-task").out


@pytest.mark.parametrize("name", [*COMMANDS])
def test_every_command_has_help_with_an_example(desk: Desk, name: str) -> None:
    built()
    ran = desk.run(name, "--help")
    assert ran.code == 0
    assert f"Example:\n  goproxyctl {name}" in ran.out
    assert "--lang" in ran.out
    assert "--color" in ran.out
    assert f"示例:\n  goproxyctl {name}" in desk.run("--lang", "zh", name, "-h").out


def test_version_is_printed(desk: Desk) -> None:
    assert desk.run("--version").out == f"goproxyctl {__version__}\n"


def test_help_and_version_import_nothing_heavy(desk: Desk) -> None:
    program = (
        "import sys; from goproxyctl.cli import main; main([sys.argv[1]]);"
        "print([m for m in ('pydantic','ruamel','ruamel.yaml','jinja2','rich','git','kubernetes') if m in sys.modules])"
    )
    for option in ("--help", "--version"):
        ran = subprocess.run([sys.executable, "-c", program, option], env=desk.env(), capture_output=True, check=True)
        assert ran.stdout.splitlines()[-1] == b"[]"


def talk(desk: Desk, answers: str, *arguments: str) -> tuple[int, str]:
    """Runs on a terminal of its own and types ``answers``; the exit code and what stood on the screen."""
    if sys.platform == "win32":
        pytest.skip("a terminal of Unix")
    import pty

    pid, screen = pty.fork()
    if pid == 0:
        os.execvpe(sys.executable, desk.command(*arguments), desk.env(TERM="xterm"))
    said = b""
    pending = answers.encode()
    while select.select([screen], [], [], 30)[0]:
        try:
            read = os.read(screen, 4096)
        except OSError:
            break
        said += read
        if pending and said.rstrip().endswith((b":", b"go on")):
            line, _, pending = pending.partition(b"\n")
            os.write(screen, line + b"\n")
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode()


@pytest.mark.slow
def test_apply_asks_on_a_terminal_and_a_no_changes_nothing(desk: Desk) -> None:
    code, said = talk(desk, "no\n", "apply")
    assert code == 1
    assert "Apply these changes?" in said
    assert "nothing was changed" in said
    assert not (desk.tree / "ci").exists()
    code, said = talk(desk, "yes\n", "apply")
    assert code == 0
    assert "\x1b[" in said
    assert (desk.tree / "ci" / "goproxy.sh").exists()


@pytest.mark.slow
def test_a_long_apply_shows_how_far_it_is_and_json_asks_on_the_other_stream(desk: Desk) -> None:
    more = "    - {name: again, kind: vscode-settings, path: sub/.vscode/settings.json}\n"
    desk.write(POLICY.replace(", terminals: [linux]", "") + more)
    code, said = talk(desk, "yes\n", "apply", "--format", "json", "--lang", "en")
    assert code == 0
    assert "65 to create" in said
    assert "applying" in said
    assert '"outcome": "done"' in said


def test_colour_is_for_terminals_and_can_be_refused_or_forced(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in desk.run("plan").out
    assert "\x1b[" in desk.run("plan", "--color", "always").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in desk.run("plan").out
    assert "\x1b" not in desk.run("plan", "--color=never").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in desk.run("plan").out
    assert "\x1b[" in desk.run("--color", "always", "plan").out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_one_its_shell_accepts(desk: Desk, shell: str, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(desk.run("completion", shell).out)
    subprocess.run([require(shell), "-n", script], check=True)


def completed(desk: Desk, shell: str, words: list[str], incomplete: str) -> list[str]:
    env = desk.env(_GOPROXYCTL_COMPLETE=f"{shell}_complete")
    if shell == "powershell":
        env |= {"COMP_WORDS": "\n".join(["goproxyctl", *words]), "COMP_INCOMPLETE": incomplete}
    else:
        env |= {"COMP_WORDS": " ".join(["goproxyctl", *words, incomplete]), "COMP_CWORD": str(len(words) + 1)}
    return desk.start(env=env).stdout.decode().split()


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "powershell"])
def test_commands_targets_and_kinds_are_completed(desk: Desk, shell: str) -> None:
    mark = "plain," if shell == "bash" else ""
    assert f"{mark}status" in completed(desk, shell, [], "st")
    assert f"{mark}editors" in completed(desk, shell, ["plan", "--target"], "e")
    assert f"{mark}vscode-launch" in completed(desk, shell, ["init", "--target"], "vs")


KUBECONFIG = """\
apiVersion: v1
clusters:
- cluster: {server: https://10.0.0.1}
  name: a-cluster
contexts:
- context:
    cluster: a-cluster
    extensions:
    - extension: {provider: minikube.sigs.k8s.io}
      name: context_info
    namespace: default
  name: prod-eu
- context: {cluster: a-cluster}
  name: "arn:aws:eks:eu-1:1:cluster/prod_us@x"
current-context: prod-eu
kind: Config
users:
- name: someone
"""


def test_contexts_are_completed_from_every_kubeconfig(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [desk.home / "one", desk.home / "two", desk.home / "missing"]
    files[0].write_text(KUBECONFIG)
    files[1].write_text("contexts:\n- name: lab\n  context:\n    cluster: lab\n- name: prod-eu\n")
    context, option = click.Context(click.Command("plan")), click.Option(["-t"])
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(map(str, files)))
    every = ["prod-eu", "arn:aws:eks:eu-1:1:cluster/prod_us@x", "lab"]
    assert complete_contexts(context, option, "") == every
    assert complete_contexts(context, option, "prod") == every[:1]
    context.params["kubeconfig"] = str(files[1])
    assert complete_contexts(context, option, "") == ["lab", "prod-eu"]
    monkeypatch.delenv("KUBECONFIG")
    del context.params["kubeconfig"]
    assert complete_contexts(context, option, "") == []


@pytest.mark.slow
def test_a_context_is_completed_on_the_command_line(desk: Desk) -> None:
    (desk.home / "kubeconfig").write_text(KUBECONFIG)
    words = ["plan", "--in", "cluster", "--kubeconfig", str(desk.home / "kubeconfig"), "--context"]
    assert completed(desk, "bash", words, "pr") == ["plain,prod-eu"]


@pytest.mark.parametrize(
    ("policy", "targets", "profiles"),
    [
        (POLICY, ["ci", "editors", "mine"], []),
        (
            "spec:\n  targets:\n  - kind: sh\n    name: 'a'\n  # c\n\n  - name: b\n  waivers: [{name: c}]\n",
            ["a", "b"],
            [],
        ),
        (
            "spec:\n  profiles:\n    one: {chain: [{name: x}]}\n    two:\n      go: {}\n  targets: []\n",
            [],
            ["one", "two"],
        ),
        ("kind: [", [], []),
        ("targets:\n- *x\n- [", [], []),
        ("\0\xff", [], []),
        ("[" * 5000, [], []),
        ("", [], []),
    ],
)
def test_names_are_completed_from_any_text(desk: Desk, policy: str, targets: list[str], profiles: list[str]) -> None:
    desk.write(policy)
    context = click.Context(click.Command("plan"))
    assert complete_targets(context, click.Option(["-t"]), "") == targets
    assert complete_profiles(context, click.Option(["-t"]), "") == profiles
    desk.policy.unlink()
    assert complete_targets(context, click.Option(["-t"]), "") == []


@pytest.mark.slow
def test_bash_completes_for_real(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    wrapper = folder / "goproxyctl"
    wrapper.write_text(f'#!/bin/sh\nexec {" ".join(desk.command())} "$@"\n')
    wrapper.chmod(0o755)
    script = (
        "source <(goproxyctl completion bash); COMP_WORDS=(goproxyctl plan --target ed); COMP_CWORD=3;"
        ' $(complete -p goproxyctl | sed "s/.*-F \\([^ ]*\\).*/\\1/") goproxyctl; echo "${COMPREPLY[@]}"'
    )
    env = desk.env(PATH=f"{folder}:{os.environ['PATH']}")
    ran = subprocess.run(
        [require("bash"), "-c", script], cwd=desk.tree, env=env, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["editors"]

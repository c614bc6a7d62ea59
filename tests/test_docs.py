"""What the documents show is what happens."""

import json
import os
import re
from pathlib import Path

import pytest

from goproxyctl.cli import main
from goproxyctl.cli.app import COMMANDS
from goproxyctl.targets import KINDS, load_kind
from tests import module_tree
from tests.consoles import DOCUMENTS, ROOT, commands, is_chinese, played, sessions

WITH_SESSIONS = [d for d in DOCUMENTS if "```console" in d.read_text(encoding="utf-8")]
MARKDOWN = sorted(p for p in ROOT.rglob("*.md") if not {".venv", ".cache", "node_modules"} & set(p.parts))
_FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
FIRST_CELL = re.compile(r"^\| (`[^`]*`)", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def translations() -> list[tuple[Path, Path]]:
    """Each English document and its Chinese one."""
    docs = ROOT / "docs"
    pairs = [(d, docs / "zh" / d.name) for d in sorted(docs.glob("*.md"))]
    return [(ROOT / "README.md", ROOT / "README.zh-CN.md"), *pairs]


def outline(text: str) -> list[int]:
    """The levels of the headings, in order."""
    without_code = _FENCE.sub("", text)
    return [len(line) - len(line.lstrip("#")) for line in without_code.splitlines() if line.startswith("#")]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the sessions are those of a Unix shell")
@pytest.mark.parametrize("document", WITH_SESSIONS, ids=relative)
def test_every_shown_session_is_what_comes_out(document: Path) -> None:
    assert played(document) == document.read_text(encoding="utf-8"), "run `make docs` and read the difference"


@pytest.mark.parametrize(("english", "chinese"), translations(), ids=relative)
def test_a_translation_has_the_headings_commands_and_code_of_its_original(english: Path, chinese: Path) -> None:
    one, other = english.read_text(encoding="utf-8"), chinese.read_text(encoding="utf-8")
    assert outline(one) == outline(other)
    assert [commands(s.body) for s in sessions(one)] == [commands(s.body) for s in sessions(other)]
    assert [m["language"] for m in _FENCE.finditer(one)] == [m["language"] for m in _FENCE.finditer(other)]
    assert FIRST_CELL.findall(one) == FIRST_CELL.findall(other)


def anchors(document: Path) -> set[str]:
    """What a link into the document may end with. Source: github.com, "Section links"."""
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))
    heads = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", MARKDOWN, ids=relative)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    for match in _LINK.finditer(_FENCE.sub("", document.read_text(encoding="utf-8"))):
        target, _, anchor = match["target"].partition("#")
        if "://" not in target:
            found = document.parent / target if target else document
            assert found.exists(), match["target"]
            assert not anchor or anchor in anchors(found), match["target"]


def schema_fields() -> set[str]:
    """Every field of a policy that is not a kind's own, as the schema has it."""
    schema = json.loads((ROOT / "schemas" / "policy.schema.json").read_text(encoding="utf-8"))
    names = {
        name
        for d in schema["$defs"].values()
        if "kind" not in d.get("properties", {})
        for name in d.get("properties", {})
    }
    return names - {"private", "public"} | {"apiVersion", "metadata", "extends", "spec"}


def kind_fields() -> dict[str, set[str]]:
    """Each kind with the fields of its own."""
    kinds = {kind: set(load_kind(kind).model_fields) - {"name", "kind", "profile"} for kind in KINDS}
    return dict(sorted(kinds.items()))


@pytest.mark.parametrize("document", [ROOT / "docs" / "policy.md", ROOT / "docs" / "zh" / "policy.md"], ids=relative)
def test_every_field_of_a_policy_is_documented(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    headings = set(re.findall(r"^## (\w+)$", text, re.MULTILINE))
    told = headings | {name.split(".")[-1] for name in re.findall(r"^\| `([\w.]+)` \|", text, re.MULTILINE)}
    assert schema_fields() - told - {"metadata"} == set()


@pytest.mark.parametrize("document", [ROOT / "docs" / "kinds.md", ROOT / "docs" / "zh" / "kinds.md"], ids=relative)
def test_every_kind_and_its_fields_are_documented(document: Path) -> None:
    rows = re.findall(r"^\| `([\w-]+)` \|.*\|.*\| (.*) \|$", document.read_text(encoding="utf-8"), re.MULTILINE)
    assert {kind: set(re.findall(r"`(\w+)`", fields)) for kind, fields in rows} == kind_fields()


@pytest.mark.parametrize("document", [ROOT / "README.md", ROOT / "README.zh-CN.md"], ids=relative)
def test_the_readme_lists_every_kind_and_command(document: Path) -> None:
    rows = set(re.findall(r"^\| `([\w-]+)` \|", document.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows >= set(KINDS) | set(COMMANDS)


@pytest.mark.slow
@pytest.mark.parametrize("document", MARKDOWN, ids=relative)
def test_every_policy_shown_is_valid(document: Path, tmp_path: Path) -> None:
    for number, match in enumerate(_FENCE.finditer(document.read_text(encoding="utf-8"))):
        if match["language"] == "yaml" and "apiVersion: goproxyctl" in match["body"]:
            policy = tmp_path / f"{number}.yaml"
            policy.write_text(match["body"], encoding="utf-8")
            assert main(["validate", "-f", str(policy)]) == 0


def test_chinese_documents_are_in_chinese() -> None:
    for document in MARKDOWN:
        if is_chinese(document):
            assert len(re.findall("[一-鿿]", document.read_text(encoding="utf-8"))) > 300, document


def test_contributing_lists_the_modules_as_they_are() -> None:
    text = module_tree.CONTRIBUTING.read_text(encoding="utf-8")
    assert module_tree.with_list(text) == text, "run `make docs`"

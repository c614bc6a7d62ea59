"""The schema in an editor: what the language server of Red Hat (VS Code, Neovim, Emacs) offers and complains about."""

import json
import subprocess
from typing import Any

import pytest

from goproxyctl.policy import policy_schema
from goproxyctl.targets import KINDS
from tests.oracles import ROOT, require, require_npm

HEAD = "apiVersion: goproxyctl/v1\nkind: Policy\nmetadata: {name: a}\nspec:\n"

#: A text, with ¦ where the cursor is, and what must be offered there.
OFFERED = [
    ("¦", {"apiVersion", "kind", "metadata", "spec", "extends"}),
    (HEAD + "  ¦", {"go", "chain", "checksum", "private", "egress", "trust", "waivers", "profiles", "targets"}),
    (HEAD + "  chain:\n    - ¦", {"direct", '"off"', "name", "url", "role", "fallback"}),
    (HEAD + "  chain:\n    - name: a\n      role: ¦", {"gatekeeper", "mirror"}),
    (HEAD + "  private:\n    fetch: ¦", {"direct", "chain"}),
    (HEAD + "  profiles:\n    x:\n      ¦", {"go", "chain", "checksum", "private", "egress", "trust"}),
    (HEAD + "  targets:\n    - name: a\n      kind: ¦", set(KINDS)),
    (HEAD + "  targets:\n    - name: a\n      kind: configmap\n      ¦", {"path", "namespaces", "profile"}),
    (HEAD.replace("spec", "extends: b.yaml\nspec") + "  targets:\n    - name: a\n      ¦", {"kind", "profile"}),
]


def ask(texts: list[str], tmp_path: Any) -> list[dict[str, Any]]:
    """What the server says of each text, whose ¦ is the cursor."""
    require_npm("yaml-language-server")
    server = require_npm("yaml-language-server") / "bin" / "yaml-language-server"
    schema = tmp_path / "policy.schema.json"
    schema.write_text(json.dumps(policy_schema()))
    asked = []
    for text in texts:
        before = text.partition("¦")[0].split("\n")
        asked.append({"text": text.replace("¦", "", 1), "line": len(before) - 1, "character": len(before[-1])})
    command = [require("node"), str(ROOT / "tests" / "readers" / "editor.cjs"), str(server), str(schema)]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, timeout=120, check=True)
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


@pytest.mark.slow
def test_an_editor_offers_what_may_stand_there(tmp_path: Any) -> None:
    answers = ask([text for text, _ in OFFERED], tmp_path)
    for (text, wanted), answer in zip(OFFERED, answers, strict=True):
        assert wanted <= set(answer["labels"]), text


@pytest.mark.slow
def test_an_editor_offers_only_the_fields_of_the_kind(tmp_path: Any) -> None:
    (answer,) = ask([HEAD + "  targets:\n    - name: a\n      kind: configmap\n      ¦"], tmp_path)
    assert not {"image", "lend", "terminals", "scope"} & set(answer["labels"])


@pytest.mark.slow
def test_an_editor_accepts_the_examples_and_marks_mistakes(tmp_path: Any) -> None:
    examples = sorted(ROOT.glob("examples/*/*.yaml"))
    texts = [file.read_text().replace("$schema=", "") + "¦" for file in examples if "goproxyctl/v1" in file.read_text()]
    wrong = HEAD + "  chian: []\n  checksum: {database: nope}\n  targets: [{name: a, kind: sh}]¦\n"
    *answers, mistaken = ask([*texts, wrong], tmp_path)
    assert [answer["problems"] for answer in answers] == [[]] * len(texts)
    assert [(line, column) for line, column, _ in sorted(mistaken["problems"])] == [(5, 3), (6, 24), (7, 13)]

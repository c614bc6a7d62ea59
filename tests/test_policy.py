"""Bad YAML and what is said about it, word for word, with line and column."""

import base64
import json

import pytest

from goproxyctl.errors import PolicyError, Severity
from goproxyctl.policy import load_policy
from goproxyctl.targets import KINDS
from tests.policy_files import CHAIN, HEAD, lines, load, problems, reader

#: What is written below ``spec:`` (which is line 4), and the complaints.
SPECS = [
    ("  chain: [direct]\n", []),
    ("  chian: [direct]\n", ["5:3: unknown field 'chian' [field-unknown]; did you mean 'chain'?"]),
    (
        CHAIN + "  checksum: {database: off}\n",
        [
            "6:24: 'database' must be a text; without quotes some readers of YAML take this for something else [yaml-quote]; quote it: \"off\""
        ],
    ),
    (
        CHAIN + "  go: {minimum: 1.20}\n",
        [
            "6:17: 'minimum' must be a text; without quotes some readers of YAML take this for something else [yaml-quote]; quote it: \"1.20\""
        ],
    ),
    (
        "  chain: [off]\n",
        [
            "5:11: 'chain' must be a text; without quotes some readers of YAML take this for something else [yaml-quote]; quote it: \"off\""
        ],
    ),
    (
        "  chain:\n    - https://goproxy.cn\n",
        ["6:7: a hop needs a name and a role beside its address [field-value]; write {name: …, url: …, role: mirror}"],
    ),
    (
        "  chain:\n    - {name: a, url: https://a.example, role: miror}\n    - dirct\n",
        [
            "6:47: 'role' must be one of 'gatekeeper', 'mirror' [field-value]; did you mean 'mirror'?",
            "7:7: an entry is 'direct', 'off', or a mapping of fields [field-value]; fields: name, url, role, fallback",
        ],
    ),
    (
        "  chain:\n    - {name: a, url: a.example, rol: mirror}\n",
        [
            "6:22: the address has no scheme [proxy-implicit-scheme]; begin it with https://",
            "6:33: unknown field 'rol' [field-unknown]; did you mean 'role'?",
        ],
    ),
    ("  chain:\n", ["5:3: 'chain' has no value [field-type]; give one, or leave the field out"]),
    (
        "  chain: []\n",
        [
            "5:3: the chain has no entry; every download would fail [proxy-empty]; give the module proxies in order, or only direct"
        ],
    ),
    (
        "  chain: direct\n",
        [
            '5:10: \'chain\' must be a list [field-type]; for example: chain: [{"name": "goproxy-cn", "role": "mirror", "url": "https://goproxy.cn"}, "direct"]'
        ],
    ),
    (
        CHAIN + "  private: {modules: git.acme.example}\n",
        [
            '6:22: \'modules\' must be a list [field-type]; for example: modules: ["git.acme.example", "*.git.acme.example"]'
        ],
    ),
    (
        CHAIN + '  private: {modules: ["a.example, b.example", "a.example "]}\n',
        [
            "6:23: this is more than one pattern [private-glob-syntax]; give each pattern an entry of its own",
            '6:47: with a blank a pattern matches nothing [private-glob-blank]; for example: "git.acme.example"',
        ],
    ),
    (
        CHAIN + "  waivers: [{rule: sumdb-off, reason: x, owner: z, expires: 2027-03-31}]\n",
        [
            "6:61: 'expires' must be a text; without quotes some readers of YAML take this for something else [yaml-quote]; quote it: \"2027-03-31\""
        ],
    ),
    (
        CHAIN + "  targets: [{name: a, kind: shh, path: a.sh}]\n",
        ["6:29: there is no such kind of target [kind-unknown]; did you mean 'sh'?"],
    ),
    (
        CHAIN + "  targets: [{kind: sh, path: a.sh}, {name: b, path: b.sh}]\n",
        [
            "6:13: 'name' is missing [field-missing]; for example: name: \"laptops\"",
            f"6:37: 'kind' is missing [field-missing]; known here: {', '.join(KINDS)}",
        ],
    ),
    (
        CHAIN
        + "  targets:\n    - {name: a, kind: sh, path: ../a.sh}\n    - {name: b, kind: sh, path: con.sh}\n    - {name: a, kind: sh, path: c.sh, profile: lptop}\n  profiles: {laptop: {}}\n",
        [
            "7:33: a path must not hold '.' or '..' as a part [path-unsafe]",
            "8:33: 'con.sh' is a device on Windows [path-unsafe]",
            "9:14: 'a' is taken already [name-duplicate]",
            "9:48: there is no profile 'lptop' [profile-unknown]; did you mean 'laptop'?",
        ],
    ),
    (
        CHAIN + '  targets: [{name: a, kind: go-env, lend: yes}, {name: b, kind: go-env, lend: "true"}]\n',
        [
            "6:43: 'lend' must be true or false, without quotes [field-type]",
            "6:79: 'lend' must be true or false, without quotes [field-type]",
        ],
    ),
    (
        CHAIN
        + "  targets: [{name: a, kind: sh, path: /a.sh}, {name: b, kind: sh, path: 'a\\b'}, {name: c, kind: bat, path: a.sh}]\n",
        [
            '6:39: a path is relative to the policy file [path-unsafe]; for example: path: "~/goproxy.sh"',
            "6:73: write '/' between the parts of a path, on Windows too [path-unsafe]; for example: path: \"~/goproxy.sh\"",
            "6:108: 'path' does not have the form that is needed [field-value]; for example: path: \"windows/set-go-proxy.bat\"",
        ],
    ),
    (
        CHAIN
        + "  targets:\n    - {name: a, kind: configmap, namespaces: [A]}\n    - {name: b, kind: configmap, namespaces: []}\n",
        [
            '7:47: write it in lower case [field-value]; for example: "team-a"',
            "8:34: 'namespaces' needs at least 1 entries [field-value]",
        ],
    ),
    (
        CHAIN
        + '  targets:\n    - {name: a, kind: argocd, path: a.yaml, namespaces: [a], repo: "git@h.example:a/b.git"}\n'
        + '    - {name: b, kind: flux, path: b.yaml, url: "git@h.example:a/b.git"}\n'
        + '    - {name: c, kind: flux, path: c.yaml, url: "git://h.example/b.git"}\n',
        [
            "7:68: this is git's short form for ssh [field-value]; write ssh://git@host/path",
            "8:48: this is git's short form for ssh [field-value]; write ssh://git@host/path",
            "9:48: 'url' does not have the form that is needed [field-value]; for example: url: \"https://git.acme.example/platform.git\"",
        ],
    ),
]


@pytest.mark.parametrize(("spec", "said"), SPECS)
def test_a_spec_and_what_is_said_about_it(spec: str, said: list[str]) -> None:
    assert lines(HEAD + spec) == [f"policy.yaml:{one}" for one in said]


#: Whole files. The first complaint is checked in full.
FILES = [
    ("", "1:1: a policy is a mapping of fields; this is not [yaml-document]"),
    ("# nothing\n", "1:1: a policy is a mapping of fields; this is not [yaml-document]"),
    ("- a\n", "1:1: a policy is a mapping of fields; this is not [yaml-document]"),
    (
        "a: b: c\n",
        "1:5: a ':' cannot stand here [yaml-syntax]; put text that holds ': ' in quotes, or check the indentation",
    ),
    ("a:\n\t- b\n", "2:1: a tab cannot indent YAML [yaml-syntax]; use spaces"),
    ("a: [b, c\n", "1:4: a ',' or the closing ']' of this list is missing [yaml-syntax]"),
    ("a: {b: c\n", "1:4: a ',' or the closing '}' of this mapping is missing [yaml-syntax]"),
    ("a: 'b\n", "1:4: this quote is never closed [yaml-syntax]; close it"),
    ("a: b\nc\n", "2:1: no ':' after this name [yaml-syntax]; write 'name: value'"),
    (
        "a: b\n  c: d\n",
        "2:4: a ':' cannot stand here [yaml-syntax]; put text that holds ': ' in quotes, or check the indentation",
    ),
    (
        "a:\n  - b\n c: d\n",
        "3:2: this line does not fit the lines above it [yaml-syntax]; indent it like the lines it belongs to, with spaces",
    ),
    (
        'a: "C:\\Users"\n',
        "1:9: hexadecimal digits are missing after this escape [yaml-syntax]; write '\\\\' for a backslash, or use single quotes",
    ),
    (
        'a: "\\x4"\n',
        "1:7: hexadecimal digits are missing after this escape [yaml-syntax]; write '\\\\' for a backslash, or use single quotes",
    ),
    (
        "a: *.corp.example\n",
        "1:4: aliases ('*.corp.example') are not allowed [yaml-alias]; write the value out, or quote it: \"*.corp.example\"",
    ),
    ("a: @corp\n", '1:4: a plain text cannot begin with @ [yaml-syntax]; quote it: "@corp"'),
    ("a: %corp\n", '1:4: a plain text cannot begin with % [yaml-syntax]; quote it: "%corp"'),
    ("a: *corp\n", "1:4: aliases ('*corp') are not allowed [yaml-alias]; write the value out, or quote it: \"*corp\""),
    (
        "a: &x b\n",
        "1:4: anchors ('&x') are not allowed [yaml-alias]; write the value out; profiles and extends save repetition",
    ),
    (
        "a: {<<: {b: c}}\n",
        "1:5: merge keys ('<<') are not allowed [yaml-alias]; write the value out; profiles and extends save repetition",
    ),
    ("a: !!str b\n", "1:4: tags ('!…') are not allowed [yaml-tag]; leave the tag out; the type of each field is fixed"),
    ("a: !<x> b\n", "1:4: tags ('!…') are not allowed [yaml-tag]; leave the tag out; the type of each field is fixed"),
    ("a: ! b\n", "1:4: tags ('!…') are not allowed [yaml-tag]; leave the tag out; the type of each field is fixed"),
    ("%YAML 1.1\n---\na: b\n", "1:1: %YAML and %TAG lines are not allowed [yaml-limit]"),
    ("a: b\n---\nc: d\n", "2:1: a policy file holds one document; this starts another [yaml-limit]"),
    ("a: b\na: c\n", "2:1: this field is given twice; the first is in line 1 [yaml-duplicate-key]"),
    ("a: {b: 1, c: {d: 1, d: 2}}\n", "1:21: this field is given twice; the first is in line 1 [yaml-duplicate-key]"),
    ("? [a]\n: b\n", "1:3: the name of a field must be a text [yaml-key]"),
    ("{{a: b}: c}\n", "1:2: the name of a field must be a text [yaml-key]"),
    ("on: b\n", '1:1: this name is not text for every YAML reader [yaml-quote]; quote it: "on"'),
    (
        "a: b\x00\n",
        "1:5: the invisible character U+0000 is not allowed [yaml-character]; delete it, or write it as an escape in double quotes",
    ),
    (
        "a: 中\u2028\n",
        "1:5: the invisible character U+2028 is not allowed [yaml-character]; delete it, or write it as an escape in double quotes",
    ),
    (
        "a: b # \u202e\n",
        "1:8: the invisible character U+202E is not allowed [yaml-character]; delete it, or write it as an escape in double quotes",
    ),
    ('a: "\\ud800"\n', "1:4: half of a character (a lone surrogate) [yaml-character]"),
    ("a: [" * 40 + "\n", "1:65: values are nested more than 32 deep [yaml-limit]"),
    (
        "a: x\n" + "b" * 70000 + ": x\n",
        "2:1: a line of more than 65536 characters [yaml-limit]; break it: one entry on a line",
    ),
    (
        "a: " + "x" * 70000 + "\n",
        "1:1: a line of more than 65536 characters [yaml-limit]; break it: one entry on a line",
    ),
    (
        "a: [" + "1," * 21000 + "]\n",
        "1:1: more than 12000 lines or commas in one file [yaml-limit]; move a part into a file of its own, and name it in extends",
    ),
    ("a: [" + "{b: 1}," * 7000 + "]\n", "1:26246: more than 15000 values in one file [yaml-limit]"),
    ("a: |\n" + f" {'x' * 100}\n" * 700, "1:4: a text of more than 65536 characters [yaml-limit]"),
    ("#" * 262145, "1:1: the file has 262145 bytes; at most 262144 are read [yaml-limit]"),
    (
        "kind: PolicyBase\napiVersion: goproxyctl/v1\n",
        "1:7: this file is a base; it is used by policies that extend it [policy-kind]",
    ),
    (
        "kind: Polcy\napiVersion: goproxyctl/v1\nmetadata: {name: a}\nspec: {}\n",
        "1:7: 'kind' must be one of 'Policy' [field-value]; did you mean 'Policy'?",
    ),
    ("spec: {}\n", "1:1: 'apiVersion' is missing [field-missing]; for example: apiVersion: \"goproxyctl/v1\""),
]


@pytest.mark.parametrize(("text", "said"), FILES, ids=[repr(text[:25]) for text, _ in FILES])
def test_a_file_and_what_is_said_about_it(text: str, said: str) -> None:
    assert f"policy.yaml:{said}" in lines(text)


def test_bytes_that_are_not_utf8_have_a_place() -> None:
    assert lines({"policy.yaml": b"a: \xe4\xb8\xad\xff\n"}) == [
        "policy.yaml:1:5: this byte is not UTF-8 [yaml-encoding]; save the file as UTF-8"
    ]
    assert lines({"policy.yaml": "a: b".encode("utf-16")})[0].startswith("policy.yaml:1:1: this byte is not UTF-8")


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    text = HEAD + "  chian: []\n"
    plain = lines(text)
    assert lines({"policy.yaml": b"\xef\xbb\xbf" + text.encode()}) == plain
    assert lines({"policy.yaml": text.replace("\n", "\r\n").encode()}) == plain


def test_everything_is_found_at_once_in_the_order_of_the_file() -> None:
    spec = """\
  go: {minimum: 1.26, toolchain: latest}
  chain:
    - {name: a, url: "http://a.example", role: gatekeeper, fallback: any-error}
    - direct
    - {name: b, url: "https://b.example", role: mirror}
  egress: {htps: "http://e.example"}
  targets:
    - {name: one, kind: sh, pth: x.sh}
    - {name: two, kind: sh, path: x.sh, profile: none}
"""
    found = problems(HEAD + spec)
    assert [(p.rule, p.position.line) for p in found] == [
        ("yaml-quote", 5),
        ("toolchain-invalid", 5),
        ("proxy-http", 7),
        ("proxy-pipe-masks-auth", 7),
        ("proxy-unreachable-tail", 8),
        ("field-unknown", 10),
        ("field-unknown", 12),
        ("profile-unknown", 13),
    ]
    assert {p.severity for p in found} == {Severity.ERROR, Severity.WARNING}


def test_a_problem_carries_its_line_and_width() -> None:
    (problem,) = problems(HEAD + '  chain: [direct]\n  go: {toolchain: "lokal"}\n')
    position = problem.position
    assert position.source == '  go: {toolchain: "lokal"}'
    assert position.source[position.column - 1 :][: position.width] == '"lokal"'


CANARY = "CANARY-9f3a"
#: Where a credential may slip in: each must be refused, and shown nowhere.
SECRETS = [
    f'  chain: [{{name: a, url: "https://u:{CANARY}@h.example", role: mirror}}]\n',
    f'  chain: [{{name: a, url: "https://{CANARY}@h.example", role: mirror}}]\n',
    f'  chain: [{{name: a, url: "u:{CANARY}@h.example", role: mirror}}]\n',
    f'  chain: [{{name: a, url: "https://h.example/?token={CANARY}", role: mirror}}]\n',
    f'  chain: ["https://u:{CANARY}@h.example"]\n',
    f"  chain: [https://u:{CANARY}@h.example]\n",
    f'  chain: [direct]\n  checksum: {{url: "https://u:{CANARY}@h.example"}}\n',
    f'  chain: [direct]\n  checksum: {{database: "https://u:{CANARY}@h.example"}}\n',
    f'  chain: [direct]\n  egress: {{http: "http://u:{CANARY}@h.example:3128"}}\n',
    f'  chain: [direct]\n  egress: {{https: "u:{CANARY}@h.example:3128"}}\n',
    f'  chain: [direct]\n  egress: {{bypass: ["u:{CANARY}@h.example:3128"]}}\n',
    f'  chain: [direct]\n  private: {{modules: ["https://u:{CANARY}@h.example/x"]}}\n',
    f'  chain: [direct]\n  private: {{samples: {{private: ["https://u:{CANARY}@h.example/x"]}}}}\n',
    f'  chain: [direct]\n  "user:{CANARY}": x\n',
    f'  chain: [direct]\n  "https://u:{CANARY}@h": x\n',
    f"  chain: [direct]\n  password: {CANARY}\n",
    f"  chain: [direct]\n  egress: {{httpspassword: {CANARY}, https: 1}}\n",
    f'  chain: [direct]\n  profiles: {{"u:{CANARY}@h": {{}}}}\n',
    f'  chain: [direct]\n  profiles: {{"u:{CANARY}@h": {{chian: []}}}}\n',
    f'  chain: [direct]\n  targets: [{{name: a, kind: "u:{CANARY}@h"}}]\n',
    f'  chain: [direct]\n  targets: [{{name: a, kind: sh, path: "https://u:{CANARY}@h"}}]\n',
    f'  chain: [direct]\n  targets: [{{name: a, kind: sh, path: x, profile: "u:{CANARY}@h"}}]\n',
    f'  chain: [direct]\n  "u:{CANARY}@h": x\n  "u:{CANARY}@h": x\n',
]


@pytest.mark.parametrize("spec", SECRETS)
def test_a_credential_is_refused_and_never_shown(spec: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load(HEAD + spec)
    forms = [CANARY, base64.b64encode(CANARY.encode()).decode(), CANARY.replace("-", "%2D"), json.dumps(CANARY)[1:-1]]
    shown = [str(caught.value)]
    for problem in caught.value.problems:
        shown += [str(problem.text), str(problem.advice), problem.position.source]
    assert [text for text in shown for form in forms if form in text] == []


def test_a_policy_that_cannot_be_read_is_no_policy_error() -> None:
    from goproxyctl.errors import StoreError

    with pytest.raises(StoreError):
        load_policy("policy.yaml", reader({}), today=None)


def test_positions_of_a_loaded_policy() -> None:
    policy = load(
        HEAD + CHAIN + "  targets:\n    - {name: a, kind: sh, path: a.sh}\n    - {name: b, kind: sh, path: b.sh}\n"
    )
    position = policy.target_position("b")
    assert (position.file, position.line, position.column) == ("policy.yaml", 8, 14)
    assert policy.position(("spec", "checksum", "database")).line == 4

"""`krm`: a function of kustomize or kpt. It reads standard input, and opens no file that nobody named."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NoReturn

from goproxyctl.cli.artifacts import artifacts
from goproxyctl.cli.resourcelist import Own, field, identity, own_objects, print_document, print_list, quoted, read_list
from goproxyctl.cli.shell import Shell
from goproxyctl.desired import make_desired
from goproxyctl.errors import GoproxyctlError, PolicyError, Problem, Severity, StoreError
from goproxyctl.facts import read_facts
from goproxyctl.intent import Facts
from goproxyctl.policy import Policy, load_policy
from goproxyctl.targets.kubernetes import is_namespace
from goproxyctl.text import Text, shown

#: What a message calls the policy.
_CONFIG = "functionConfig"
#: Units: bytes. What kustomize hands over are the manifests of one overlay.
_MOST_BYTES = 32 << 20
#: Marks what a run of ours added, with the owner: the next run replaces or drops these, and nothing else.
MARK = "goproxyctl/krm"


def run_function(shell: Shell, facts_file: str | None) -> int:
    """The exit code: 1 when anything is an error (the items then stay as they came), or nobody reads the answer."""
    listed = read_list(_standard_input())
    try:
        policy = _policy(listed.get(_CONFIG))
        facts = _facts(shell, listed["items"], facts_file)
        made, remarks = _made(policy.knowing(facts) if facts else policy)
        _make_room(listed["items"], made, policy.owner)
    except GoproxyctlError as error:
        return _answer(shell, listed, (), _failures(shell, error))
    return _answer(shell, listed, made, [*_findings(shell, policy.problems), *_remarks(shell, remarks)])


def _standard_input() -> str:
    content = sys.stdin.buffer.read(_MOST_BYTES + 1) if sys.stdin else b""  # it may be closed
    if len(content) > _MOST_BYTES:
        raise GoproxyctlError(
            Text("krm.large", "standard input: more than {most} bytes; call the function for one overlay at a time",
                 most=_MOST_BYTES)
        )  # fmt: skip
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GoproxyctlError(Text("krm.encoding", "standard input: this is not UTF-8")) from error


def _policy(config: Any) -> Policy:
    """The policy that the function is configured with. Raises: GoproxyctlError; PolicyError with all that is wrong."""
    if not field(config, "apiVersion").startswith("goproxyctl/"):
        raise GoproxyctlError(
            Text("krm.no-policy", "functionConfig: it is no policy; name a file with apiVersion: goproxyctl/v1 and "
                 "kind: Policy")
        )  # fmt: skip
    metadata = config.get("metadata")
    if isinstance(metadata, dict):
        # What the caller notes there is for the caller: which function to run, from which file.
        config = {**config, "metadata": {name: v for name, v in metadata.items() if name != "annotations"}}
    text = print_document(config)
    return load_policy(_CONFIG, lambda path: text.encode() if path == _CONFIG else _refuse(path), today=None)


def _refuse(path: str) -> NoReturn:
    raise StoreError(
        Text("krm.no-file", "{file}: a function reads no files; write into the policy what it needs, or use render",
             file=path)
    )  # fmt: skip


def _facts(shell: Shell, items: list[Any], file: str | None) -> Facts | None:
    """What is known of namespaces: the file that was named, else the namespaces among the items, if there are any.

    One whose name no API server takes is none.
    """
    if file is not None:
        return read_facts(shell.cwd, file)
    found = {
        at.name: item for item in items if is_namespace((at := identity(item)).name) and at[:2] == ("", "Namespace")
    }
    return Facts({name: _labels(item) for name, item in found.items()}) if found else None


def _labels(item: Any) -> dict[str, str]:
    labels = item["metadata"].get("labels")
    return {str(name): str(value) for name, value in labels.items()} if isinstance(labels, Mapping) else {}


def _made(policy: Policy) -> tuple[list[Own], list[Text]]:
    """The objects that the policy makes, and a remark for each artifact that is none. Raises: GoproxyctlError."""
    made: list[Own] = []
    remarks: list[Text] = []
    for path, content in artifacts(make_desired(policy)).items():
        found = own_objects(content.decode(), partial(_notes, policy.owner, path))
        if not found:
            remarks.append(Text("krm.no-manifest", "{path} is no manifest and is left out", path=path))
        made += found
    if not made:
        raise GoproxyctlError(Text("krm.nothing", "functionConfig: no target of the policy makes a manifest; add one"))
    return made, remarks


def _notes(owner: str, path: str, index: int) -> dict[str, str]:
    """Whose an object is, and where kpt is to write it; the older names are for callers that know no others."""
    notes = {"path": path, "index": str(index)}
    where = {f"{prefix}config.kubernetes.io/{name}": v for prefix in ("", "internal.") for name, v in notes.items()}
    return {MARK: owner, **where}


def _make_room(items: list[Any], made: Iterable[Own], owner: str) -> None:
    """Takes away what an earlier run made, and leaves the items of others as they are.

    Raises: GoproxyctlError where others have an object that is made here too; then all items stay.
    """
    ours = {index for index, item in enumerate(items) if field(item, "metadata", "annotations", MARK) == owner}
    taken = {identity(item) for index, item in enumerate(items) if index not in ours}
    for at, _ in made:
        if at in taken:
            raise GoproxyctlError(
                Text("krm.foreign", "{kind} {name} in namespace {namespace!r} is among the items already and is not "
                     "ours; remove it, or give ours another name",
                     kind=at.kind, name=at.name, namespace=at.namespace)
            )  # fmt: skip
        taken.add(at)
    for index in sorted(ours, reverse=True):
        del items[index]


def _answer(shell: Shell, listed: Any, made: Iterable[Own], results: list[dict[str, Any]]) -> int:
    listed.pop("results", None)
    if results:
        listed["results"] = quoted(results)
    stayed = shell.out_bytes((print_list(listed, made) if made else print_document(listed)).encode())
    errors = [result["message"] for result in results if result["severity"] == Severity.ERROR.value]
    for message in errors:
        shell.err_lines(message)
    return 1 if errors or not stayed else 0


def _failures(shell: Shell, error: GoproxyctlError) -> list[dict[str, Any]]:
    if isinstance(error, PolicyError):
        return list(_findings(shell, error.problems))
    return [{"message": shell.words(error.text), "severity": Severity.ERROR.value}]


def _findings(shell: Shell, problems: Iterable[Problem]) -> Iterator[dict[str, Any]]:
    return (_result(shell, problem) for problem in problems)


def _remarks(shell: Shell, remarks: list[Text]) -> Iterator[dict[str, Any]]:
    return ({"message": shell.words(text), "severity": Severity.INFO.value} for text in remarks)


def _result(shell: Shell, problem: Problem) -> dict[str, Any]:
    """Source: the schema of a Result in the specification of functions; the place is one in the policy."""
    what = shell.words(problem.text)
    if problem.advice:
        what = shell.words(Text("finding.advised", "{what}; {advice}", what=problem.text, advice=problem.advice))
    at = problem.position
    return {
        "message": f"{shown(at.file)}:{at.line}:{at.column}: {what}",
        "severity": problem.severity.value,
        "tags": {"rule": problem.rule},
    }

"""What each host of a case answers, endpoint by endpoint."""

import json
import re
from urllib.parse import unquote

from goproxyctl.gosem.modpath import is_canonical
from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.request import Where
from tests.gosem.conformance import content
from tests.gosem.conformance.cases import Case, Module
from tests.gosem.conformance.servers import Line, Reply

#: Serves every origin's modules, through the proxy protocol ("mod" in the go-import tag).
REPOSITORIES = "vcs.test"
VERSIONS = ("v1.0.0", "v1.1.0")

_NUMBER = re.compile(r"\bm(\d+)\.(?:corp|example)\.test")
_FILES = {".info": Purpose.INFO, ".mod": Purpose.MOD, ".zip": Purpose.ZIP}
_HTML = b"<!DOCTYPE html><html><head><title>log in</title></head><body>please</body></html>\n"


def module_of(line: Line) -> int | None:
    """The number of the module that a request is about."""
    found = _NUMBER.search(line[2]) or _NUMBER.search(line[1])
    return int(found[1]) if found else None


def purpose_of(line: Line) -> Purpose:
    """What a request is for."""
    path = line[2].partition("?")[0]
    for part, purpose in (("/supported", Purpose.SUPPORTED), ("/lookup/", Purpose.LOOKUP), ("/tile/", Purpose.TILE)):
        if part in path:
            return purpose
    if path.endswith("/@v/list"):
        return Purpose.LIST
    if path.endswith("/@latest"):
        return Purpose.LATEST
    if "/@v/" in path:
        return _FILES[path[path.rfind(".") :]]
    return Purpose.GO_GET


class Serving:
    """The answers of one case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        texts = {}
        for module in case.modules:
            for version in dict.fromkeys((*VERSIONS, *([module.query] if is_canonical(module.query) else []))):
                texts[f"{module.path}@{version}"] = content.sum_lines(module.path, version)
        self.database = content.Database(texts)

    def where(self, line: Line) -> Where:
        if line[1] in self.case.hosts:
            return self.case.hosts[line[1]]
        return "sumdb" if line[1] == content.NAME else "origin"

    def answer(self, line: Line) -> Reply:
        """The reply to one request."""
        number, where, purpose = module_of(line), self.where(line), purpose_of(line)
        if line[1] == REPOSITORIES:
            where, asked = "origin", Purpose.VCS
        else:
            asked = purpose
        table = dict(self.case.shared)
        if number is not None:
            table = {**self.case.modules[number].table, **table}
        outcome = table.get((where, asked), Outcome.OK)
        if outcome.status and outcome.status > 200:
            return Reply(outcome.status)
        if outcome is Outcome.REDIRECT_LOOP:
            return Reply(302, location=f"{line[0]}://{line[1]}{line[2]}")
        if outcome in {Outcome.HANG, Outcome.RESET}:
            return Reply(hang=outcome is Outcome.HANG, garbage=True)
        if outcome in {Outcome.HTML, Outcome.EMPTY}:
            return Reply(body=_HTML if outcome is Outcome.HTML else b"")
        body = self._body(line, number, purpose, tampered=outcome is Outcome.TAMPERED)
        if body is None:
            return Reply(404)
        cut = outcome is Outcome.TRUNCATED
        return Reply(body=body[: len(body) // 2] if cut else body, cut=cut)

    def _body(self, line: Line, number: int | None, purpose: Purpose, *, tampered: bool) -> bytes | None:
        if purpose is Purpose.SUPPORTED:
            return b""
        if purpose is Purpose.TILE:
            return self.database.tile
        if number is None:
            return None
        module = self.case.modules[number]
        if purpose is Purpose.LOOKUP:
            return self._record(line, tampered=tampered)
        if purpose is Purpose.GO_GET:
            tag = "" if tampered else f'<meta name="go-import" content="{module.path} mod https://{REPOSITORIES}">'
            return f"<html><head>{tag}</head></html>".encode()
        return self._file(line, module, purpose, tampered=tampered)

    def _record(self, line: Line, *, tampered: bool) -> bytes | None:
        key = _unescape(line[2].partition("/lookup/")[2].partition("?")[0])
        record = self.database.lookup(key)
        return record.replace(b" h1:", b" h1:A", 1) if record and tampered else record

    def _file(self, line: Line, module: Module, purpose: Purpose, *, tampered: bool) -> bytes:
        where = self.where(line)
        listed = module.versions.get(where, ("v1.0.0",))
        newest = listed[-1]
        if purpose is Purpose.LIST:
            return "".join(f"{v}\n" for v in listed).encode()
        name = _unescape(line[2].partition("?")[0].rpartition("/")[2])
        version = newest if purpose is Purpose.LATEST else name.rpartition(".")[0]
        if not is_canonical(version):
            version, tampered = newest, False
        if purpose in {Purpose.INFO, Purpose.LATEST}:
            stated = "v9.9.9" if tampered else version
            return json.dumps({"Version": stated, "Time": "2024-01-01T00:00:00Z"}).encode()
        if purpose is Purpose.MOD:
            return content.go_mod(module.path, tampered=tampered)
        return content.make_zip(module.path, version, tampered=tampered)


def _unescape(text: str) -> str:
    return re.sub("!([a-z])", lambda m: m[1].upper(), unquote(text))

"""Readers of YAML 1.1 and 1.2. Each takes files and gives, for each, its documents."""

import io
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML

from tests.oracles import NODE_MODULES, require, require_npm

Documents = list[Any]


def ask_node(reader: str, files: list[Path]) -> list[Any]:
    """The answers of one reader of oracle.cjs. Raises: ValueError with the reader's own words."""
    script = Path(__file__).with_name("oracle.cjs")
    done = subprocess.run(
        [require("node", "the Debian package nodejs"), str(script), reader, *map(str, files)],
        env={**os.environ, "ORACLE_MODULES": str(NODE_MODULES)},
        capture_output=True,
        timeout=300,
        check=True,
    )
    answers = json.loads(done.stdout)
    for file, answer in zip(files, answers, strict=True):
        if "error" in answer:
            raise ValueError(f"{reader}: {file}: {answer['error']}")
    return [answer["value"] for answer in answers]


def pyyaml(files: list[Path]) -> list[Documents]:
    return [list(yaml.load_all(file.read_bytes(), yaml.SafeLoader)) for file in files]


def ruamel(version: tuple[int, int]) -> Callable[[list[Path]], list[Documents]]:
    def read(files: list[Path]) -> list[Documents]:
        found = []
        for file in files:
            reader = YAML(typ="safe", pure=True)
            reader.version = version
            found.append(list(reader.load_all(io.BytesIO(file.read_bytes()))))
        return found

    return read


def npm_yaml(reader: str, package: str) -> Callable[[list[Path]], list[Documents]]:
    def read(files: list[Path]) -> list[Documents]:
        require_npm(package)
        return ask_node(reader, files)

    return read


YAML_READERS: dict[str, Callable[[list[Path]], list[Documents]]] = {
    "PyYAML, 1.1": pyyaml,
    "ruamel, 1.1": ruamel((1, 1)),
    "ruamel, 1.2": ruamel((1, 2)),
    "npm yaml, 1.1": npm_yaml("yaml11", "yaml"),
    "npm yaml, 1.2": npm_yaml("yaml12", "yaml"),
    "npm js-yaml": npm_yaml("js-yaml", "js-yaml"),
}

"""Programs are found as a shell finds them, except in the working directory."""

import os
import sys
from pathlib import Path

import pytest

from goproxyctl.programs import find_program

ENDING = ".exe" if sys.platform == "win32" else ""


def put(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"")
    file.chmod(0o755)
    return str(file)


def search(*folders: object) -> str:
    return os.pathsep.join(str(folder) for folder in folders)


def test_the_first_folder_that_has_it_counts(tmp_path: Path) -> None:
    put(tmp_path / "c" / f"go{ENDING}")
    found = put(tmp_path / "b" / f"go{ENDING}")
    (tmp_path / "a" / f"go{ENDING}").mkdir(parents=True)
    assert find_program("go", search(tmp_path / "none", tmp_path / "a", tmp_path / "b", tmp_path / "c")) == found


def test_the_working_directory_is_never_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for ending in ("", ".com", ".exe", ".bat", ".cmd"):
        put(tmp_path / f"go{ending}")
        put(tmp_path / "bin" / f"go{ending}")
    monkeypatch.chdir(tmp_path)
    assert find_program("go", search("", ".", "bin", tmp_path / "none"), batch=True) is None
    assert find_program("go", "", batch=True) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no bit that makes a file a program")
def test_a_file_that_may_not_be_run_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path / "go")
    (tmp_path / "go").chmod(0o644)
    assert find_program("go", str(tmp_path)) is None


@pytest.mark.skipif(sys.platform != "win32", reason="batch files, and folders in quotes, are of Windows")
def test_a_batch_file_will_do_only_where_that_is_said(tmp_path: Path) -> None:
    put(tmp_path / "a" / "go")
    found = put(tmp_path / "a" / "go.bat")
    other = put(tmp_path / "b c" / "go.exe")
    folders = search(tmp_path / "a", f'"{tmp_path / "b c"}"')
    assert find_program("go", folders, batch=True) == found
    assert find_program("go", folders) == other

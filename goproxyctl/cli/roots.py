"""Where containers are on this machine, from the environment."""

import os
from collections.abc import Mapping
from pathlib import Path

from goproxyctl.stores import Roots

#: Units: seconds. Three ``go env -w`` at a time change the file every 10 to 70 ms on a busy machine.
_QUIET_S = 0.15


def make_roots(tree: Path, env: Mapping[str, str], cwd: Path, platform: str) -> Roots:
    """The roots for a policy in ``tree``. Shape: ``platform`` as sys.platform."""
    home = _home(env, platform)
    go_env, why = _go_env(env, cwd, platform)
    return Roots(
        tree=tree, home=home, state=_state(env, home, platform), go_env=go_env, go_env_why=why, quiet_s=_QUIET_S
    )


def _home(env: Mapping[str, str], platform: str) -> Path:
    named = env.get("USERPROFILE" if platform == "win32" else "HOME")
    return Path(named or os.path.expanduser("~"))


def _state(env: Mapping[str, str], home: Path, platform: str) -> Path:
    """Source: XDG Base Directory Specification: a relative path in a variable is ignored."""
    if platform == "win32":
        return Path(env.get("LocalAppData") or env.get("LOCALAPPDATA") or home / "AppData" / "Local") / "goproxyctl"
    named = env.get("XDG_STATE_HOME", "")
    return (Path(named) if os.path.isabs(named) else home / ".local" / "state") / "goproxyctl"


def _go_env(env: Mapping[str, str], cwd: Path, platform: str) -> tuple[Path | None, str]:
    """The file that go reads, or why it reads none.

    Source: golang/go cmd/go/internal/cfg/cfg.go, EnvFile; os/file.go, UserConfigDir.
    """
    named = env.get("GOENV")
    if named:
        return (None, "GOENV=off") if named == "off" else (cwd / named, "")
    base, why = _config_folder(env, platform)
    return (base / "go" / "env" if base else None), why


def _config_folder(env: Mapping[str, str], platform: str) -> tuple[Path | None, str]:
    if platform == "win32":
        named = env.get("AppData") or env.get("APPDATA")
        return (Path(named), "") if named else (None, "%AppData% is not set")
    home = env.get("HOME")
    if platform == "darwin":
        return (Path(home) / "Library" / "Application Support", "") if home else (None, "$HOME is not set")
    config = env.get("XDG_CONFIG_HOME")
    if config:
        return (Path(config), "") if os.path.isabs(config) else (None, "$XDG_CONFIG_HOME is a relative path")
    return (Path(home) / ".config", "") if home else (None, "$XDG_CONFIG_HOME and $HOME are not set")

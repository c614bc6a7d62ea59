"""PowerShell scripts, as far as they can be judged without PowerShell: none was run, here or anywhere.

They are parsed, linted (tests/powershell_lints.py), and every literal is decoded by rules written from PowerShell's own
tokenizer; broken scripts show what such a judgement is worth.
"""

import random
import re
from collections.abc import Iterator

import pytest

from goproxyctl.intent import Intent
from goproxyctl.resource import Place
from tests.intents import make_intent, make_target
from tests.powershell_lints import complaints
from tests.readers.powershell import read_literals, read_settings
from tests.scale import scaled

MARK = "\ufeff"


def script(intent: Intent, scope: str) -> bytes:
    target = make_target("powershell", scope=scope, **({"ca_file": None} if scope == "user" else {}))
    (content,) = (found.content for found in target.desired(intent) if found.address.place is Place.FILE)
    return content


def installer() -> str:
    """An installer as people see it, lines ending in LF."""
    return script(make_intent(random.Random(7)), "user").decode("utf-8-sig").replace("\r\n", "\n")


def encoded(text: str) -> bytes:
    return (MARK + text.replace("\n", "\r\n")).encode()


def generated(count: int) -> Iterator[Intent]:
    rng = random.Random(20261122)
    for _ in range(count):
        yield make_intent(rng)


@pytest.mark.parametrize("scope", ["session", "user"])
def test_nothing_is_wrong_with_a_good_script(scope: str) -> None:
    alarms = [found for intent in generated(scaled(25, 500)) for found in complaints(script(intent, scope))]
    assert alarms == []


def test_the_installer_asks_for_exactly_what_the_policy_says() -> None:
    for intent in generated(scaled(25, 500)):
        content = script(intent, "user")
        assert read_settings(content) == intent.module_settings()
        everything = read_literals(content)
        for value in intent.module_settings().values():
            assert value in everything


def test_the_installer_is_the_same_for_every_policy_but_for_notes_and_settings() -> None:
    """What was read and linted once is what everybody runs."""

    def frame(intent: Intent) -> str:
        text = script(intent, "user").decode("utf-8-sig")
        text = re.sub(r"(?s)(go asks, in this order:\r\n).*?(#Requires)", r"\1\2", text)
        text = re.sub(r"(?s)(@\{\r\n).*?(^\}\r\n)", r"\1\2", text, count=1, flags=re.MULTILINE)
        return text.replace(f"{intent.owner}/{intent.target}", "")

    assert len({frame(intent) for intent in generated(20)}) == 1


#: What people get wrong: what it is, what stands there, what stands there then.
BROKEN: list[tuple[str, str, str]] = [
    ("a brace too few", "    exit 10\n}\n", "    exit 10\n"),
    ("a brace too many", "    exit 10\n}\n", "    exit 10\n}}\n"),
    ("a parenthesis too few", "$found = @(Get-Command", "$found = @Get-Command"),
    ("a bracket too few", "[switch]$Uninstall", "[switch$Uninstall"),
    ("a quote too few", "-Name 'go.exe'", "-Name 'go.exe"),
    ("a quote too many", "-Name 'go.exe'", "-Name 'go.exe''"),
    ("a quote inside a literal", "do not dot-source it", "don't dot-source it"),
    ("a typographic quote", "'go.exe'", "\u2018go.exe\u2019"),
    ("a dash that is none", "-Name 'go.exe'", "\u2013Name 'go.exe'"),
    ("a non-breaking blank", "exit 10", "exit\u00a010"),
    ("a cmdlet misspelt", "Write-Warning", "Write-Waring"),
    ("a cmdlet of 7 only", "Test-Path -LiteralPath $file", "Test-Json -LiteralPath $file"),
    ("an alias", "Where-Object -FilterScript", "where -FilterScript"),
    ("a program of Unix", "Write-Output -InputObject", "echo -InputObject"),
    ("a parameter misspelt", "-LiteralPath", "-LitteralPath"),
    ("a parameter of another cmdlet", "Write-Warning -Message 'goproxyctl: n", "Write-Warning -Object 'goproxyctl: n"),
    ("a parameter without value", "Set-StrictMode -Version 3.0", "Set-StrictMode -Version"),
    ("a value too many", "-Why $_)", "-Why $_ $file)"),
    ("a value of an enumeration misspelt", "SilentlyContinue", "SilentContinue"),
    ("a type of command misspelt", "-CommandType Application", "-CommandType Aplication"),
    ("a type misspelt", "ProcessStartInfo", "ProcessStartinfos"),
    ("a namespace misspelt", "[System.IO.File]::Delete", "[System.Io.Files]::Delete"),
    ("a member misspelt", "ReadToEndAsync", "ReadToEndAsynch"),
    ("a property misspelt", "$found.Count", "$found.Lenght"),
    ("a property of another object", "$run.ExitCode -ne", "$run.LastExitCode -ne"),
    ("a folder misspelt", "GetFolderPath('ApplicationData')", "GetFolderPath('AppData')"),
    ("a variable misspelt where it is read", "$start.FileName = $go", "$start.FileName = $goo"),
    ("a variable misspelt where it is set", "$hadFolder = Test-Path", "$hadFoldr = Test-Path"),
    ("a preference misspelt", "$ErrorActionPreference = 'Stop'", "$ErrorActionPreferences = 'Stop'"),
    ("a preference left out", "$ErrorActionPreference = 'Stop'\n", ""),
    ("strict mode left out", "Set-StrictMode -Version 3.0\n", ""),
    ("the version left out", "#Requires -Version 5.1\n", ""),
    ("-WhatIf that changes nothing", " -and $PSCmdlet.ShouldProcess($file, 'go env -w ' + ($names -join ' '))", ""),
    ("an attribute misspelt", "SupportsShouldProcess", "SupportShouldProcess"),
    ("an assignment for a comparison", "if ($found.Count -eq 0)", "if ($found.Count = 0)"),
    ("a comparison of C", "$found.Count -eq 0", "$found.Count == 0"),
    ("another comparison of C", "$run.ExitCode -ne 0", "$run.ExitCode != 0"),
    ("less than, of C", "$taken.Count -lt $names.Count", "$taken.Count < $names.Count"),
    ("greater than, of C", "$shadows.Count -gt 0", "$shadows.Count > 0"),
    ("and, of C", "if (($taken.Count -gt 0) -and", "if (($taken.Count -gt 0) &&"),
    ("not, of Python", "if (-not $file)", "if (not $file)"),
    ("an operator misspelt", "-cnotcontains", "-cnotcontain"),
    ("an operator of 7 only", "$taken = @(Get-Taken)\n    } catch", "$taken = @(Get-Taken) ?? @()\n    } catch"),
    ("a condition of 7 only", "$meant = $own", "$meant = $own ? $own : ''"),
    ("a chain of 7 only", "exit 11", "Write-Output -InputObject 'x' && exit 11"),
    ("a comparison that takes case for nothing", "-ceq $wanted[$property.Name]", "-eqc $wanted[$property.Name]"),
    ("else without if", "        } else {\n            [System", "        }\n        }\n        else {\n            [System"),
    ("elif", "    } catch {\n        Write-Warning -Message ('goproxyctl: {0}; {1} could", "    } elif {\n        Write-Warning -Message ('goproxyctl: {0}; {1} could"),
    ("try without catch", "} catch {\n    Write-Warning -Message ('goproxyctl: {0}; nothing was written' -f $_)\n    exit 12\n}\n", "}\n"),
    ("then", "if (-not $file) {", "if (-not $file) then {"),
    ("a condition without parentheses", "if ($Uninstall) {", "if $Uninstall {"),
    ("a loop without in", "foreach ($property in $read", "foreach ($property of $read"),
    ("a function misspelt where it is called", "@(Get-Shadow)", "@(Get-Shadows)"),
    ("a function that is never called", "$shadows = @(Get-Shadow)", "$shadows = @()"),
    ("a parameter of a function misspelt", "-Why $_)", "-Reason $_)"),
    ("a function called as in C", "Undo-Write -Why $_)", "Undo-Write($_))"),
    ("a place without value", "'goproxyctl: {0}; {1} is as it was'", "'goproxyctl: {0}; {1} is as {2} was'"),
    ("a value without place", "'goproxyctl: {0}; {1} is as it was'", "'goproxyctl: {0} is as it was'"),
    ("an exit without code", "exit 10", "exit"),
    ("an exit code that no byte holds", "exit 11", "exit 9009"),
    ("a scope in a string", "'go env -u ' + ($taken -join ' ')", '"go env -u $taken: "'),
    ("a blank after the backtick", "$PSDefaultParameterValues = @{}", "$PSDefaultParameterValues = ` \n@{}"),
    ("a setting twice", "    'GOSUMDB' =", "    'GOPROXY' ="),
    ("a comma between settings", "$wanted = [ordered]@{\n    'GOAUTH'", "$wanted = [ordered]@{\n    , 'GOAUTH'"),
    ("a here-string that does not end", "$kept = $file", "$kept = @'\n$file"),
    ("a comment that does not end", "# What the policy says.", "<# What the policy says."),
    ("lines of Unix", "\n", "\r"),
    ("an error stream into a file", "[void](Invoke-Go -Arguments (@('env', '-u')", "[void](Invoke-Go -Arguments 2>err (@('env', '-u')"),
]  # fmt: skip


def caught(content: bytes, intent: Intent) -> bool:
    """Whether a lint or the reader of settings notices anything."""
    try:
        return bool(complaints(content)) or read_settings(content) != intent.module_settings()
    except (AssertionError, ValueError):
        return True


def test_of_the_scripts_that_people_break_nearly_all_are_caught() -> None:
    """At least 95 of 100, of at least 50; the names of those that pass are in the message."""
    text, intent = installer(), make_intent(random.Random(7))
    assert not caught(encoded(text), intent)
    for what, old, _ in BROKEN:
        assert old in text, what
    passed = [what for what, old, new in BROKEN if not caught(encoded(text.replace(old, new, 1)), intent)]
    assert len(BROKEN) >= 50
    assert len(passed) <= 0.05 * len(BROKEN), passed


def test_of_the_scripts_that_lack_one_mark_nearly_all_are_caught() -> None:
    text, intent = installer(), make_intent(random.Random(7))
    code = text.index("#Requires")
    marks = [at for at in range(code, len(text)) if text[at] in "()[]{}'" and not _in_comment(text, at)]
    some = random.Random(20261122).sample(marks, scaled(100, len(marks)))
    passed = [text[at - 20 : at + 20] for at in some if not caught(encoded(text[:at] + text[at + 1 :]), intent)]
    assert len(passed) <= 0.05 * len(some), passed


def _in_comment(text: str, at: int) -> bool:
    return text[text.rindex("\n", 0, at) + 1 : at].lstrip().startswith("#")

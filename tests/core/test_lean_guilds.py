"""What py-cord's cache keeps of a guild: what the bot reads, and nothing of the rest."""

import copy
import json
from typing import Any

import discord
import pytest

from core.lean_guilds import keep_lean
from core.payloads import decode, read_leniently
from sandbox import payload
from sandbox.seed import seed
from sandbox.world import World


@pytest.fixture
def world() -> World:
    return seed()


@pytest.fixture
def told(world: World) -> dict[str, Any]:
    """The guild as the gateway tells it to a bot that sees all members."""
    (guild,), (app,) = world.guilds.values(), world.applications.values()
    return decode(json.dumps(payload.gateway_guild(world, guild, app.bot_id, guild.members.values())))


@pytest.fixture
async def client(world: World) -> discord.Client:
    read_leniently()
    bot = discord.Client(intents=discord.Intents(guilds=True), member_cache_flags=discord.MemberCacheFlags.none())
    (app,) = world.applications.values()
    state = bot._connection
    state.user = discord.ClientUser(state=state, data=decode(json.dumps(payload.own_user(world, app))))
    keep_lean(bot)
    return bot


def tell(bot: discord.Client, event: str, data: Any) -> None:
    bot._connection.parsers[event](copy.deepcopy(data))


async def test_what_the_rules_need_is_there(client: discord.Client, told: dict[str, Any]) -> None:
    tell(client, "GUILD_CREATE", told)
    guild = client.guilds[0]
    for channel, sent in zip(guild.channels, told["channels"], strict=True):
        assert (channel.name, channel.position, channel.type.value, channel.flags.value) == (
            sent["name"],
            sent["position"],
            sent["type"],
            sent["flags"],
        )
        assert channel.category_id == (sent["parent_id"] and int(sent["parent_id"]))
        assert {str(one.id): (str(one.allow), str(one.deny)) for one in channel._overwrites} == {
            one["id"]: (one["allow"], one["deny"]) for one in sent["permission_overwrites"]
        }
    by_id = {str(role.id): role for role in guild.roles}
    for sent in told["roles"]:
        role = by_id[sent["id"]]
        assert (role.name, role.position, role.permissions.value, role.managed, role.colours.primary.value) == (
            sent["name"],
            sent["position"],
            int(sent["permissions"]),
            sent["managed"],
            sent["colors"]["primary_color"],
        )
    assert [emoji.name for emoji in guild.emojis] == [emoji["name"] for emoji in told["emojis"]]
    assert guild.me.guild_permissions.manage_roles
    assert (guild.owner_id, guild.preferred_locale) == (int(told["owner_id"]), told["preferred_locale"])


async def test_the_rest_is_not_kept(client: discord.Client, told: dict[str, Any]) -> None:
    tell(client, "GUILD_CREATE", told)
    guild = client.guilds[0]
    assert [member.id for member in guild._members.values()] == [guild.me.id]
    assert all(channel.topic is None for channel in guild.text_channels)
    assert not guild.features
    welcome, roles = (discord.utils.get(guild.channels, name=name) for name in ("welcome", "roles"))
    assert welcome and roles
    assert welcome._overwrites is roles._overwrites
    assert welcome.flags is roles.flags


async def test_a_change_of_one_channel_is_a_change_of_no_other(client: discord.Client, told: dict[str, Any]) -> None:
    tell(client, "GUILD_CREATE", told)
    changed = next(channel for channel in told["channels"] if channel["name"] == "welcome")
    overwrites = [{"id": told["id"], "type": 0, "allow": "1024", "deny": "0"}]
    tell(client, "CHANNEL_UPDATE", {**changed, "topic": "New.", "flags": 1 << 17, "permission_overwrites": overwrites})
    guild = client.guilds[0]
    welcome, roles = (discord.utils.get(guild.text_channels, name=name) for name in ("welcome", "roles"))
    assert welcome and roles
    assert (welcome.topic, welcome.flags.value, len(welcome._overwrites)) == (None, 1 << 17, 1)
    assert (roles.flags.value, len(roles._overwrites)) == (0, 2)


@pytest.mark.parametrize("event", ["GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE"])
async def test_roles_that_change_later(client: discord.Client, told: dict[str, Any], event: str) -> None:
    tell(client, "GUILD_CREATE", told)
    role = {**told["roles"][1], "name": "Crimson", "unicode_emoji": "🔴", "tags": {"premium_subscriber": None}}
    tell(client, event, {"guild_id": told["id"], "role": role})
    found = client.guilds[0].get_role(int(role["id"]))
    assert found and found.tags
    assert (found.name, found.unicode_emoji, found.tags._data) == ("Crimson", None, {"premium_subscriber": None})


async def test_emojis_stickers_and_settings_that_change_later(client: discord.Client, told: dict[str, Any]) -> None:
    tell(client, "GUILD_CREATE", told)
    emoji = {**told["emojis"][0], "name": "new", "user": {"id": "5", "username": "who", "discriminator": "0", "avatar": None}}
    tell(client, "GUILD_EMOJIS_UPDATE", {"guild_id": told["id"], "emojis": [emoji]})
    tell(client, "GUILD_STICKERS_UPDATE", {"guild_id": told["id"], "stickers": [{"id": "7", "name": "wave"}]})
    without = {name: value for name, value in told.items() if name not in ("channels", "members", "threads")}
    tell(client, "GUILD_UPDATE", {**without, "emojis": [emoji], "name": "Renamed"})
    guild = client.guilds[0]
    assert ([emoji.name for emoji in guild.emojis], guild.emojis[0].user, guild.stickers, guild.name) == (["new"], None, (), "Renamed")
    assert len(guild.channels) == len(told["channels"])

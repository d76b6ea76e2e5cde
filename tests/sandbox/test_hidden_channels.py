"""Channels that a bot may not view: obfuscated over the gateway, left out over HTTP, told again when that changes."""

from typing import Any

from sandbox import channels, members, permissions, roles
from sandbox.server import Sandbox
from sandbox.world import Channel, Overwrite
from tests.sandbox.conftest import Rest
from tests.sandbox.frames import problems_of
from tests.sandbox.raw_gateway import Raw, connect

VIEW, OBFUSCATED = permissions.bits("VIEW_CHANNEL"), 1 << 17


def put(sandbox: Sandbox, channel: Channel, overwrite: Overwrite) -> None:
    channels.set_overwrite(sandbox.world, sandbox.guild, channel, overwrite, sandbox.guild.owner_id)


def hide(sandbox: Sandbox, channel: Channel) -> None:
    put(sandbox, channel, Overwrite(sandbox.guild.id, 0, deny=VIEW))


def shape(told: dict[str, Any]) -> tuple[str, int, int]:
    """The name, the flag, and how many overwrites came along."""
    return told["name"], told["flags"] & OBFUSCATED, len(told["permission_overwrites"])


HIDDEN = ("___hidden___", OBFUSCATED, 1)


async def test_a_channel_comes_without_what_matters_and_in_full_when_it_can_be_viewed(sandbox: Sandbox) -> None:
    general, chess, bot = sandbox.channel("general"), sandbox.role("Chess"), sandbox.role("Role Bot")
    put(sandbox, general, Overwrite(chess.id, 0, allow=permissions.bits("MANAGE_MESSAGES")))
    async with connect(sandbox) as raw:
        await raw.identify()
        told = {each["id"]: each for each in (await raw.event("GUILD_CREATE"))["channels"]}
        assert shape(told[str(general.id)]) == ("general", 0, 1)

        hide(sandbox, general)
        update = await raw.event("CHANNEL_UPDATE")
        assert (update["id"], update["type"], update["position"]) == (str(general.id), general.type, general.position)
        assert shape(update) == HIDDEN
        assert update["permission_overwrites"] == [{"id": str(sandbox.guild.id), "type": 0, "allow": "0", "deny": str(VIEW)}]
        assert update["topic"] is update["parent_id"] is update["last_message_id"] is None

        put(sandbox, general, Overwrite(bot.id, 0, allow=VIEW))
        assert shape(await raw.event("CHANNEL_UPDATE")) == ("general", 0, 3)
    assert not [problem for frame in sandbox.gateway.frames for problem in problems_of(frame)]


async def test_losing_access_may_also_come_as_a_deletion(sandbox: Sandbox) -> None:
    """The documentation does not say which it is, so that a bot must bear both."""
    sandbox.world.losing_access = "delete"
    general, bot = sandbox.channel("general"), sandbox.role("Role Bot")
    async with connect(sandbox) as raw:
        await raw.identify()
        hide(sandbox, general)
        gone = await raw.event("CHANNEL_DELETE")
        assert (gone["id"], shape(gone)) == (str(general.id), HIDDEN)
        put(sandbox, general, Overwrite(bot.id, 0, allow=VIEW))
        assert shape(await raw.event("CHANNEL_UPDATE"))[:2] == ("general", 0)


async def test_access_also_comes_and_goes_with_the_bots_roles(sandbox: Sandbox) -> None:
    general, chess = sandbox.channel("general"), sandbox.role("Chess")
    hide(sandbox, general)
    put(sandbox, general, Overwrite(chess.id, 0, allow=VIEW))
    async with connect(sandbox) as raw:
        await raw.identify()
        told = {each["id"]: each for each in (await raw.event("GUILD_CREATE"))["channels"]}
        assert shape(told[str(general.id)]) == HIDDEN
        await give(sandbox, raw, [chess.id])
        assert shape(await raw.event("CHANNEL_UPDATE")) == ("general", 0, 2)
        await give(sandbox, raw, [])
        assert shape(await raw.event("CHANNEL_UPDATE")) == HIDDEN


async def test_a_category_can_be_viewed_with_one_of_its_channels(sandbox: Sandbox) -> None:
    """The bot views all of Lobby; without @everyone's View Channel, what is left is where an overwrite lets it."""
    lobby, bot = sandbox.channel("Lobby"), sandbox.role("Role Bot")
    for role in (sandbox.guild.everyone, bot):
        roles.edit(sandbox.world, sandbox.guild, role, {"permissions": role.permissions & ~VIEW}, sandbox.guild.owner_id)
    async with connect(sandbox) as raw:
        await raw.identify()
        assert shape(next(e for e in (await raw.event("GUILD_CREATE"))["channels"] if e["id"] == str(lobby.id))) == HIDDEN
        put(sandbox, sandbox.channel("general"), Overwrite(bot.id, 0, allow=VIEW))
        told = {each["id"]: shape(each)[1] for each in (await raw.event("CHANNEL_UPDATE"), await raw.event("CHANNEL_UPDATE"))}
        assert told == {str(sandbox.channel("general").id): 0, str(lobby.id): 0}


async def test_over_http_it_is_left_out(sandbox: Sandbox, rest: Rest) -> None:
    path = f"/guilds/{sandbox.guild.id}/channels"
    before = {channel["id"] for channel in (await rest.call("GET", path)).body}
    general = sandbox.channel("general")
    hide(sandbox, general)
    assert before - {channel["id"] for channel in (await rest.call("GET", path)).body} == {str(general.id)}


async def give(sandbox: Sandbox, raw: Raw, role_ids: list[int]) -> None:
    """Give the bot these roles beside its own."""
    me = sandbox.guild.members[raw.application.bot_id]
    me.role_ids = [sandbox.role("Role Bot").id, *role_ids]
    members.changed(sandbox.world, sandbox.guild, me)

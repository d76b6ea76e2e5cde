"""Many members, and many guilds, who click at once."""

import asyncio
from collections.abc import Sequence

from discord.http import Route

from domain import clock
from domain.custom_id import PRESS, encode
from domain.panels import Mode
from models import Panel, PanelMessage, PanelRole
from sandbox import members
from sandbox.driver import Actor
from sandbox.driver.results import Result
from sandbox.driver.views import MessageView
from sandbox.seed import BOT, EVERYONE
from sandbox.server import Sandbox
from sandbox.world import Channel, Guild, Member, Message, Role, User
from tests.e2e.house import House


def add_guild(sandbox: Sandbox, name: str) -> Guild:
    """Another guild with the bot, the role "Red" and the channel "roles", before the bot is started."""
    world = sandbox.world
    app = next(iter(world.applications.values()))
    guild = Guild(world.new_id(), name, app.owner_id)
    guild.roles[guild.id] = Role(guild.id, guild.id, "@everyone", 0, EVERYONE)
    for position, role_name, bits in ((1, "Red", 0), (2, "Role Bot", BOT)):
        role = Role(world.new_id(), guild.id, role_name, position, bits, managed=bool(bits))
        guild.roles[role.id] = role
    bot_role = next(role for role in guild.roles.values() if role.managed)
    for user_id, roles in ((app.owner_id, []), (app.bot_id, [bot_role.id])):
        guild.members[user_id] = Member(user_id, guild.id, world.clock.now(), roles)
    channel = Channel(world.new_id(), 0, guild.id, "roles")
    guild.channels[channel.id] = world.channels[channel.id] = channel
    world.guilds[guild.id] = guild
    return guild


def add_members(sandbox: Sandbox, guild: Guild, count: int) -> list[Actor]:
    """New members, looking at the channel with the panel."""
    crowd: list[Actor] = []
    for number in range(count):
        user = User(sandbox.world.new_id(), f"member-{guild.id}-{number}", f"Member {number}")
        sandbox.world.users[user.id] = user
        members.join(sandbox.world, guild, user.id)
        crowd.append(Actor(sandbox, user, sandbox.channel("roles", guild)))
    return crowd


async def panel_in(house: House, guild: Guild, *roles: str, mode: Mode = Mode.TOGGLE) -> tuple[Panel, Message]:
    """A panel with these roles, posted in the guild's channel "roles"."""
    now, where = clock.now(), house.sandbox.channel("roles", guild)
    panel = await Panel.create(guild_id=guild.id, name="Colours", title="Colours", mode=mode, created_at=now, updated_at=now)
    buttons = []
    for position, name in enumerate(roles):
        role = house.sandbox.role(name, guild)
        item = await PanelRole.create(panel=panel, role_id=role.id, label=name, position=position)
        buttons.append({"type": 2, "style": 2, "label": name, "custom_id": encode(PRESS, panel.id, item.id)})
    body = {"content": "Colours", "components": [{"type": 1, "components": buttons}]}
    sent = await house.bot.rest.request(Route("POST", "/channels/{channel_id}/messages", channel_id=where.id), body=body)
    await PanelMessage.create(panel=panel, channel_id=where.id, message_id=int(sent["id"]), rendered_version=panel.version)
    return panel, house.sandbox.world.message(where.id, int(sent["id"]))


async def all_click(crowd: Sequence[Actor], message: Message, label: str) -> list[Result]:
    """Everybody clicks the same button, one right after another."""
    results = []
    for actor in crowd:
        results.append(await MessageView(actor, message).click(label))
        await asyncio.sleep(0)  # the bot may begin meanwhile
    return results


def told(result: Result) -> str:
    """What the member sees now of the answer; empty while there is none."""
    original = result.interaction.original
    return original.content if original and result.state == "answered" else ""


async def until_told(house: House, results: Sequence[Result], words: str, timeout: float) -> None:
    """Wait until every answer holds these words."""
    await house.sandbox.until(lambda: all(words in told(result) for result in results), timeout, f"for {words!r} in every answer")

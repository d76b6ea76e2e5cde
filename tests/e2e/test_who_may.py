"""Who may: permissions count as the member's roles give them in the guild, whatever a channel says, and not during a time-out."""

import re
from datetime import timedelta
from typing import Any

import pytest

from core.settings import ROOT
from domain import clock
from domain.custom_id import encode
from models import AuditEntry, GuildConfig, Panel, RoleGrant
from sandbox import channels, members, roles
from sandbox.driver.results import Result
from sandbox.interactions.record import Kind
from sandbox.permissions import bits
from sandbox.world import Overwrite
from tests.e2e.house import House, posted_panel
from tests.e2e.test_panels import button_for, create, redrawn

EVERY_BIT = (1 << 53) - 1
REFUSED = ("You need the permission Manage Server", "You need the permission Manage Roles", "For this you need the permission Manage Roles")
OUTDATED = "This button or menu is from an older version of the bot"
TIMED_OUT = "You are timed out in this server, so you cannot do this now."


def overwrite(house: House, who: str, allow: int) -> None:
    """A channel overwrite for one member, by the server's owner: as the REST API takes it, with any bit."""
    sandbox = house.sandbox
    put = Overwrite(house.actor(who).user.id, 1, allow=allow)
    channels.set_overwrite(sandbox.world, sandbox.guild, sandbox.channel("general"), put, sandbox.guild.owner_id)


def begin(house: House, who: str, kind: Kind, data: dict[str, Any], message: Any = None) -> Result:
    """An interaction that Discord's client would not offer: what a page of one's own sends."""
    application = next(iter(house.sandbox.world.applications.values()))
    return house.actor(who).in_("general").begin(application, kind, data, message=message)


def command(house: House, path: str) -> dict[str, Any]:
    """A (sub)command without options, as the gateway brings it."""
    application = next(iter(house.sandbox.world.applications.values()))
    name, _, sub = path.partition(" ")
    found = next(each for each in application.commands.values() if each.data["name"] == name)
    options = [{"name": sub, "type": 1, "options": []}] if sub else []
    return {"id": str(found.id), "name": name, "type": found.data.get("type", 1), "options": options}


def test_no_code_asks_an_interaction_what_somebody_may() -> None:
    """There is one helper, which asks the member's roles."""
    asking = re.compile(r"interaction\.(app_)?permissions")
    files = [file for folder in ("core", "cogs") for file in (ROOT / folder).rglob("*.py")]
    assert files
    assert [str(file) for file in files if asking.search(file.read_text())] == []


COMMANDS = ("config show", "config managers", "config forget", "config audit-channel", "panel list", "panel check", "temporary")


@pytest.mark.parametrize("path", COMMANDS)
async def test_what_a_channel_grants_opens_no_command(house: House, path: str) -> None:
    overwrite(house, "alice", EVERY_BIT)
    answer = await begin(house, "alice", Kind.COMMAND, command(house, path)).message()
    assert answer.text.startswith(REFUSED)


def verbs(house: House) -> dict[str, str]:
    """The verb of every component and modal of the bot, with the cog that it belongs to."""
    return {verb: entry.cog for verb, entry in house.bot.gate._handlers.items()}


PREVIEWED = "preview"  # a panel's buttons on a preview, which do nothing
SHAPES = ((Kind.COMPONENT, {"component_type": 3, "values": ["0"]}), (Kind.MODAL, {"components": []}))


async def test_what_a_channel_grants_opens_no_component_and_no_modal(house: House) -> None:
    """Every handler of the bot is tried, so that none can be forgotten, but for what every member clicks."""
    panel = await posted_panel(house, "Red")
    overwrite(house, "alice", EVERY_BIT)
    message = house.actor("alice").in_("roles").sees()[-1].record
    tried = [verb for verb, cog in verbs(house).items() if verb != PREVIEWED and (cog != "roles" or verb.startswith("temporary"))]
    assert len(tried) > 50
    for verb in tried:
        for kind, shape in SHAPES:
            data = shape | {"custom_id": encode(verb, panel.id, 0, 0, 0, 0, 0)}
            answer = await begin(house, "alice", kind, data, message).message()
            # Some handlers first find that what they were sent is nothing that they sent.
            assert answer.text.startswith((*REFUSED, OUTDATED)), (verb, answer.text)
    assert [each.version for each in await Panel.all()] == [panel.version]
    assert not await GuildConfig.exists()
    assert not await AuditEntry.exists()


async def test_a_channels_manage_permissions_ends_nobodys_temporary_role(house: House) -> None:
    """Discord names it Manage Permissions in a channel, with the bit of Manage Roles; her own room is what she manages."""
    panel = await posted_panel(house, "Red")
    sandbox, now = house.sandbox, clock.now()
    red, dave = sandbox.role("Red"), house.actor("dave")
    dave.member.role_ids = [*dave.member.role_ids, red.id]
    grant = await RoleGrant.create(
        guild_id=sandbox.guild.id, user_id=dave.user.id, role_id=red.id, panel_id=panel.id, confirmed=True, granted_at=now,
        expires_at=now + timedelta(days=5),
    )  # fmt: skip
    roles.edit(sandbox.world, sandbox.guild, sandbox.role("Veteran"), {"position": 9}, sandbox.guild.owner_id)
    overwrite(house, "alice", bits("MANAGE_ROLES"))
    shape = {"component_type": 3, "custom_id": encode("temporary.end", 0, 0), "values": [str(grant.id)]}
    message = house.actor("alice").in_("roles").sees()[-1].record
    answer = await begin(house, "alice", Kind.COMPONENT, shape, message).message()
    assert answer.text.startswith(REFUSED)
    assert "Red" in dave.role_names()
    assert await RoleGrant.exists(id=grant.id)


async def test_manage_roles_of_the_bot_in_one_channel_is_none_in_the_guild(house: House) -> None:
    """What Discord would refuse is refused without asking it."""
    await posted_panel(house, "Red")
    sandbox = house.sandbox
    bot = sandbox.role("Role Bot")
    channels.set_overwrite(
        sandbox.world, sandbox.guild, sandbox.channel("roles"), Overwrite(bot.id, 0, allow=bits("MANAGE_ROLES")), sandbox.guild.owner_id
    )
    changed = house.bot.wait_for("guild_role_update")
    roles.edit(sandbox.world, sandbox.guild, bot, {"permissions": bot.permissions & ~bits("MANAGE_ROLES")}, sandbox.guild.owner_id)
    await changed
    answer = await (await house.actor("alice").in_("roles").sees()[-1].click("Red")).message()
    assert "Manage Roles" in answer.text
    assert not [exchange for exchange in sandbox.traffic if exchange.status == 403]


def time_out(house: House, who: str, seconds: float) -> None:
    member = house.actor(who).member
    member.timeout_until = house.sandbox.clock.now() + seconds
    members.changed(house.sandbox.world, house.sandbox.guild, member)


@pytest.mark.parametrize("path", COMMANDS)
async def test_who_is_timed_out_has_no_permission(house: House, path: str) -> None:
    """Mona may manage roles, and the server by a role of her own for this."""
    strong = house.sandbox.role("Moderator")
    changed = house.bot.wait_for("guild_role_update")
    more = {"permissions": strong.permissions | bits("MANAGE_GUILD")}
    roles.edit(house.sandbox.world, house.sandbox.guild, strong, more, house.sandbox.guild.owner_id)
    await changed
    time_out(house, "mona", 3600)
    assert (await begin(house, "mona", Kind.COMMAND, command(house, path)).message()).text == TIMED_OUT


async def test_a_time_out_closes_an_open_editor_until_it_is_over(house: House) -> None:
    editor = await create(house, who="mona", roles=("Red",))
    data = {"component_type": 2, "custom_id": button_for(editor, "panels.behaviour")}
    time_out(house, "mona", 3600)
    assert (await begin(house, "mona", Kind.COMPONENT, data, editor.record).message()).text == TIMED_OUT
    time_out(house, "mona", -1)
    assert "Take and give back" in await redrawn(begin(house, "mona", Kind.COMPONENT, data, editor.record))


async def test_a_timed_out_manager_has_no_permission_either(house: House) -> None:
    guild = house.sandbox.guild
    await GuildConfig.create(guild_id=guild.id, manager_role_ids=[house.sandbox.role("Veteran").id])
    assert "There are no panels here yet" in (await begin(house, "carol", Kind.COMMAND, command(house, "panel list")).message()).text
    time_out(house, "carol", 3600)
    assert (await begin(house, "carol", Kind.COMMAND, command(house, "panel list")).message()).text == TIMED_OUT


@pytest.mark.parametrize("who", ["olivia", "adam"])
async def test_no_time_out_touches_the_owner_and_administrators(house: House, who: str) -> None:
    time_out(house, who, 3600)
    assert "Audit channel" in (await begin(house, who, Kind.COMMAND, command(house, "config show")).message()).text

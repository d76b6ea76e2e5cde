"""What a server may do that the sandbox by itself does not: leave out optional fields, send what py-cord cannot read."""

import json
from typing import Any

import pytest

from sandbox import interactions
from sandbox.permissions import bits
from sandbox.world import Application, Overwrite, World
from tests.e2e.house import House, posted_panel

OPTIONAL = (
    "app_permissions", "attachment_size_limit", "authorizing_integration_owners", "channel", "context", "entitlements", "guild",
    "guild_locale", "locale",
)  # fmt: skip


async def click(house: House) -> str:
    """Alice clicks Red; what she is told."""
    alice = house.actor("alice").in_("roles")
    posted = next(message for message in reversed(alice.sees()) if not message.ephemeral)
    return (await (await posted.click("Red")).message()).text


async def test_a_click_whose_payload_holds_only_what_it_must(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = interactions.describe.interaction_create

    def bare(world: World, application: Application, interaction: interactions.Interaction) -> dict[str, Any]:
        return {key: value for key, value in whole(world, application, interaction).items() if key not in OPTIONAL}

    await posted_panel(house, "Red")
    monkeypatch.setattr(interactions.describe, "interaction_create", bare)
    # Discord's description of the event wants the fields: only this test's own frames are without them.
    monkeypatch.setattr(house, "_traffic_against_the_schemas", list)
    assert "Added" in await click(house)


async def test_manage_permissions_denied_in_the_channel_is_no_obstacle(house: House) -> None:
    await posted_panel(house, "Red")
    bot_role = house.sandbox.role("Role Bot").id
    overwrite = house.sandbox.channel("roles").overwrites.setdefault(bot_role, Overwrite(bot_role, 0))
    overwrite.deny |= bits("MANAGE_ROLES")
    assert "Added" in await click(house)


async def test_an_event_that_cannot_be_read_ends_nothing(house: House) -> None:
    await posted_panel(house, "Red")
    (connection,) = house.sandbox.gateway.connections
    assert connection.session
    broken = {
        "op": 0,
        "t": "GUILD_ROLE_UPDATE",
        "s": connection.session.sequence,
        "d": {"guild_id": str(house.sandbox.guild.id), "role": {}},
    }
    connection.send_text(json.dumps(broken))
    assert "Added" in await click(house)
    assert house.sandbox.gateway.connections == [connection]

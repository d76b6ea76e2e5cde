"""The rules of panels as members meet them: what they are told, and what Discord has."""

import re

import pytest

from domain import clock
from domain.panels import Mode, Style
from models import AuditState, Panel, PanelRole, RoleGrant
from tests.e2e.house import House, posted_panel
from tests.e2e.test_clicks import click


async def rule(panel: Panel, role: str | None = None, **changes: object) -> None:
    """Set a rule before anybody clicked."""
    await (PanelRole.filter(panel=panel, label=role) if role else Panel.filter(id=panel.id)).update(**changes)


def mention(house: House, *roles: str) -> str:
    return ", ".join(f"<@&{house.sandbox.role(role).id}>" for role in roles)


def held(house: House, who: str) -> set[str]:
    return set(house.actor(who).role_names())


async def test_at_most_and_at_least(house: House) -> None:
    await rule(await posted_panel(house, "Red", "Green", "Teal"), min_roles=1, max_roles=2)
    await click(house, "alice", "Red")
    await click(house, "alice", "Green")
    assert "at most 2" in await click(house, "alice", "Teal")
    assert f"Removed: {mention(house, 'Red')}" in await click(house, "alice", "Red")
    assert "at least 1" in await click(house, "alice", "Green")
    assert held(house, "alice") == {"Green"}
    rows = await house.audit("roles.click")
    assert [row.state for row in rows] == [AuditState.DONE, AuditState.DONE, AuditState.REFUSED, AuditState.DONE, AuditState.REFUSED]
    assert [row.payload["refused"][0]["problem"] for row in rows if row.payload["refused"]] == ["maximum", "minimum"]


async def test_a_permanent_choice(house: House) -> None:
    await posted_panel(house, "Red", "Green", mode=Mode.PERMANENT)
    await click(house, "alice", "Red")
    for label in ("Red", "Green"):
        assert f"{mention(house, label)} was not changed, because a choice made here is final." in await click(house, "alice", label)
    assert held(house, "alice") == {"Red"}


async def test_what_is_required_and_what_excludes(house: House) -> None:
    panel = await posted_panel(house, "Red", "Green")
    await rule(panel, required_role_ids=[house.sandbox.role("Veteran").id, house.sandbox.role("Music").id])
    await rule(panel, "Green", blocked_role_ids=[house.sandbox.role("Films").id])
    text = await click(house, "alice", "Red")
    assert f"only for members who hold one of these roles: {mention(house, 'Veteran', 'Music')}." in text
    assert f"is not for members who hold: {mention(house, 'Films')}." in await click(house, "dave", "Green")
    assert "Added" in await click(house, "dave", "Red")
    assert (held(house, "alice"), held(house, "dave")) == (set(), {"Red", "Music", "Films"})


async def test_all_of_what_is_required(house: House) -> None:
    panel = await posted_panel(house, "Red")
    await rule(panel, "Red", required_role_ids=[house.sandbox.role(name).id for name in ("Music", "Chess")], required_all=True)
    assert f"only for members who also hold: {mention(house, 'Chess')}." in await click(house, "dave", "Red")
    assert f"only for members who also hold: {mention(house, 'Music')}." in await click(house, "carol", "Red")


async def test_a_bundle_is_one_request(house: House) -> None:
    panel = await posted_panel(house, "Red")
    await rule(panel, "Red", bundle_role_ids=[house.sandbox.role(name).id for name in ("Green", "Chess")])
    before = len(house.sandbox.traffic)
    assert f"Added: {mention(house, 'Red', 'Green')}." in await click(house, "carol", "Red")
    changes = [exchange.method for exchange in house.sandbox.traffic[before:] if "members" in (exchange.route or "")]
    assert changes == ["PATCH"]
    await click(house, "carol", "Red")
    assert held(house, "carol") == {"Veteran", "Europe"}


async def test_linked_panels_are_one_choice(house: House) -> None:
    colours = await posted_panel(house, "Red", "Green", mode=Mode.UNIQUE)
    more = await posted_panel(house, "Teal", mode=Mode.UNIQUE, channel="general", name="More")
    for panel in (colours, more):
        await rule(panel, link_group="colours")
    await click(house, "alice", "Red")
    result = await next(message for message in house.actor("alice").in_("general").sees() if not message.ephemeral).click("Teal")
    text = (await result.message()).text
    assert f"Added: {mention(house, 'Teal')}.\nRemoved: {mention(house, 'Red')}." in text
    assert held(house, "alice") == {"Teal"}


async def test_a_panel_linked_while_its_spec_was_known(house: House) -> None:
    """The claim finds out that the other panel came, and the click is planned anew."""
    colours = await posted_panel(house, "Red", mode=Mode.UNIQUE)
    await rule(colours, link_group="colours")
    await click(house, "bob", "Red")
    more = await posted_panel(house, "Blue", channel="general", name="More")
    await rule(more, link_group="colours")
    await click(house, "alice", "Red")
    text = await click(house, "bob", "Red")
    assert f"Removed: {mention(house, 'Red')}." in text
    text = await click(house, "bob", "Red")
    assert f"Removed: {mention(house, 'Blue')}." in text
    assert held(house, "bob") == {"Red"}


@pytest.mark.parametrize(("who", "words"), [("alice", r"\(ends <t:(\d+):R>\)"), ("haruto", r"（終了：<t:(\d+):R>）")])
async def test_until_when(house: House, who: str, words: str) -> None:
    await rule(await posted_panel(house, "Red"), "Red", duration_seconds=3600)
    began = clock.now().timestamp()
    found = re.search(words, await click(house, who, "Red"))
    assert found
    assert 0 <= int(found[1]) - int(began + 3600) <= 5
    await house.audit()
    (grant,) = await RoleGrant.all()
    assert grant.confirmed
    assert grant.expires_at
    assert int(grant.expires_at.timestamp()) == int(found[1]), "what was told is what will be"


async def test_a_dropdown_gives_what_fits(house: House) -> None:
    panel = await posted_panel(house, "Red", "Green", "Teal", style=Style.DROPDOWN)
    await rule(panel, max_roles=2)
    dave = house.actor("dave").in_("roles")
    message = dave.sees()[-1]
    text = (await (await message.select(None, ["Red", "Green", "Teal"])).message()).text
    assert f"{mention(house, 'Teal')} was not added, because you can have at most 2 of these roles at a time." in text
    assert held(house, "dave") == {"Red", "Green", "Music", "Films"}

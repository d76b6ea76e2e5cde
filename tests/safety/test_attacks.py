"""What a junior editor or a manager tries: ways around the forms to open a powerful role, told as stories and heard by the same judge."""

from collections.abc import Awaitable, Callable

import pytest

from models import Panel, PanelRole
from tests.e2e.house import House
from tests.safety.stage import Stage, Terms
from tests.safety.test_nobody_exceeds_themselves import house, told

__all__ = ["house"]
Deed = Callable[[Stage], Awaitable[None]]
BACK: dict[str, Deed] = {"undo": lambda stage: stage.undo("bob", "Staff"), "restore": lambda stage: stage.restore("bob", "Staff")}


@pytest.mark.parametrize("way", BACK)
async def test_what_an_administrator_narrowed_is_not_brought_back_from_below(house: House, way: str) -> None:
    async with told(house, Terms(("Moderator",), "general")) as stage:
        await stage.require("adam", "Staff", None, "Key")
        await BACK[way](stage)
        await stage.click("alice", "Staff", "Moderator")
        assert (await Panel.get(name="Staff", guild_id=stage.guild.id)).required_role_ids == [stage.role("Key").id]


@pytest.mark.parametrize("who", ["bob", "carol"])
async def test_a_copy_holds_nothing_that_its_maker_could_not_place(house: House, who: str) -> None:
    async with told(house, Terms(("Moderator", "Red"), "staff", group="staff"), Terms(("Red",), "general")) as stage:
        await stage.clone(who, "Staff")
        copies = [name for name in stage.panels() if name not in ("Staff", "Play")]
        assert copies
        for name in copies:
            await stage.post(who, name, "general")
            await stage.bundle(who, name, "Red", "Moderator")
            await stage.click("alice", name, "Red")
        assert await PanelRole.filter(role_id=stage.role("Moderator").id).count() == 1


async def test_rights_that_were_lost_meanwhile_apply_nothing_again(house: House) -> None:
    """A form that came too late is kept; who was demoted since cannot send it anew."""
    async with told(house, Terms(("Veteran", "Moderator"), "general", places=1)) as stage:
        veteran = PanelRole.get(role_id=stage.role("Veteran").id, panel__name="Staff")
        await stage.terms("sam", "Staff", "Veteran", 1, None)
        assert (await veteran).capacity == 1
        editor = await stage._walk("sam", "Staff", ("Change one role", ["Veteran"]), "Rules")
        form = await (await editor.click("Duration and places")).modal()
        await stage._retitle("Staff")
        refused = await (await form.submit({"Places": ""})).message()
        await stage.take("sam", "Senior")
        await stage.give("sam", "Junior")
        answer = await (await refused.click("Apply mine again")).message()
        assert "is not below your own highest role" in answer.text
        assert (await veteran).capacity == 1


async def test_a_deleted_panel_takes_no_limit_of_its_group_along(house: House) -> None:
    """Not even in two steps: a panel that is emptied and unlinked first, and then deleted."""
    staff, play = Terms(("Moderator", "Helper"), "general", group="g"), Terms(("Red", "Green"), "general", most=1, group="g")
    async with told(house, staff, play) as stage:
        await stage.take_off("bob", "Play", "Red")
        await stage.take_off("bob", "Play", "Green")
        await stage.mode("bob", "Play", "remove_only")
        await stage.link("bob", "Play", None)
        await stage.delete("bob", "Play")
        await stage.click("alice", "Staff", "Moderator")
        await stage.click("alice", "Staff", "Helper")
        assert "Helper" not in {stage.guild.roles[role_id].name for role_id in stage.guild.member(stage.user("alice").id).role_ids}


async def test_a_role_that_is_taken_by_hand_between_two_clicks_in_line_stays_away(house: House) -> None:
    async with told(house, Terms(("Red", "Green"), "general")) as stage:
        await stage.give("alice", "Red")
        await stage.hold()
        await stage.click("alice", "Staff", "Green")
        await stage.take("alice", "Red")
        await stage.click("dave", "Staff", "Red")
        await stage.turns()
        names = {stage.guild.roles[role_id].name for role_id in stage.guild.member(stage.user("alice").id).role_ids}
        assert names == {"Green"}

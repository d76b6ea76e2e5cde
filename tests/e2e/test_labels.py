"""A label that nobody set is the role's name, and follows it; one that somebody set stays."""

from typing import Any

import pytest

from models import PanelRevision, PanelRole
from sandbox import roles
from sandbox.driver.views import MessageView
from sandbox.faults import Fault
from tests.e2e.house import House, at_rest
from tests.e2e.test_editions import EDIT
from tests.e2e.test_panels import FOLLOWING, create, post, redrawn


async def rename(house: House, name: str, new: str, *, heard: bool = True) -> None:
    """A role gets another name, and the bot hears of it."""
    told = house.bot.wait_for("guild_role_update", timeout=30) if heard else None
    roles.edit(house.sandbox.world, house.sandbox.guild, house.sandbox.role(name), {"name": new}, house.actor("olivia").user.id)
    if told:
        await told


async def shows(house: House, posted: MessageView, *labels: str) -> None:
    await house.sandbox.until(lambda: [button.label for button in posted.buttons] == list(labels), what=f"for the labels {labels}")


async def opened(editor: MessageView, role: str) -> Any:
    """The form of a role on the panel, whose screen is open afterwards."""
    await redrawn(await editor.select("Change one role", [role]))
    return await (await editor.click("Edit")).modal()


async def test_a_role_is_renamed(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    await rename(house, "Red", "Crimson")
    await shows(house, posted, "Crimson", "Green")
    assert (await (await posted.click("Crimson")).message()).text.startswith("Added:")
    await redrawn(await editor.click("Refresh"))
    await redrawn(await editor.select("Change one role", ["Crimson"]))
    assert "Label: Crimson (the name of the role)" in editor.text


async def test_a_role_is_renamed_while_the_bot_is_away(house: House) -> None:
    posted = await post(house, await create(house))
    await house.stop()
    await rename(house, "Red", "Crimson", heard=False)
    await house.start()
    await shows(house, posted, "Crimson", "Green")


async def test_a_label_that_somebody_set_stays_until_it_is_emptied(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    await redrawn(await (await opened(editor, "Red")).submit({"Label": "Rouge"}))
    assert "Label: Rouge" in editor.text
    await shows(house, posted, "Rouge", "Green")
    await rename(house, "Red", "Crimson")
    await at_rest(house, FOLLOWING)
    await shows(house, posted, "Rouge", "Green")
    form = await (await editor.click("Edit")).modal()
    await redrawn(await form.submit({"Label": ""}))
    await shows(house, posted, "Crimson", "Green")
    await rename(house, "Crimson", "Scarlet")
    await shows(house, posted, "Scarlet", "Green")


async def test_saving_the_form_sets_no_label(house: House) -> None:
    """Also when the role was renamed while the form was open."""
    editor = await create(house)
    form = await opened(editor, "Red")
    await rename(house, "Red", "Crimson")
    await redrawn(await form.submit({"Description": "Warm"}))
    assert "Label: Crimson (the name of the role)" in editor.text
    assert (await PanelRole.get(description="Warm")).label_set is False


async def test_labels_from_before_the_upgrade(house: House) -> None:
    """What was equal to the role's name then was not set; what was not, was."""
    posted = await post(house, await create(house))
    await house.stop()
    await PanelRole.filter(label="Green").update(label="Vert")
    await PanelRole.all().update(label_set=None)
    await house.start()
    await at_rest(house, FOLLOWING)
    await rename(house, "Red", "Crimson")
    await rename(house, "Green", "Emerald")
    await at_rest(house, FOLLOWING)
    assert [role.label for role in await PanelRole.all().order_by("id")] == ["Crimson", "Vert"]
    await shows(house, posted, "Crimson", "Vert")


async def test_undo_brings_no_old_name_back(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    modal = await (await editor.click("Edit text")).modal()
    await redrawn(await modal.submit({"Title": "Hues"}))
    await rename(house, "Red", "Crimson")
    await shows(house, posted, "Crimson", "Green")
    assert "Title: “Hues” → “Colours”" in await redrawn(await editor.click("Undo"))
    assert "Crimson" not in editor.record.content
    await rename(house, "Crimson", "Scarlet")
    await shows(house, posted, "Scarlet", "Green")


async def test_undo_brings_no_name_of_before_the_upgrade_back(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    await house.stop()
    await PanelRole.all().update(label_set=None)
    (revision,) = await PanelRevision.all()
    revision.snapshot["role"] = [{"id": role["id"], "label": role["role"]} for role in revision.snapshot["role"]]  # as it was written then
    await revision.save()
    await house.start()
    await at_rest(house, FOLLOWING)
    await redrawn(await editor.click("Refresh"))
    modal = await (await editor.click("Edit text")).modal()
    await redrawn(await modal.submit({"Title": "Hues"}))
    await rename(house, "Red", "Crimson")
    await shows(house, posted, "Crimson", "Green")
    await redrawn(await editor.click("Undo"))
    await rename(house, "Crimson", "Scarlet")
    await shows(house, posted, "Scarlet", "Green")


async def test_the_private_picker_speaks_of_the_new_name(house: House) -> None:
    editor = await create(house, Style="Private picker")
    posted = await post(house, editor)
    await (await posted.click("Choose your roles")).message()
    await rename(house, "Red", "Crimson")
    await at_rest(house, FOLLOWING)
    picker = await (await posted.click("Choose your roles")).message()
    assert [label for select in picker.selects for label in select.labels] == ["Crimson", "Green"]


async def test_what_shows_an_old_name_is_not_called_live(house: House) -> None:
    editor = await create(house)
    await post(house, editor)
    held = house.sandbox.faults.add(Fault("freeze", method="PATCH", route=EDIT))
    await rename(house, "Red", "Crimson")
    assert "🟢 Live" not in await redrawn(await editor.click("Refresh"))
    house.sandbox.faults.remove(held)
    await at_rest(house, FOLLOWING)
    assert "🟢 Live" in await redrawn(await editor.click("Refresh"))


@pytest.mark.parametrize("rule", ["required", "capacity"])
async def test_a_deleted_role_that_stays_for_its_rules_is_no_longer_mentioned(house: House, rule: str) -> None:
    """It holds back the role that brings it along, so a person has to take it off; until then nothing is mentioned that is gone."""
    posted = await post(house, await create(house))
    guild = house.sandbox.guild
    red, green, chess = (house.sandbox.role(name) for name in ("Red", "Green", "Chess"))
    more = {"required_role_ids": [chess.id]} if rule == "required" else {"capacity": 5}
    await PanelRole.filter(role_id=red.id).update(**more)
    await PanelRole.filter(role_id=green.id).update(bundle_role_ids=[red.id])
    roles.delete(house.sandbox.world, guild, red, house.actor("olivia").user.id)
    await house.sandbox.until(lambda: f"<@&{red.id}>" not in str(posted.record.embeds), what="for the list of roles")
    await shows(house, posted, "Red", "Green")

"""Every way to change, make, post or delete a panel passes the one door: when it is shut, none of them does anything."""

import sys
from datetime import timedelta
from typing import Any

import pytest

from core.errors import UserError
from domain import clock
from domain.panels import PanelSpec
from models import Panel, PanelMessage, PanelRole
from sandbox import messages
from sandbox.driver.views import MessageView
from tests.e2e.house import House, at_rest
from tests.e2e.test_panels import create, post, redrawn
from tests.e2e.test_transfer import export, imported

SHUT = "The door is shut."
MENDS = (
    "Take it off the panel",
    "Show it without an emoji",
    "Forget the deleted roles",
    "Confirm its permissions",
    "Forget this channel",
)


async def everything() -> list[tuple[PanelSpec, list[tuple[int, int | None, bool]]]]:
    """All panels, and where they stand."""
    found: list[tuple[PanelSpec, list[tuple[int, int | None, bool]]]] = []
    for panel in await Panel.all().order_by("id"):
        rows = await PanelMessage.filter(panel_id=panel.id).order_by("id")
        found.append((await panel.to_spec(), [(row.channel_id, row.message_id, row.missing) for row in rows]))
    return found


async def typed(editor: MessageView, button: str, values: dict[str, Any]) -> MessageView:
    modal = await (await editor.click(button)).modal()
    return await (await modal.submit(values)).message()


async def steps(editor: MessageView, *buttons: str) -> MessageView:
    for button in buttons:
        await redrawn(await editor.click(button))
    return editor


async def test_nothing_is_done_while_the_door_is_shut(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    olivia, sandbox = house.actor("olivia"), house.sandbox
    editor = await create(house, roles=("Red", "Green", "Moderator"))
    await redrawn(await editor.click("Add Moderator anyway"))
    await post(house, editor)
    kept = await create(house, title="Kept", roles=("Red",))
    await post(house, kept, "general")
    terms = await (await olivia.slash("panel edit", panel="Kept")).message()
    await redrawn(await terms.select("Change one role", ["Red"]))
    await redrawn(await terms.click("Rules"))
    form = await (await terms.click("Duration and places")).modal()
    other = await steps(await (await olivia.slash("panel edit", panel="Kept")).message(), "Behaviour")
    await typed(other, "How many roles", {"At most": "3"})
    late = await (await form.submit({"Places": "4"})).message()
    refused = await typed(terms, "Duration and places", {"Places": "none"})
    template = await (await olivia.slash("panel template", template="Colours")).message()
    file = await imported(house, await export(house, panel="Colours"))
    sandbox.ledger.allow(status=404, code=10008)
    messages.delete(sandbox, (await message_in(house, "general")).record)
    clock.shift(timedelta(minutes=1, seconds=1))  # a message is looked at once a minute
    check = await (await olivia.slash("panel check")).message()
    ill = await found_ill(house)

    async def ways() -> list[MessageView]:
        async def fresh(*buttons: str) -> MessageView:
            return await steps(await (await olivia.slash("panel edit", panel="Colours")).message(), *buttons)

        async def chosen(screen: MessageView, *pick: Any) -> MessageView:
            return await (await screen.select(*pick)).message()

        made = await (await olivia.slash("panel create")).modal()
        history = await (await olivia.slash("panel history", panel="Colours")).message()
        await redrawn(await history.select("Look at a version", ["Version 1"]))
        rules = await fresh()
        await redrawn(await rules.select("Change one role", ["Red"]))
        await redrawn(await rules.click("Rules"))
        who = await steps(rules, "Who may")
        channels = await fresh("Post")
        moved = await fresh("Post")
        await redrawn(await moved.select("Move, post again or take down", ["#roles"]))
        elsewhere = await fresh("Post")
        await redrawn(await elsewhere.select("Move, post again or take down", ["#roles"]))
        delete = await (await olivia.slash("panel delete", panel="Colours")).message()
        again = await (await refused.click("Fix it")).modal()
        return [
            await (await made.submit({"Title": "New", "Roles": [sandbox.role("Blue")]})).message(),
            await chosen(await fresh(), "Add roles", [sandbox.role("Blue")]),
            await chosen(await fresh("Behaviour"), "What a click does", ["One at a time"]),
            await typed(await fresh("Behaviour"), "How many roles", {"At most": "2"}),
            await typed(await fresh("Behaviour"), "Linked panels", {"Name of the group": "g"}),
            await typed(await fresh(), "Edit text", {"Title": "Other"}),
            await chosen(await fresh("Appearance"), "Style", ["Dropdown"]),
            await chosen(who, "Roles that a member needs", [sandbox.role("Veteran")]),
            await (await (await fresh()).click("Undo")).message(),
            await (await history.click("Restore this version")).message(),
            await (await again.submit({"Places": "5"})).message(),
            await (await late.click("Apply mine again")).message(),
            await (await olivia.slash("panel clone", panel="Kept")).message(),
            await (await template.click(template.buttons[0].label)).message(),
            await (await file.click("Make the panel")).message(),
            await (await olivia.slash("panel post", panel="Colours", channel=sandbox.channel("general"))).message(),
            await chosen(channels, "Choose a channel", [sandbox.channel("general")]),
            await (await moved.click("Post again")).message(),
            await (await moved.click("Take down")).message(),
            await chosen(elsewhere, "Move to another channel", [sandbox.channel("general")]),
            await (await check.click("Post it again")).message(),
            *[await (await ill.click(label)).message() for label in MENDS],
            await (await delete.click("Delete the panel")).message(),
        ]

    before = await everything()

    async def shut(*_: object) -> None:
        raise UserError(SHUT)

    monkeypatch.setattr(sys.modules["cogs.panels.service.door"], "_judge", shut)
    answers = await ways()
    assert [answer.text for answer in answers if SHUT not in answer.text] == []
    assert await everything() == before


async def found_ill(house: House) -> MessageView:
    """What the check finds on a panel where everything is wrong that it can mend."""
    await create(house, title="Ill", roles=("Red", "Green", "Blue"))
    await at_rest(house, "Taking deleted things off panels")
    panel = await Panel.get(name="Ill")
    rows = PanelRole.filter(panel=panel)
    await rows.filter(label="Red").update(role_id=1)
    await rows.filter(label="Green").update(emoji="<:gone:123456789012345678>", blocked_role_ids=[1])
    await rows.filter(label="Blue").update(role_id=house.sandbox.role("Moderator").id, label_set=True)
    await PanelMessage.create(panel=panel, channel_id=1, message_id=1, rendered_version=panel.version)
    house.sandbox.ledger.allow(status=404, code=10003)
    clock.shift(timedelta(seconds=11))
    screen = await (await house.actor("olivia").slash("panel check", panel="Ill")).message()
    assert {button.label for button in screen.buttons} >= set(MENDS)
    return screen


async def message_in(house: House, channel: str) -> MessageView:
    return next(message for message in house.actor("olivia").in_(channel).sees()[::-1] if message.buttons and not message.ephemeral)

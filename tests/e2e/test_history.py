"""What was changed on a panel can be seen, taken back and restored, in the editor and by command."""

from typing import Any

from domain.panels import Mode, Style
from models import Panel, PanelRole
from sandbox import roles
from sandbox.driver.views import MessageView
from tests.e2e.house import House
from tests.e2e.test_panels import create, post, redrawn, up_to_date


async def in_japanese(house: House, who: str = "olivia") -> None:
    house.actor(who).user.locale = "ja"


async def history(house: House, who: str = "olivia", name: str = "Colours") -> MessageView:
    """The answer to /panel history."""
    return await (await house.actor(who).slash("panel history", panel=name)).message()


async def set_style(editor: MessageView, style: str) -> None:
    await redrawn(await editor.click("Appearance"))
    await redrawn(await editor.select("Style", [style]))
    await redrawn(await editor.click("Back"))


async def test_undo_takes_one_change_after_the_other_back(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    assert editor.button("Undo").disabled
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Blue")]))
    await set_style(editor, "Dropdown")

    text = await redrawn(await editor.click("Undo"))
    assert "The last change was undone:\n• Style: Dropdown → Buttons" in text
    text = await redrawn(await editor.click("Undo"))
    assert f"• Roles removed: <@&{house.sandbox.role('Blue').id}>" in text
    answer = await (await editor.click("Undo")).message()
    assert "There is nothing more to undo." in answer.text

    await up_to_date()
    assert [button.label for button in posted.buttons] == ["Red", "Green"]
    assert (await Panel.get()).style is Style.BUTTONS
    assert [row.kind for row in await house.audit()] == ["panel.create", "panel.post", *["panel.edit"] * 4]


async def test_history_shows_compares_and_restores(house: House) -> None:
    editor = await create(house)
    modal = await (await editor.click("Edit text")).modal()
    await redrawn(await modal.submit({"Title": "Hues", "Description": "New words"}))
    mona = await (await house.actor("mona").slash("panel edit", panel="Hues")).message()
    await redrawn(await mona.select("Add roles", [house.sandbox.role("Blue")]))

    shown = await history(house, name="Hues")
    ids = {who: house.actor(who).user.id for who in ("olivia", "mona")}
    lines = shown.text.splitlines()
    assert [line for line in lines if f"<@{ids['mona']}>" in line and "**3**" in line and "1 role added" in line]
    assert [line for line in lines if f"<@{ids['olivia']}>" in line and "**2**" in line and "Title, Description" in line]

    text = await redrawn(await shown.select("Look at a version", ["Version 1"]))
    assert "What restoring it would change now:\n• Title: “Hues” → “Colours”\n• Description: “New words” → –" in text
    assert f"• Roles removed: <@&{house.sandbox.role('Blue').id}>" in text
    text = await redrawn(await shown.click("Restore this version"))
    assert "Version 1 was restored:" in text
    panel = await Panel.get()
    assert (panel.title, panel.name, panel.description, panel.version) == ("Colours", "Colours", None, 4)
    assert await PanelRole.all().count() == 2


async def test_what_cannot_come_back_is_named_before(house: House) -> None:
    editor = await create(house, roles=("Red", "Green", "Blue"))
    await redrawn(await editor.click("Remove roles"))
    await redrawn(await editor.select("Roles to take off the panel", ["Green", "Blue"]))
    await redrawn(await editor.click("Back"))
    known = house.bot.wait_for("guild_role_delete", timeout=30)
    roles.delete(house.sandbox.world, house.sandbox.guild, house.sandbox.role("Blue"), house.actor("olivia").user.id)
    await known
    text = await redrawn(await editor.click("Undo"))
    assert "Left out:\n• **Blue** no longer exists." in text
    await redrawn(await editor.click("Restore this version"))
    assert {role.label for role in await PanelRole.all()} == {"Red", "Green"}


async def test_an_undo_passes_over_what_was_deleted_for_good(house: House) -> None:
    editor = await create(house, roles=("Red", "Blue"))
    await set_style(editor, "Dropdown")
    await redrawn(await editor.click("Remove roles"))
    await redrawn(await editor.select("Roles to take off the panel", ["Blue"]))
    await redrawn(await editor.click("Back"))
    known = house.bot.wait_for("guild_role_delete", timeout=30)
    roles.delete(house.sandbox.world, house.sandbox.guild, house.sandbox.role("Blue"), house.actor("olivia").user.id)
    await known
    text = await redrawn(await (await history(house)).select("Look at a version", ["Version 2"]))
    assert "Restoring it would change nothing now.\nLeft out:\n• **Blue** no longer exists." in text
    text = await redrawn(await editor.click("Undo"))
    assert "• **Blue** no longer exists." in text
    text = await redrawn(await editor.click("Restore this version"))
    assert "The last change was undone:\n• Style: Dropdown → Buttons" in text
    answer = await (await editor.click("Undo")).message()
    assert "There is nothing more to undo." in answer.text


async def test_a_dangerous_role_comes_back_only_by_an_administrators_confirmation(house: House) -> None:
    editor = await create(house, roles=("Red", "Veteran"))
    await redrawn(await editor.click("Remove roles"))
    await redrawn(await editor.select("Roles to take off the panel", ["Veteran"]))
    known = house.bot.wait_for("guild_role_update", timeout=30)
    roles.edit(
        house.sandbox.world, house.sandbox.guild, house.sandbox.role("Veteran"), {"permissions": 1 << 13}, house.actor("olivia").user.id
    )
    await known
    mona = await history(house, "mona")
    text = await redrawn(await mona.select("Look at a version", ["Version 1"]))
    assert "Only an administrator can put it on a panel" in text
    assert mona.button("Restore this version").disabled

    shown = await history(house)
    text = await redrawn(await shown.select("Look at a version", ["Version 1"]))
    assert "Powerful" in text
    assert "Manage Messages" in text
    roles.edit(
        house.sandbox.world, house.sandbox.guild, house.sandbox.role("Veteran"), {"permissions": 1 << 2}, house.actor("olivia").user.id
    )
    await house.bot.wait_for("guild_role_update", timeout=30)
    text = await redrawn(await shown.click("Restore this version"))
    assert "Ban Members" in text, "what is confirmed must be what was shown"
    await redrawn(await shown.click("Restore this version"))
    role = await PanelRole.get(label="Veteran")
    assert (role.confirmed_permissions, role.confirmed_by) == (1 << 2, house.actor("olivia").user.id)


async def test_who_was_overtaken_is_told_by_whom(house: House) -> None:
    editor = await create(house)
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Blue")]))
    mona = await (await house.actor("mona").slash("panel edit", panel="Colours")).message()
    await set_style(mona, "Dropdown")
    text = await redrawn(await editor.click("Undo"))
    assert "changed in the meantime" in text
    assert f"<@{house.actor('mona').user.id}>" in text
    assert "Style: Buttons → Dropdown" in text
    assert (await Panel.get()).version == 3


async def test_an_undo_says_whose_change_it_took_back(house: House) -> None:
    editor = await create(house)
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Blue")]))
    mona = await (await house.actor("mona").slash("panel edit", panel="Colours")).message()
    await set_style(mona, "Dropdown")
    await redrawn(await editor.click("Refresh"))
    text = await redrawn(await editor.click("Undo"))
    assert text.startswith(f"The last change, by <@{house.actor('mona').user.id}>, was undone:\n• Style: Dropdown → Buttons")
    assert (await redrawn(await editor.click("Undo"))).startswith("The last change was undone:\n• Roles removed:")


async def test_history_in_japanese_and_after_a_restart(house: House) -> None:
    editor = await create(house)
    await set_style(editor, "Dropdown")
    await in_japanese(house)
    shown = await history(house)
    assert "履歴" in shown.text
    await house.restart()
    await redrawn(await shown.select("バージョンを見る", ["バージョン 1"]))
    text = await redrawn(await shown.click("このバージョンを復元"))
    assert "バージョン 1 を復元しました" in text
    assert (await Panel.get()).style is Style.BUTTONS
    assert (await Panel.get()).mode is Mode.TOGGLE


async def two_forms(house: House) -> tuple[MessageView, MessageView]:
    """Olivia's form comes after Mona's; the answer is the editor of Olivia and what she is told."""
    editor = await create(house)
    modal = await (await editor.click("Edit text")).modal()
    mona = await (await house.actor("mona").slash("panel edit", panel="Colours")).message()
    theirs = await (await mona.click("Edit text")).modal()
    await redrawn(await theirs.submit({"Title": "Monas", "Description": "By Mona"}))
    told = await (await modal.submit({"Title": "Olivias"})).message()
    return editor, told


async def test_the_second_form_is_told_who_changed_what_and_saves_nothing(house: House) -> None:
    _, told = await two_forms(house)
    assert f"<@{house.actor('mona').user.id}>" in told.text
    assert "Title: “Colours” → “Monas” · Description: – → “By Mona”" in told.text
    assert (await Panel.get()).title == "Monas"


async def test_the_second_can_apply_again_even_after_a_restart(house: House) -> None:
    _, told = await two_forms(house)
    await house.restart()
    text = await redrawn(await told.click("Apply mine again"))
    assert "Panel: Olivias" in text
    panel = await Panel.get()
    assert (panel.title, panel.description, panel.version) == ("Olivias", None, 3)
    assert [row.payload["after"]["title"] for row in await house.audit("panel.edit")] == ["Monas", "Olivias"]
    again = await (await told.click("Undo")).message()
    assert "Panel: Monas" in again.text


async def test_who_applies_again_is_told_what_happened_since_they_were_told(house: House) -> None:
    _, told = await two_forms(house)
    mona = await (await house.actor("mona").slash("panel edit", panel="Monas")).message()
    theirs = await (await mona.click("Edit text")).modal()
    await redrawn(await theirs.submit({"Description": "By Mona, later"}))
    again = await (await told.click("Apply mine again")).message()
    assert "“By Mona” → “By Mona, later”" in again.text and "Monas”" not in again.text
    assert (await Panel.get()).description == "By Mona, later"
    assert "Panel: Olivias" in await redrawn(await again.click("Apply mine again"))


async def test_the_second_can_look_first(house: House) -> None:
    _, told = await two_forms(house)
    modal = await (await told.click("Open the form again")).modal()
    text = await redrawn(await modal.submit({"Description": "By both"}))
    assert "Panel: Olivias" in text
    assert (await Panel.get()).description == "By both"


async def test_a_refused_form_that_is_mended_overwrites_nothing_either(house: House) -> None:
    editor = await create(house)
    await redrawn(await editor.click("Appearance"))
    modal = await (await editor.click("Colour and pictures")).modal()
    refused = await (await modal.submit({"Colour": "reddish", "Footer": "Olivias"})).message()
    other = await (await house.actor("adam").slash("panel edit", panel="Colours")).message()
    await redrawn(await other.click("Appearance"))
    await redrawn(await (await (await other.click("Colour and pictures")).modal()).submit({"Footer": "Adams"}))
    mended = await (await refused.click("Fix it")).modal()
    told = await (await mended.submit({"Colour": "#FF0000"})).message()
    assert "nothing was saved" in told.text
    assert (await Panel.get()).footer == "Adams"
    again = await (await told.click("Open the form again")).modal()
    assert again.fields["rp:1:field.accent"]["value"] == "#FF0000"
    await redrawn(await again.submit({"Footer": "By both"}))
    assert ((await Panel.get()).footer, (await Panel.get()).accent_colour) == ("By both", 0xFF0000)


async def test_the_second_can_leave_it(house: House) -> None:
    _, told = await two_forms(house)
    text = await redrawn(await told.click("Show the panel as it is now"))
    assert "Panel: Monas" in text


async def test_a_menu_on_an_old_screen_overwrites_nobody(house: House) -> None:
    editor = await create(house)
    await redrawn(await editor.click("Appearance"))
    mona = await (await house.actor("mona").slash("panel edit", panel="Colours")).message()
    await set_style(mona, "Private picker")
    text = await redrawn(await editor.select("Style", ["Dropdown"]))
    assert text.startswith("Somebody else changed this in the meantime, so nothing was saved.")
    assert "Others have changed this panel since you last looked:" in text
    assert f"<@{house.actor('mona').user.id}>" in text
    assert "Style: Buttons → Private picker" in text
    assert (await Panel.get()).style is Style.PICKER
    text = await redrawn(await editor.select("Style", ["Dropdown"]))
    assert "Somebody else" not in text
    assert "Others" not in text
    assert (await Panel.get()).style is Style.DROPDOWN


async def test_of_two_picks_at_the_same_moment_one_is_told(house: House) -> None:
    await create(house)
    screens: list[MessageView] = []
    for who in ("olivia", "mona"):
        screen = await (await house.actor(who).slash("panel edit", panel="Colours")).message()
        await redrawn(await screen.click("Appearance"))
        screens.append(screen)
    clicks = [await screen.select("Style", [style]) for screen, style in zip(screens, ("Dropdown", "Private picker"), strict=True)]
    said = [await redrawn(click) for click in clicks]
    saved = {Style.DROPDOWN: [False, True], Style.PICKER: [True, False]}
    assert ["so nothing was saved" in text for text in said] == saved[(await Panel.get()).style]
    assert (await Panel.get()).version == 2


async def test_what_does_not_collide_is_saved_and_what_others_did_is_told(house: House) -> None:
    editor = await create(house)
    await redrawn(await editor.click("Appearance"))
    mona = await (await house.actor("mona").slash("panel edit", panel="Colours")).message()
    await redrawn(await mona.select("Add roles", [house.sandbox.role("Blue")]))
    text = await redrawn(await editor.select("Style", ["Dropdown"]))
    assert text.startswith("Others have changed this panel since you last looked:")
    assert f"Roles added: <@&{house.sandbox.role('Blue').id}>" in text
    assert (await Panel.get()).style is Style.DROPDOWN


async def test_rules_of_an_old_screen_overwrite_nobody(house: House) -> None:
    """One menu each: of the panel, of a role, what a role brings along, and what a click does."""
    await create(house)
    ways = (
        (("Behaviour",), "panels.mode", ("Take only",), ("One at a time",)),
        (("Behaviour", "Who may"), "panels.required", ("Veteran",), ("Chess",)),
        (("Behaviour", "Who may"), "panels.blocked", ("Music",), ("Films",)),
        (("Rules", "Who may"), "panels.required", ("Reading",), ("Cooking",)),
        (("Rules",), "panels.bundle", ("Events",), ("Polls",)),
    )
    for path, menu, first, second in ways:
        seen: list[tuple[MessageView, str, list[Any]]] = []
        for who, values in (("mona", first), ("olivia", second)):
            screen = await (await house.actor(who).slash("panel edit", panel="Colours")).message()
            if path[0] == "Rules":
                await redrawn(await screen.select("Change one role", ["Red"]))
            for label in path:
                await redrawn(await screen.click(label))
            select = next(select for select in screen.selects if f":{menu}:" in select.custom_id)
            picked = list(values) if menu == "panels.mode" else [house.sandbox.role(name) for name in values]
            seen.append((screen, select.custom_id, picked))
        for number, (screen, custom_id, picked) in enumerate(seen):
            text = await redrawn(await screen.select(custom_id, picked))
            assert ("so nothing was saved" in text) is bool(number), (menu, text)
    panel = await Panel.get().prefetch_related("roles")
    red = next(role for role in panel.roles if role.label == "Red")
    held = (panel.required_role_ids, panel.blocked_role_ids, red.required_role_ids, red.bundle_role_ids)
    assert held == tuple([house.sandbox.role(name).id] for name in ("Veteran", "Music", "Reading", "Events"))
    assert panel.mode is Mode.ADD_ONLY


async def test_a_panel_that_others_changed_is_asked_about_again_before_it_is_deleted(house: House) -> None:
    editor = await create(house)
    await redrawn(await editor.click("Delete"))
    mona = await (await house.actor("mona").slash("panel edit", panel="Colours")).message()
    await set_style(mona, "Dropdown")
    text = await redrawn(await editor.click("Delete the panel"))
    assert f"<@{house.actor('mona').user.id}>" in text
    assert "Delete this panel and its messages?" in text
    assert await Panel.exists()
    assert "was deleted" in await redrawn(await editor.click("Delete the panel"))
    assert not await Panel.exists()

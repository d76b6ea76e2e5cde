"""Panels as copies, files and templates: shown first, then made as shown, or not at all."""

import asyncio
import sys
import tomllib
from datetime import timedelta
from typing import Any

import pytest

from domain import clock
from domain.panel_file import PANELS_MAX
from models import AuditEntry, AuditState, Draft, Panel, PanelRole
from sandbox import roles
from sandbox.driver import ClientRefusal
from sandbox.driver.views import MessageView
from sandbox.faults import Fault
from sandbox.world import Role
from tests.changes import until_none
from tests.e2e.house import House
from tests.e2e.test_editor import AtTheThird
from tests.e2e.test_panels import create, redrawn


async def export(house: House, **options: str) -> bytes:
    """The file that /panel export sends."""
    answer = await (await house.actor("olivia").slash("panel export", **options)).message()
    (attachment,) = answer.attachments
    return house.sandbox.world.files[int(attachment["id"])].content


async def imported(house: House, content: bytes, who: str = "olivia") -> MessageView:
    """The answer to /panel import."""
    return await (await house.actor(who).slash("panel import", file=("panels.toml", content))).message()


async def template(house: House, name: str, who: str = "olivia") -> MessageView:
    """The answer to /panel template."""
    return await (await house.actor(who).slash("panel template", template=name)).message()


async def delete_role(house: House, name: str) -> None:
    known = house.bot.wait_for("guild_role_delete", timeout=30)
    roles.delete(house.sandbox.world, house.sandbox.guild, house.sandbox.role(name), house.actor("olivia").user.id)
    await known


def panel_file(*role_lines: str, head: str = "format = 1") -> bytes:
    items = "".join(f"[[panel.role]]\n{line}\n" for line in role_lines)
    return f'{head}\n[[panel]]\ntitle = "From a file"\n{items}'.encode()


async def role_names() -> list[str]:
    return [role.label for role in await PanelRole.filter(panel__title="From a file").order_by("position")]


async def test_only_files_of_panels_are_offered_for_the_import(house: House) -> None:
    with pytest.raises(ClientRefusal, match=r"only \.toml"):
        await house.actor("olivia").slash("panel import", file=("panels.json", b"{}"))


async def test_an_exported_panel_is_readable_and_comes_back_the_same(house: House) -> None:
    editor = await create(house, Description="Two\nlines")
    await redrawn(await editor.select("Change one role", ["Red"]))
    modal = await (await editor.click("Edit")).modal()
    await redrawn(await modal.submit({"Label": "Rouge", "Emoji": ":party_parrot:", "Description": "Warm", "Colour of the button": "Red"}))
    content = await export(house, panel="Colours")
    text = content.decode()
    red = house.sandbox.role("Red")
    assert text.startswith("# Role panels of Sandbox Square.")
    assert f'role = "Red"\nid = {red.id}\n' in text
    before = await (await Panel.get()).to_spec()

    shown = await imported(house, content)
    assert "**Colours** · Buttons · 2 roles · gets a number, because the name is taken" in shown.text
    assert await Panel.all().count() == 1
    text = await redrawn(await shown.click("Make the panel"))
    assert "Panel: Colours 2" in text
    assert tomllib.loads((await export(house, panel="Colours 2")).decode())["panel"] == [
        tomllib.loads(content.decode())["panel"][0] | {"name": "Colours 2"}
    ]
    assert await (await Panel.get(name="Colours")).to_spec() == before
    assert not await Draft.exists()


async def test_one_export_of_a_server_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await create(house)
    transfer, begun, go_on = sys.modules["cogs.panels.transfer.handlers"], asyncio.Event(), asyncio.Event()  # the module that runs now
    write = transfer.exported

    async def slow(*arguments: Any) -> bytes:
        begun.set()
        await go_on.wait()
        return await write(*arguments)

    monkeypatch.setattr(transfer, "exported", slow)
    first = await house.actor("olivia").slash("panel export")
    await begun.wait()
    second = await (await house.actor("olivia").slash("panel export", panel="Colours")).message()
    assert second.text == "An export of this server is being made already. Please wait until it is there." and not second.attachments
    go_on.set()
    assert (await first.message()).attachments
    nothing = await (await house.actor("olivia").slash("panel export", panel="No such panel")).message()
    assert "There is no panel named" in nothing.text
    assert tomllib.loads((await export(house)).decode())["panel"]


async def test_all_panels_at_once(house: House) -> None:
    await create(house)
    await create(house, title="Other", roles=("Blue",))
    shown = await imported(house, await export(house))
    answer = await (await shown.click("Make 2 panels")).message()
    assert answer.text == "These panels were made: Colours 2, Other 2. `/panel edit` opens them."
    assert await Panel.all().count() == 4
    assert [row.kind for row in await house.audit()] == ["panel.create"] * 4


async def test_roles_are_found_by_id_then_by_name_and_the_rest_can_be_made(house: House) -> None:
    red = house.sandbox.role("Red")
    lines = (
        f'role = "Other name"\nid = {red.id}',
        'role = "Green"\nid = 123456789012345678',
        'role = "Brand new"\nrole_colour = "#ff0000"',
    )
    shown = await imported(house, panel_file(*lines))
    assert "There is no role named **Brand new** here." in shown.text
    assert "Roles that do not exist here: Brand new" in shown.text
    await redrawn(await shown.click("Make 1 role and the panel"))
    assert await role_names() == ["Red", "Green", "Brand new"]  # nobody set a label, so it is the name that the role has here
    new = house.sandbox.role("Brand new")
    assert (new.color, new.permissions) == (0xFF0000, 0)
    assert {role.role_id for role in await PanelRole.all()} == {red.id, house.sandbox.role("Green").id, new.id}
    assert (await AuditEntry.get()).payload["after"]["roles_made"] == "Brand new"


async def test_without_the_missing_roles(house: House) -> None:
    shown = await imported(house, panel_file('role = "Red"', 'role = "Brand new"'))
    await redrawn(await shown.click("Make the panel without them"))
    assert await role_names() == ["Red"]


async def test_when_one_role_cannot_be_made_nothing_is(house: House) -> None:
    before = set(house.sandbox.guild.roles)
    shown = await imported(house, panel_file('role = "First"', 'role = "Second"'))
    for number in range(250 - len(before) - 1):
        roles.create(
            house.sandbox.world, house.sandbox.guild, Role(house.sandbox.world.new_id(), house.sandbox.guild.id, f"{number}", 1), 0
        )
    before = set(house.sandbox.guild.roles)
    house.accepted.append("/roles → 400")
    answer = await (await shown.click("Make 2 roles and the panel")).message()
    assert "did not make the role **Second**" in answer.text
    assert set(house.sandbox.guild.roles) == before
    assert not await Panel.exists()


async def test_when_discord_limits_new_roles_nothing_is_left(house: House) -> None:
    before = set(house.sandbox.guild.roles)
    shown = await imported(house, panel_file('role = "First"', 'role = "Second"'))
    fault = house.sandbox.faults.add(Fault("status", "POST", "/guilds/*/roles", status=429, retry_after=3600, count=1))
    answer = await (await shown.click("Make 2 roles and the panel")).message()
    assert answer.text == "Discord limits how many roles may be made right now, so nothing was made. Please try again later."
    assert (set(house.sandbox.guild.roles), await Panel.exists(), fault.hits) == (before, False, 1)


async def test_roles_that_stay_behind_are_told_and_recorded(house: House) -> None:
    shown = await imported(house, panel_file('role = "First"', 'role = "Second"', 'role = "Third"'))
    house.sandbox.ledger.allow(status=403, code=50013)
    house.sandbox.faults.add(AtTheThird("status", "POST", "/guilds/*/roles", status=403, code=50013))
    house.sandbox.faults.add(Fault("status", "DELETE", "/guilds/*/roles/*", status=403, code=50013))
    text = (await (await shown.click("Make 3 roles and the panel")).message()).text
    left = [house.sandbox.role(name).id for name in ("First", "Second")]
    assert text.startswith("The panel was not made, and these roles, which were made for it, could not be taken back:")
    assert all(f"<@&{role_id}>" in text for role_id in left)
    assert not await Panel.exists()
    (row,) = await house.audit()
    assert (row.kind, row.payload["roles_left"]) == ("panel.roles_left", left)


async def test_a_lost_answer_makes_no_second_role(house: House) -> None:
    shown = await imported(house, panel_file('role = "Brand new"'))
    fault = house.sandbox.faults.add(Fault("drop_after", "POST", "/guilds/*/roles", count=1))
    assert "The panel was created." in await redrawn(await shown.click("Make 1 role and the panel"))
    assert (fault.hits, [role.name for role in house.sandbox.guild.roles.values()].count("Brand new")) == (1, 1)


@pytest.mark.parametrize("age", [timedelta(minutes=1), timedelta(hours=1)])
async def test_roles_of_an_interrupted_import_are_taken_back_or_named(house: House, age: timedelta) -> None:
    guild = house.sandbox.guild
    await house.stop()
    new = Role(house.sandbox.world.new_id(), guild.id, "Orphan", 1, 0)
    roles.create(house.sandbox.world, guild, new, guild.owner_id)
    await AuditEntry.create(
        guild_id=guild.id,
        kind="panel.roles_left",
        actor_id=house.actor("olivia").user.id,
        payload={"role_names": {str(new.id): "Orphan"}},
        state=AuditState.SENT,
        created_at=clock.now() - age,
    )
    await house.start()
    await until_none(AuditEntry.filter(state=AuditState.SENT))
    left = [row.payload["roles_left"] for row in await AuditEntry.all()]
    young = age < timedelta(minutes=10)
    assert (new.id in guild.roles, left) == ((False, []) if young else (True, [[new.id]]))


async def test_a_full_server_is_told_before_anything_is_made(house: House) -> None:
    shown = await imported(house, panel_file('role = "Red"', 'role = "Brand new"'))
    now = clock.now()
    await Panel.bulk_create(
        Panel(guild_id=house.sandbox.guild.id, name=f"p{number}", title="x", created_at=now, updated_at=now) for number in range(PANELS_MAX)
    )
    sentence = "A server can have at most 200 panels."
    assert (await (await shown.click("Make 1 role and the panel")).message()).text.startswith(sentence)
    assert not [exchange for exchange in house.sandbox.traffic if exchange.method == "POST" and exchange.path.endswith("/roles")]
    assert (await template(house, "Rules")).text.startswith(sentence)
    await Panel.filter(name="p0").delete()
    await redrawn(await shown.click("Make 1 role and the panel"))


async def test_of_many_proposals_the_oldest_go(house: House) -> None:
    other = await imported(house, panel_file('role = "Red"'), "mona")
    first, *_, last = [await imported(house, panel_file('role = "Red"')) for _ in range(6)]
    assert await Draft.filter(user_id=house.actor("olivia").user.id).count() == 5
    answer = await (await first.click("Make the panel")).message()
    assert answer.text == "This was made or cancelled before, or it is no longer kept. Use the command again to see it anew."
    for shown in (last, other):
        assert "The panel was created." in await redrawn(await shown.click("Make the panel"))


async def test_what_is_pressed_twice_is_made_once(house: House) -> None:
    shown = await imported(house, panel_file('role = "Red"', 'role = "Brand new"'))
    button = shown.button("Make 1 role and the panel")
    answers = [await (await result).message() for result in [shown.click(button), shown.click(button)]]
    assert "The panel was created." in answers[0].text
    assert answers[1].text.startswith("This was made or cancelled before")
    assert await Panel.all().count() == 1
    assert [role.name for role in house.sandbox.guild.roles.values()].count("Brand new") == 1


async def test_nobody_imports_what_they_could_not_put_on_a_panel(house: House) -> None:
    content = panel_file(*(f'role = "{name}"' for name in ("Red", "Moderator", "Admin", "Role Bot")))
    mona = await imported(house, content, "mona")
    assert "is not below your own highest role" in mona.text
    await redrawn(await mona.click("Make the panel"))
    assert await role_names() == ["Red"]

    olivia = await imported(house, content)
    assert "Powerful: whoever takes one of these roles gets its permissions" in olivia.text
    await redrawn(await olivia.click("Make the panel"))
    moderator = await PanelRole.get(label="Moderator")
    assert moderator.confirmed_by == house.actor("olivia").user.id
    assert moderator.confirmed_permissions


async def test_what_changed_since_it_was_shown_is_shown_again(house: House) -> None:
    shown = await imported(house, panel_file('role = "Red"', 'role = "Green"'))
    await delete_role(house, "Green")
    text = await redrawn(await shown.click("Make the panel"))
    assert "Please look again" in text
    assert "There is no role named **Green** here." in text
    assert not await Panel.exists()
    await house.restart()
    await redrawn(await shown.click("Make the panel without them"))
    assert await role_names() == ["Red"]


async def test_a_needed_role_that_is_missing_keeps_the_panel_shut(house: House) -> None:
    content = panel_file('role = "Red"\nrequired_roles = [{ role = "Adult" }]')
    shown = await imported(house, content)
    assert "Members need the role **Adult** for this" in shown.text
    assert shown.button("Make the panel without them").disabled
    await redrawn(await shown.click("Make 1 role and the panel"))
    assert (await PanelRole.get()).required_role_ids == [house.sandbox.role("Adult").id]


async def test_emojis_of_other_servers_are_left_out_or_found_by_name(house: House) -> None:
    lines = ('role = "Red"\nemoji = "<:sparkles_sq:123456789012345679>"', 'role = "Blue"\nemoji = "<a:elsewhere:123456789012345678>"')
    shown = await imported(house, panel_file(*lines))
    assert "Emojis that the bot cannot use here, so they are left out: elsewhere" in shown.text
    await redrawn(await shown.click("Make the panel"))
    emojis = [role.emoji for role in await PanelRole.all().order_by("position")]
    assert emojis[0] and emojis[0].startswith("<:sparkles_sq:")
    assert emojis[1] is None


BAD_FILES = [
    (b"\xff\xfe\x00", "This is not a text file in UTF-8."),
    (b"format = ", "This is not a TOML file that can be read"),
    (b"a = " + b"[" * 5000, "nested far more deeply"),
    (b'title = "x"', "This is not a file of role panels"),
    (b"format = 2", "another version"),
    (b"format = 1", "There is no panel in this file."),
    (panel_file(head="format = 1\nsurprise = 1"), "does not know: `surprise`"),
    (panel_file('role = "Red"\nlabel = " "'), "`panel[1].role[1].label` must not be empty"),
    (panel_file(f'role = "Red"\nlabel = "{"x" * 81}"'), "at most 80 characters, and it has 81"),
    (b'format = 1\n[[panel]]\ntitle = "x"\nimage = "https://localhost/a.png"', "`panel[1].image` is not an address of a picture"),
    (b'format = 1\n[[panel]]\ntitle = "x"\nthumbnail = "http://example.org/a.png"', "`panel[1].thumbnail` must be an address"),
    (panel_file('role = "Red"\nemoji = "nonsense"'), "`panel[1].role[1].emoji` is not an emoji"),
    (b"#" + b"x" * 256 * 1024, "at most 256 KiB, and it has 257"),
]


async def test_a_bad_file_gets_one_clear_sentence(house: House) -> None:
    for content, sentence in BAD_FILES:
        answer = await imported(house, content)
        assert sentence in answer.text
        assert "\n" not in answer.text
        assert not answer.buttons
    assert not await Draft.exists()


async def test_a_file_that_is_too_large_is_not_even_fetched(house: House) -> None:
    await imported(house, b"#" * (256 * 1024 + 1))
    assert not [exchange for exchange in house.sandbox.traffic if "/attachments/" in exchange.path]


async def test_a_copy_has_everything_and_opens_in_the_editor(house: House) -> None:
    await create(house, roles=("Red", "Green"))
    copy = await (await house.actor("olivia").slash("panel clone", panel="Colours", title="Hues")).message()
    assert "The panel was copied." in copy.text
    assert "Panel: Hues" in copy.text
    again = await (await house.actor("olivia").slash("panel clone", panel="Colours")).message()
    assert "Panel: Colours 2" in again.text
    assert await PanelRole.all().count() == 6


async def test_a_copy_with_a_long_title_that_is_shown_first(house: House) -> None:
    """The proposal waits in a draft, which has to be read again."""
    await create(house, roles=("Red", "Moderator"))
    shown = await imported(house, panel_file('role = "Red"', 'role = "Moderator"'))
    await redrawn(await shown.click("Make the panel"))
    mona = await (await house.actor("mona").slash("panel clone", panel="From a file", title="T" * 150)).message()
    await redrawn(await mona.click("Make the panel"))
    assert await Panel.exists(title="T" * 150, name="T" * 100)


async def test_a_copy_by_who_may_less_is_shown_first(house: House) -> None:
    await create(house, roles=("Red", "Moderator"))
    shown = await imported(house, panel_file('role = "Red"', 'role = "Moderator"'))
    await redrawn(await shown.click("Make the panel"))
    mona = await (await house.actor("mona").slash("panel clone", panel="From a file")).message()
    assert "is not below your own highest role" in mona.text
    await redrawn(await mona.click("Make the panel"))
    copy = await Panel.get(name="From a file 2").prefetch_related("roles")
    assert [role.label for role in copy.roles] == ["Red"]


async def test_every_template_makes_its_roles_and_its_panel(house: House) -> None:
    for name, count in (("Colours", 8), ("Pronouns", 5), ("Regions", 5), ("Notifications", 5), ("Rules", 1)):
        shown = await template(house, name)
        button = next(button for button in shown.buttons if button.label.startswith("Make"))
        text = await redrawn(await shown.click(button))
        assert f"Panel: {name}" in text
        assert "⚠️" not in text
        assert await PanelRole.filter(panel__name=name).count() == count
        preview = await (await shown.click("Preview")).message()
        assert preview.text.startswith(name)
    assert house.sandbox.role("Brown").color == 0x8B5A2B


async def test_a_cancelled_template_leaves_nothing(house: House) -> None:
    shown = await template(house, "Pronouns")
    answer = await (await shown.click("Cancel")).message()
    assert answer.text == "Nothing was made."
    assert not answer.buttons
    assert not await Draft.exists()
    assert not await Panel.exists()


async def test_a_template_in_japanese(house: House) -> None:
    house.actor("olivia").user.locale = "ja"
    answer: Any = await (await house.actor("olivia").slash("panel template", template="カラー")).message()
    assert "作成されるもの" in answer.text

"""The first five minutes in a browser: an admin makes a panel, a member takes a role, the audit channel tells of it."""

from playwright.async_api import expect

from tests.e2e.house import House
from tests.page.conftest import OpenWindow
from tests.page.steps import make_panel, post_panel


async def test_from_the_command_to_the_audit_entry(house: House, open_window: OpenWindow) -> None:
    admin = await open_window(house.sandbox, "adam")
    await admin.look_at("general")
    await admin.slash("config audit-channel", channel="audit-log")
    await expect(admin.last).to_contain_text("audit-log")
    await expect(admin.last).to_contain_text("Adam used /config audit-channel")
    await make_panel(admin, "Colours", ("Red", "Green", "Blue"), picture="modal")
    await admin.shot("editor")
    await post_panel(admin, "roles")

    await admin.act_as("Alice")
    await admin.look_at("roles")
    await admin.last.get_by_role("button", name="Red").click()
    answer = admin.last
    await expect(answer).to_contain_text("Only you can see this")
    await expect(answer).to_contain_text("Added")
    assert house.actor("alice").role_names() == ["Red"]
    await admin.shot("member")

    await admin.act_as("Adam")
    await admin.look_at("audit-log")
    await expect(admin.last.locator(".embed").last).to_contain_text("Alice", timeout=20_000)  # what follows the first entry is gathered
    await admin.shot("audit")


async def test_the_same_in_japanese_and_light(house: House, open_window: OpenWindow) -> None:
    olivia = await open_window(house.sandbox, "olivia", "light")
    await olivia.look_at("general")
    await make_panel(olivia, "Colours", ("Red", "Blue"))
    await post_panel(olivia, "roles")

    yuki = await open_window(house.sandbox, "yuki", "light")
    await yuki.look_at("roles")
    await yuki.last.get_by_role("button", name="Blue").click()
    await expect(yuki.last).to_contain_text("これらはあなただけに表示されています")
    assert "Blue" in house.actor("yuki").role_names()
    await yuki.shot("japanese")


async def test_commands_in_the_language_of_who_acts(house: House, open_window: OpenWindow) -> None:
    house.actor("adam").user.locale = "ja"
    adam = await open_window(house.sandbox, "adam")
    await adam.composer.fill("/パネル 作成")
    await expect(adam.page.locator(".suggestions .option").first).to_contain_text("/パネル 作成")
    await adam.shot("japanese-commands")
    await adam.page.keyboard.press("Enter")
    await adam.page.keyboard.press("Enter")
    await expect(adam.modal.get_by_role("button", name="送信")).to_be_visible()


async def test_a_narrow_window(house: House, open_window: OpenWindow) -> None:
    phone = await open_window(house.sandbox, "olivia", size=(390, 844))
    await phone.look_at("general")
    await make_panel(phone, "Hobbies", ("Chess", "Cooking", "Music"))
    await phone.shot("narrow-editor")
    await phone.page.get_by_role("button", name="Channels").click()
    await phone.shot("narrow-channels")
    await phone.page.keyboard.press("Escape")
    await phone.page.get_by_role("button", name="Members").click()
    await phone.shot("narrow-members")


async def test_two_windows_see_each_other(house: House, open_window: OpenWindow) -> None:
    alice = await open_window(house.sandbox, "alice")
    bob = await open_window(house.sandbox, "bob", "light")
    await alice.composer.fill("Hello **Bob** <b>not bold</b>")
    await alice.page.keyboard.press("Enter")
    await expect(bob.last).to_contain_text("Hello Bob <b>not bold</b>")
    await expect(bob.last.locator("strong")).to_have_text("Bob")

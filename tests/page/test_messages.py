"""How messages look: markdown, embeds, components, and that no text can become markup. No bot is needed."""

from typing import Any

from playwright.async_api import expect

from sandbox import messages
from sandbox.interactions.record import FIRST_ANSWER
from sandbox.seed import seed
from sandbox.server import Sandbox
from tests.page.client import Client
from tests.page.conftest import OpenWindow
from tests.page.stand_in import StandIn

V2 = 1 << 15
RENDERED = [
    ("**bold** *em* _em_ __under__ ~~gone~~", "<strong>bold</strong> <em>em</em> <em>em</em> <u>under</u> <s>gone</s>"),
    ("***both***", "<strong><em>both</em></strong>"),
    ("snake_case_name and 2*3*4", "snake_case_name and 2<em>3</em>4"),
    (r"\*not\* \_this\_", "*not* _this_"),
    ("`a **b**` ``c`d``", "<code>a **b**</code> <code>c`d</code>"),
    ("# One\n## Two\n### Three\n-# small", "<h1>One</h1><h2>Two</h2><h3>Three</h3><div>small</div>"),
    ("#no header", "#no header"),
    ("> quoted\n> more\nafter", "<blockquote><div>quoted\nmore</div></blockquote><div>after</div>"),
    (">>> all\nof it", "<blockquote><div>all\nof it</div></blockquote>"),
    ("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
    ("3. a\n4. b", "<ol><li>a</li><li>b</li></ol>"),
    ("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
    ("```py\nx = 1\n```", "<pre><code>x = 1</code></pre>"),
    ("see ```x``` there", "<div>see </div><pre><code>x</code></pre><div> there</div>"),
    ("[text](https://example.com/a_b)", '<a href="https://example.com/a_b">text</a>'),
    ("https://example.com/x.", '<a href="https://example.com/x">https://example.com/x</a>.'),
    ("<https://example.com>", '<a href="https://example.com">https://example.com</a>'),
    ("[https://bank.example](https://evil.example)", "[https://bank.example](https://evil.example)"),
    ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
    ("<b>&amp;</b><img src=x onerror=alert(1)>", "&lt;b&gt;&amp;amp;&lt;/b&gt;&lt;img src=x onerror=alert(1)&gt;"),
    ("5 < 6 @here <@0> <t:abc>", "5 &lt; 6 <span>@here</span> <span>@Unknown user</span> &lt;t:abc&gt;"),
]
BARE = """(text) => import("/static/js/rich.js").then(({ rich }) => {
  const root = rich(text);
  for (const one of root.querySelectorAll("*")) {
    for (const { name } of [...one.attributes]) if (name !== "href") one.removeAttribute(name);
  }
  return root.innerHTML;
})"""


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    """An action row."""
    return {"type": 1, "components": list(parts)}


def button(label: str, style: int = 2, **more: Any) -> dict[str, Any]:
    """A button that carries its label as custom_id."""
    return {"type": 2, "style": style, "label": label, "custom_id": label, **more}


async def test_markdown(alice: Client) -> None:
    wrong = []
    for text, expected in RENDERED:
        got = await alice.page.evaluate(BARE, text)
        if "<div>" not in expected:
            got = got.removeprefix("<div>").removesuffix("</div>")
        if got != expected:
            wrong.append(f"{text!r}\n  is    {got}\n  wants {expected}")
    assert not wrong, "\n".join(wrong)


async def test_markup_in_names_stays_text(sandbox: Sandbox, open_window: OpenWindow) -> None:
    evil = "<img src=x onerror=alert(1)>"
    guild = sandbox.guild
    guild.name = sandbox.role("Veteran").name = sandbox.channel("general").topic = evil
    sandbox.channel("welcome").name = "<script>alert(1)</script>"
    sandbox.actor("bob").member.nick = evil
    await sandbox.actor("bob").say(evil)
    client = await open_window(sandbox, "alice")
    await client.look_at("general")
    await expect(client.last.locator(".author")).to_have_text(evil)
    await expect(client.last.locator(".text")).to_have_text(evil)
    assert await client.page.locator("img, body script").count() == 0


async def test_mentions_and_times(sandbox: Sandbox, alice: Client) -> None:
    role, channel, emoji = sandbox.role("Red"), sandbox.channel("roles"), next(iter(sandbox.guild.emojis.values()))
    bob = sandbox.actor("bob").user
    soon = int(sandbox.clock.now()) + 7200
    await sandbox.actor("mona").say(f"<@{bob.id}> <@&{role.id}> <#{channel.id}> <t:{soon}:R> <:{emoji.name}:{emoji.id}>")
    text = alice.last.locator(".text")
    await expect(text).to_contain_text("@Bob @Red #roles in 2 hours")
    await expect(text.get_by_role("img", name=f":{emoji.name}:")).to_be_visible()
    await text.get_by_role("button", name="#roles").click()
    await expect(alice.page.locator(".chat-head h1")).to_have_text("roles")


async def test_every_component(bot: StandIn, alice: Client) -> None:
    embed = {
        "title": "Pick your colours", "description": "Press a button to take a **role**.", "color": 0x5865F2,
        "fields": [{"name": name, "value": "`value`", "inline": True} for name in ("One", "Two", "Three")], "footer": {"text": "Role Bot"},
    }  # fmt: skip
    buttons = [button(label, style) for style, label in enumerate(("Blue", "Grey", "Green", "Red"), 1)]
    link = {"type": 2, "style": 5, "label": "Docs", "url": "https://example.com"}
    choices = [{"label": f"Choice {n}", "value": str(n), "description": "about it", "emoji": {"name": "🎨"}} for n in range(9)]
    select = {"type": 3, "custom_id": "s", "placeholder": "Pick some", "max_values": 3, "options": choices}
    bot.post({"embeds": [embed], "components": [row(*buttons, link), row(select), row({"type": 6, "custom_id": "r"})]})
    layout = [
        {"type": 10, "content": "### Components V2"},
        {"type": 14},
        {"type": 9, "components": [{"type": 10, "content": "A section"}], "accessory": button("Press")},
        {"type": 12, "items": [{"media": {"url": f"https://example.com/{n}.png"}, "spoiler": n == 1} for n in range(2)]},
        row(button("Fine", 3)),
    ]
    bot.post({"flags": V2, "components": [{"type": 17, "accent_color": 0x2ECC71, "components": layout}]})
    await expect(alice.last.get_by_role("button", name="Fine")).to_be_visible()
    await expect(alice.messages.nth(-2).get_by_role("link", name="Docs")).to_have_attribute("href", "https://example.com")
    await alice.messages.nth(-2).get_by_role("button", name="Pick some").click()
    await expect(alice.page.locator(".popup .option")).to_have_count(9)
    await alice.page.locator(".popup .search input").fill("choice 4")
    await expect(alice.page.locator(".popup .option")).to_have_count(1)
    await alice.shot("components")


async def test_nobody_answers_a_click(sandbox: Sandbox, bot: StandIn, alice: Client) -> None:
    bot.post({"content": "Click me", "components": [row(button("Red", 4))]})
    red = alice.last.get_by_role("button", name="Red")
    await red.click()
    await expect(red).to_have_attribute("aria-busy", "true")
    sandbox.clock.advance(FIRST_ANSWER + 0.1)
    await expect(alice.last).to_contain_text("This interaction failed")
    await expect(red).not_to_have_attribute("aria-busy", "true")
    await expect(red).to_be_focused()


async def test_focus_stays_where_it_is(sandbox: Sandbox, bot: StandIn, alice: Client) -> None:
    message = bot.post({"content": "Choose", "components": [row(button("Red"), button("Blue"))]})
    await alice.last.get_by_role("button", name="Blue").focus()
    messages.edit(sandbox, message, {"content": "Choose now"}, [])
    await expect(alice.last).to_contain_text("Choose now")
    await expect(alice.last.get_by_role("button", name="Blue")).to_be_focused()


async def test_direct_messages_with_a_bot(bot: StandIn, alice: Client) -> None:
    await alice.page.get_by_role("button", name="Direct messages").click()
    await alice.page.locator(".channels .channel", has_text="Role Bot").click()
    await alice.composer.fill("cogs")
    await alice.page.keyboard.press("Enter")
    await expect(alice.last.locator(".text")).to_have_text("cogs")
    channel = bot.sandbox.world.dm_between(bot.sandbox.actor("alice").user.id, bot.application.bot_id)
    assert [message.content for message in bot.sandbox.world.messages[channel.id].values()] == ["cogs"]


async def test_the_page_comes_back_by_itself(open_window: OpenWindow) -> None:
    world = seed()
    sandbox = Sandbox(world)
    await sandbox.start()
    alice = await open_window(sandbox, "alice")
    port = int(sandbox.url.rpartition(":")[2])
    await sandbox.stop()
    await expect(alice.page.locator(".offline")).to_be_visible()
    await expect(alice.page.locator(".offline")).to_contain_text("does not answer")
    again = Sandbox(world)
    await again.start(port=port)
    await expect(alice.page.locator(".offline")).to_be_hidden()
    await again.actor("bob").say("Back again")
    await alice.look_at("general")
    await expect(alice.last).to_contain_text("Back again")
    await again.stop()
    alice.complaints.clear()  # the browser complains of every attempt while nobody listened


async def test_what_comes_is_said_to_a_screen_reader(sandbox: Sandbox, alice: Client) -> None:
    await sandbox.actor("bob").say("first")
    await expect(alice.last).to_contain_text("first")
    await sandbox.actor("bob").say("**second**")
    await expect(alice.page.locator("#heard")).to_have_text("Bob: second")

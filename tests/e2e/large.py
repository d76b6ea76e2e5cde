"""The largest that a server may store and send, and every operation that grows with it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from tortoise.connection import get_connection
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from cogs.panels.service import revisions
from domain import clock
from domain.custom_id import encode
from domain.events import AuditWritten
from domain.panels import DESCRIPTION_MAX, LABEL_MAX, OPTION_DESCRIPTION_MAX, ROLES_MAX, RULE_ROLES_MAX, PanelSpec, RoleSpec
from models import AuditEntry, Panel, PanelMessage, PanelRole, RoleGrant
from sandbox import messages as sandbox_messages
from sandbox import roles as sandbox_roles
from sandbox.driver.views import MessageView
from sandbox.interactions.record import Kind
from sandbox.traffic import Exchange
from sandbox.world import Role
from tests.e2e.house import House

PANELS, GROUP_PANELS = 200, 25
BIG = "Big"

Act = Callable[[], Awaitable[object]]
Prepare = Callable[[House], Awaitable[Act]]
OPERATIONS: dict[str, Prepare] = {}
SAMPLE: list[str] = []  # those that every run of the tests takes


def operation(*, sample: bool = False) -> Callable[[Prepare], Prepare]:
    """Something that happens in a large server. The function prepares it, the bot included, and gives what is to be measured."""

    def register(prepare: Prepare) -> Prepare:
        OPERATIONS[prepare.__name__] = prepare
        if sample:
            SAMPLE.append(prepare.__name__)
        return prepare

    return register


def add_roles(house: House, *, above_bot: bool = False) -> list[int]:
    """As many roles as a panel may hold, with names as long as Discord takes; before the bot is started."""
    guild, world = house.sandbox.guild, house.sandbox.world
    for role in guild.roles.values():
        if not above_bot and role.name in ("Moderator", "Role Bot", "Admin"):
            role.position += ROLES_MAX
    highest = max(role.position for role in guild.roles.values() if above_bot or role.position < ROLES_MAX)
    ids = []
    for number in range(ROLES_MAX):
        role = Role(world.new_id(), guild.id, f"{number} ".ljust(100, "長"), highest + 1 + number, 0, 0x123456)
        guild.roles[role.id] = role
        ids.append(role.id)
    return ids


async def add_panels(
    house: House, role_ids: list[int], count: int = PANELS, group: str | None = None, each: int = ROLES_MAX, first: int = 1
) -> None:
    """Panels "Panel 1" and so on, or from the `first` on, with `each` roles."""
    db = get_connection("default")
    await db.execute_query(
        """
        INSERT INTO panel (guild_id, name, title, style, mode, buttons_per_row, required_role_ids, required_all, blocked_role_ids,
            link_group, sticky, wait_for_screening, version, created_at, updated_at)
        SELECT $1, 'Panel ' || n, 'Panel ' || n, 'buttons', 'toggle', 5, '[]', FALSE, '[]', $3, FALSE, FALSE, 1, $4, $4
        FROM generate_series($5::int, $5::int + $2::int - 1) AS n
        """,
        [house.sandbox.guild.id, count, group, clock.now(), first],
    )
    await db.execute_query(
        """
        INSERT INTO panel_role (panel_id, role_id, label, position, colour, confirmed_permissions, capacity_counts_all,
            bundle_role_ids, required_role_ids, required_all, blocked_role_ids)
        SELECT panel.id, role.id, 'Label ' || place, place, 'secondary', 0, FALSE, '[]', '[]', FALSE, '[]'
        FROM panel, unnest($1::bigint[]) WITH ORDINALITY AS role(id, place) WHERE place <= $2 AND panel.name LIKE 'Panel %'
            AND NOT EXISTS (SELECT FROM panel_role AS known WHERE known.panel_id = panel.id)
        """,
        [role_ids, each],
    )


async def add_big(house: House, role_ids: list[int], name: str = BIG, group: str | None = None) -> PanelSpec:
    """A panel whose every text and every rule is as long as it may be."""
    now = clock.now()
    panel = await Panel.create(
        guild_id=house.sandbox.guild.id,
        name=name,
        title=name,
        description="長" * DESCRIPTION_MAX,
        link_group=group,
        created_at=now,
        updated_at=now,
    )
    bundle, needed, blocked = (role_ids[start * RULE_ROLES_MAX : (start + 1) * RULE_ROLES_MAX] for start in range(3))
    await PanelRole.bulk_create(
        [
            PanelRole(
                panel_id=panel.id,
                role_id=role_id,
                label=f"{position} ".ljust(LABEL_MAX, "長"),
                description="長" * OPTION_DESCRIPTION_MAX,
                position=position,
                bundle_role_ids=[other for other in bundle if other != role_id],
                required_role_ids=needed,
                blocked_role_ids=blocked,
            )
            for position, role_id in enumerate(role_ids)
        ],
        batch_size=100,
    )
    spec = await Panel.spec(panel.id)
    assert spec
    return spec


async def editor(house: House, name: str = BIG) -> MessageView:
    return await (await house.actor("olivia").in_("general").slash("panel edit", panel=name)).message()


def press(house: House, custom_id: str, message: MessageView, values: list[str] | None = None, kind: int = 2) -> Act:
    data = {"custom_id": custom_id, "component_type": kind, "id": 1} | ({"values": values} if values is not None else {})

    async def act() -> object:
        actor = house.actor("olivia").in_("general")
        result = actor.begin(next(iter(house.sandbox.world.applications.values())), Kind.COMPONENT, data, message=message.record)
        return (await result.message()).text

    return act


def click(view: MessageView, label: str) -> Act:
    """Click a button by its label."""

    async def act() -> object:
        return (await (await view.click(label)).message()).text

    return act


def command(house: House, path: str, who: str = "olivia", **values: object) -> Act:
    async def act() -> object:
        return (await (await house.actor(who).in_("general").slash(path, **values)).message()).text

    return act


def many_names() -> bytes:
    """A file whose bundles name tens of thousands of roles that are missing."""
    lines, size = ["format = 1", '[[panel]]\ntitle = "x"'], 40
    bundle = 0
    while size < 255 * 1024:
        named = ",".join(f"{{id={bundle * 25 + k}}}" for k in range(1, 26))
        lines.append(f'[[panel.role]]\nid={9 * 10**5 + bundle}\nlabel="a"\nbundle=[{named}]')
        size += len(lines[-1]) + 1
        bundle += 1
        if bundle % 500 == 0:
            lines.append('[[panel]]\ntitle = "x"')
    return "\n".join(lines).encode()


def many_roles(role_ids: list[int]) -> bytes:
    """A file with as many roles that exist as it holds."""
    lines, size = ["format = 1"], 40
    while size < 255 * 1024:
        lines.append('[[panel]]\ntitle = "x"')
        for role_id in role_ids:
            lines.append(f'[[panel.role]]\nid={role_id}\nlabel="a"')
            size += len(lines[-1]) + 1
            if size >= 255 * 1024:
                break
    return "\n".join(lines).encode()


async def _roles(house: House, *, above_bot: bool = False) -> list[int]:
    role_ids = add_roles(house, above_bot=above_bot)
    await start(house)
    return role_ids


async def start(house: House) -> None:
    """Start the bot, and wait until it has looked around."""
    await house.start()
    cog: Any = house.bot.cogs["panels"]
    await cog._comparing.finished()
    await cog.follower.loop.finished()


@operation(sample=True)
async def import_of_missing_roles(house: House) -> Act:
    known = [r.id for r in house.sandbox.guild.roles.values() if r.permissions == 0]
    await _roles(house)
    lines, size = ["format = 1"], 12
    for number in range(200):
        lines.append(f'[[panel]]\ntitle="p{number}"')
        size += len(lines[-1]) + 1
        for role_id in known:
            named = ",".join(f"{{id={k}}}" for k in range(1, 26))
            lines.append(f'[[panel.role]]\nid={role_id}\nlabel="a"\nbundle=[{named}]')
            size += len(lines[-1]) + 1
            if size > 255 * 1024:
                return command(house, "panel import", file=("x.toml", "\n".join(lines).encode()))
    raise AssertionError


@operation()
async def import_of_many_names(house: House) -> Act:
    await _roles(house)
    return command(house, "panel import", file=("x.toml", many_names()))


@operation()
async def import_of_many_roles(house: House) -> Act:
    role_ids = await _roles(house)
    return command(house, "panel import", file=("x.toml", many_roles(role_ids)))


@operation()
async def making_what_a_file_holds(house: House) -> Act:
    role_ids = await _roles(house)
    result = await house.actor("olivia").in_("general").slash("panel import", file=("x.toml", many_roles(role_ids)))
    shown = await result.message()

    async def act() -> object:
        made = await (await shown.click(next(b for b in shown.buttons if b.label.startswith("Make")))).message()
        return made.text

    return act


@operation(sample=True)
async def making_many_panels(house: House) -> Act:
    role_ids = await _roles(house)
    lines = ["format = 1"]
    for _ in range(200):
        lines.append('[[panel]]\ntitle = "x"')
        lines += [f'[[panel.role]]\nid={role_id}\nlabel="a"' for role_id in role_ids[:20]]
    content = "\n".join(lines).encode()
    assert len(content) <= 256 * 1024
    shown = await (await house.actor("olivia").in_("general").slash("panel import", file=("x.toml", content))).message()

    async def act() -> object:
        made = await (await shown.click(next(b for b in shown.buttons if b.label.startswith("Make")))).message()
        return made.text

    return act


@operation(sample=True)
async def export_of_all_panels(house: House) -> Act:
    await add_panels(house, await _roles(house))
    return command(house, "panel export")


@operation()
async def export_of_a_big_panel(house: House) -> Act:
    await add_big(house, await _roles(house))
    return command(house, "panel export", panel=BIG)


@operation(sample=True)
async def clone_of_a_big_panel(house: House) -> Act:
    await add_big(house, await _roles(house))
    return command(house, "panel clone", panel=BIG)


async def _with_history(house: House) -> tuple[PanelSpec, MessageView]:
    role_ids = await _roles(house)
    spec = await add_big(house, role_ids)
    view = await editor(house)
    other = [replace(role, label="L", description=None, capacity=3, duration=3600) for role in spec.roles]
    for version in range(196, 201):
        roles = spec.roles if version % 2 else tuple(other)
        state = replace(spec, version=version, roles=roles)
        async with in_transaction() as db:
            await revisions.write([state], 1, clock.now(), db)
    await Panel.filter(id=spec.panel_id).update(version=200)
    return spec, view


async def _with_small_history(house: House) -> tuple[PanelSpec, MessageView]:
    role_ids = await _roles(house)
    spec = await add_big(house, role_ids)
    view = await editor(house)
    await (await view.click("Behaviour")).message()
    some = [
        replace(role, description=None, bundle=(), requirement=replace(role.requirement, required=(), blocked=()))
        for role in spec.roles[:60]
    ]
    for version in range(1, 201):
        roles = tuple(replace(role, label=f"{version % 2}", capacity=1 + version % 2, colour=role.colour) for role in some)
        state = replace(spec, description=None, version=version, roles=roles)
        async with in_transaction() as db:
            await revisions.write([state], 1, clock.now(), db)
    await Panel.filter(id=spec.panel_id).update(version=200)
    return spec, view


@operation(sample=True)
async def an_old_editor_of_a_long_history(house: House) -> Act:
    _, view = await _with_history(house)
    return click(view, "Refresh")


@operation()
async def an_old_editor_of_many_revisions(house: House) -> Act:
    _, view = await _with_small_history(house)
    return click(view, "Back")


@operation()
async def a_pick_on_an_old_editor(house: House) -> Act:
    _, view = await _with_small_history(house)

    async def act() -> object:
        mode = next(select for select in view.selects if "panels.mode" in select.custom_id)
        return (await (await view.select(mode, ["Take only"])).message()).text

    return act


@operation()
async def history_of_many_revisions(house: House) -> Act:
    await _with_small_history(house)
    return command(house, "panel history", panel=BIG)


@operation()
async def looking_at_a_version(house: House) -> Act:
    spec, _ = await _with_history(house)
    shown = await (await house.actor("olivia").in_("general").slash("panel history", panel=BIG)).message()
    return press(house, encode("panels.revision", spec.panel_id), shown, [shown.selects[0].options[-1]["value"]], 3)


@operation()
async def undo_of_a_big_change(house: House) -> Act:
    spec, _ = await _with_history(house)
    await Panel.filter(id=spec.panel_id).update(mode="add_only")
    return press(house, encode("panels.undo", spec.panel_id, 200), await editor(house))


@operation(sample=True)
async def undo_that_finds_nothing(house: House) -> Act:
    """Every revision brings back nothing but roles that were deleted."""
    await _roles(house)
    now = clock.now()
    panel = await Panel.create(guild_id=house.sandbox.guild.id, name=BIG, title=BIG, version=200, created_at=now, updated_at=now)
    spec = await Panel.spec(panel.id)
    assert spec
    gone = tuple(RoleSpec(0, 10**17 + number, "x", bundle=tuple(range(1, 10))) for number in range(40))
    for version in range(1, 201):
        state = replace(spec, version=version, roles=() if version == 200 else gone[: 20 + version % 2])
        async with in_transaction() as db:
            await revisions.write([state], 1, now, db)
    return press(house, encode("panels.undo", panel.id, 200), await editor(house))


@operation()
async def sorting_a_big_panel(house: House) -> Act:
    spec = await add_big(house, await _roles(house))
    view = await editor(house)
    return press(house, encode("panels.sort", spec.panel_id, 0), view)


@operation(sample=True)
async def changing_one_field_of_a_big_panel(house: House) -> Act:
    spec = await add_big(house, await _roles(house))
    return press(house, encode("panels.mode", spec.panel_id), await editor(house), ["add_only"], 3)


@operation()
async def rules_of_a_linked_panel(house: House) -> Act:
    role_ids = await _roles(house)
    await add_panels(house, role_ids, GROUP_PANELS - 1, "g", 20)
    spec = await add_big(house, role_ids[:20], group="g")
    return press(house, encode("panels.rules", spec.panel_id, spec.roles[0].item_id), await editor(house))


@operation()
async def listing_panels(house: House) -> Act:
    await add_panels(house, await _roles(house))
    return command(house, "panel list")


@operation()
async def completing_a_name(house: House) -> Act:
    await add_panels(house, await _roles(house))

    async def act() -> object:
        return await house.actor("olivia").in_("general").autocomplete("panel edit", panel="a")

    return act


@operation(sample=True)
async def checking_a_server_where_nothing_works(house: House) -> Act:
    await add_panels(house, await _roles(house, above_bot=True))
    return command(house, "panel check")


@operation()
async def checking_a_big_panel(house: House) -> Act:
    await add_big(house, await _roles(house, above_bot=True))
    return command(house, "panel check", panel=BIG)


@operation()
async def posting_a_big_panel(house: House) -> Act:
    await add_big(house, await _roles(house))
    return command(house, "panel post", panel=BIG, channel=house.sandbox.channel("roles"))


@operation()
async def following_a_big_panel(house: House) -> Act:
    spec = await add_big(house, await _roles(house))
    await command(house, "panel post", panel=BIG, channel=house.sandbox.channel("roles"))()
    cog: Any = house.bot.cogs["panels"]
    await cog.follower.loop.finished()
    messages = await PanelMessage.all().count()

    def followed() -> list[Exchange]:
        edits = [one for one in house.sandbox.traffic if one.method == "PATCH" and "/channels/" in one.path and one.status == 200]
        return edits if len(edits) >= messages else []

    cog: Any = house.bot.cogs["panels"]

    async def act() -> object:
        await Panel.filter(id=spec.panel_id).update(version=F("version") + 1, mode="add_only")
        cog.follower.wake()
        await house.sandbox.until(followed, 60, "for the edits of all messages")
        return len(followed())

    return act


@operation()
async def cleaning_up_after_a_deleted_role(house: House) -> Act:
    """On as many panels as a server may have, and on ten of the largest."""
    role_ids = await _roles(house)
    await add_panels(house, role_ids, 10)
    await add_panels(house, role_ids, PANELS - 10, each=25, first=11)
    guild, world = house.sandbox.guild, house.sandbox.world
    cog: Any = house.bot.cogs["panels"]

    async def act() -> object:
        known = house.bot.wait_for("guild_role_delete")
        sandbox_roles.delete(world, guild, guild.roles[role_ids[0]], house.actor("olivia").user.id)
        await known
        cog._comparing.wake()
        await cog._comparing.finished()
        assert not await PanelRole.filter(role_id=role_ids[0]).exists()
        return "gone"

    return act


@operation(sample=True)
async def looking_at_what_one_holds(house: House) -> Act:
    role_ids = add_roles(house)
    member = house.actor("alice").member
    member.role_ids = list(role_ids)
    await start(house)
    await add_panels(house, role_ids)
    now = clock.now()
    panel_ids = await Panel.all().values_list("id", flat=True)
    await RoleGrant.bulk_create(
        [
            RoleGrant(
                guild_id=house.sandbox.guild.id,
                user_id=house.actor("alice").user.id,
                role_id=role_id,
                panel_id=panel_ids[0],
                item_id=1,
                confirmed=True,
                granted_at=now,
            )
            for role_id in role_ids
        ]
    )
    return command(house, "roles mine", "alice")


@operation(sample=True)
async def clicking_a_linked_panel(house: House) -> Act:
    role_ids = await _roles(house)
    await add_panels(house, role_ids, GROUP_PANELS, "g", 20)
    spec = await Panel.spec((await Panel.get(name="Panel 1")).id)
    assert spec
    return await _click(house, spec)


async def _click(house: House, spec: PanelSpec, verb: str = "press") -> Act:
    app = next(iter(house.sandbox.world.applications.values()))
    ch = house.sandbox.channel("roles")
    custom_id = encode(verb, spec.panel_id, spec.roles[0].item_id) if verb == "press" else encode(verb, spec.panel_id)
    body = {"content": "p", "components": [{"type": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": custom_id}]}]}
    rec = sandbox_messages.create(house.sandbox, ch, body, [], sandbox_messages.Origin(app.bot_id))
    await PanelMessage.create(panel_id=spec.panel_id, channel_id=ch.id, message_id=rec.id, rendered_version=1)

    async def act() -> object:
        actor = house.actor("alice").in_("roles")
        return (await (await MessageView(actor, rec).click("x")).message()).text

    return act


@operation()
async def clicking_a_panel_above_the_quota(house: House) -> Act:
    role_ids = await _roles(house)
    await add_panels(house, role_ids, PANELS, "g", 240)
    spec = await Panel.spec((await Panel.get(name="Panel 1")).id)
    assert spec
    return await _click(house, spec)


@operation()
async def opening_the_private_picker(house: House) -> Act:
    spec = await add_big(house, await _roles(house))
    return await _click(house, spec, "open")


@operation()
async def forgetting_the_server(house: House) -> Act:
    await add_panels(house, await _roles(house))
    shown = await (await house.actor("olivia").in_("general").slash("config forget")).message()

    async def act() -> object:
        return (await (await shown.click("Erase everything")).message()).text

    return act


@operation()
async def telling_long_entries_in_the_audit_channel(house: House) -> Act:
    role_ids = await _roles(house)
    channel = house.sandbox.channel("audit-log")
    await command(house, "config audit-channel", channel=channel)()
    payload = {
        "panel_name": "x",
        "after": {"title": "*" * 256, "description": "*" * DESCRIPTION_MAX, "left_out": "*" * 50_000},
        "added": role_ids,
        "refused": [{"role_id": role_id, "problem": "dangerous"} for role_id in role_ids],
        "role_names": {str(role_id): "*" * LABEL_MAX for role_id in role_ids},
    }
    told = len(house.actor("olivia").in_(channel).sees())

    async def act() -> object:
        for _ in range(10):
            await AuditEntry.record(house.sandbox.guild.id, "panel.create", clock.now(), payload=payload)
        house.bot.dispatch(AuditWritten.NAME, AuditWritten(house.sandbox.guild.id))
        await house.sandbox.until(lambda: len(house.actor("olivia").in_(channel).sees()) >= told + 10, 90, "for the entries")
        return "told"

    return act

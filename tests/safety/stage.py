"""A guild of its own for one story: people of different rank, panels, and all that they can do with them in Discord's client.

Each step ends when the bot has done all that follows from it, and is told to the judge of `entitlement`, which raises on what nobody was
entitled to.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from discord.http import Route

from domain import clock
from domain.custom_id import PRESS, ForeignCustomId, decode, encode
from models import SETTLED, AuditEntry, AuditState, GuildConfig, PanelMessage, PanelRole, RoleGrant
from models import Panel as StoredPanel
from sandbox import members, permissions, roles
from sandbox.driver import Actor, ClientRefusal
from sandbox.driver.results import Result
from sandbox.driver.views import Button, MessageView
from sandbox.faults import Fault
from sandbox.seed import BOT, EVERYONE
from sandbox.server import Sandbox
from sandbox.world import Channel, Guild, Member, Overwrite, RoleChange, User
from sandbox.world import Role as GuildRole
from tests.e2e.house import House
from tests.safety.entitlement import FOREVER, Change, Item, Judge, Panel, Person, Rule, Standing, State, Way

POWERFUL = permissions.bits(
    "ADMINISTRATOR", "KICK_MEMBERS", "BAN_MEMBERS", "MANAGE_CHANNELS", "MANAGE_GUILD", "MANAGE_MESSAGES", "MANAGE_ROLES", "MANAGE_WEBHOOKS"
)  # fmt: skip
MANAGE_ROLES = permissions.bits("MANAGE_ROLES")
# Lowest first, with their permissions.
ROLES = {
    "Bait": 0,
    "Red": 0,
    "Green": 0,
    "Key": 0,
    "Junior": MANAGE_ROLES,
    "Veteran": 0,
    "Senior": MANAGE_ROLES,
    "Helper": permissions.bits("MANAGE_MESSAGES"),
    "Moderator": permissions.bits("KICK_MEMBERS"),
    "Council": 0,
    "Role Bot": BOT,
    "Admin": permissions.bits("ADMINISTRATOR"),
}
PEOPLE = {
    "adam": "Admin",
    "bob": "Junior",
    "sam": "Senior",
    "carol": "Council",
    "mona": "Moderator",
    "alice": None,
    "dave": None,
    "newton": None,
}
PENDING = "newton"
CROWD = 10  # as many role changes as the bot sends at once in a guild
ROLE_CALL = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
PATIENCE = 60.0  # seconds
STEP = timedelta(seconds=11)  # between two steps of people: nobody here is in a hurry


class Unentitled(AssertionError):
    """A member got or lost what nobody entitled arranged."""


@dataclass(frozen=True)
class Terms:
    """How an administrator set up the panel "Staff". `needs`: who wants its powerful roles must hold Key."""

    roles: tuple[str, ...] = ("Moderator", "Red")
    channel: str = "staff"
    mode: str = "toggle"
    most: int | None = None
    places: int | None = None
    hours: int | None = None
    needs: bool = False
    group: str | None = None
    sticky: bool = False
    screening: bool = False


@dataclass
class Stage:
    """The guild, its people and what they do."""

    house: House
    guild: Guild
    judge: Judge
    crowd: list[Actor]
    _changes: list[RoleChange] = field(default_factory=list)  # the bot's, in this step
    _waiting: dict[int, dict[str, Any]] = field(default_factory=dict)  # what each member in the line clicked
    _names: dict[int, str] = field(default_factory=dict)  # of the panels
    _items: list[tuple[int, int]] = field(default_factory=list)  # each with its role
    _held: Fault | None = None

    # How it begins and ends

    @classmethod
    async def open(cls, house: House, staff: Terms = Terms(), play: Terms | None = None) -> "Stage":
        """A new guild with the panel "Staff" as an administrator set it up, and "Play" of the junior editor, if any."""
        # Somebody may delete a message of a panel; of the story before this one the bot may notice it now.
        house.sandbox.ledger.allow(code=10008)
        guild = _guild(house.sandbox)
        crowd = [_person(house.sandbox, guild, f"crowd{number}", None) for number in range(CROWD)]
        bot = next(iter(house.sandbox.world.applications.values()))
        # py-cord tells a guild as joined or as available; before either event it is not waited for by who asks for it.
        events = ("guild_join", "guild_available")
        came = [asyncio.ensure_future(house.bot.wait_for(event, check=lambda one: one.id == guild.id, timeout=60)) for event in events]
        await asyncio.sleep(0)  # lets them begin to listen
        members.join(house.sandbox.world, guild, bot.bot_id, role_ids=[_named(guild, "Role Bot").id])
        _, others = await asyncio.wait(came, return_when=asyncio.FIRST_COMPLETED)
        for other in others:
            other.cancel()
        assert await house.bot.guild(guild.id)
        await GuildConfig.create(guild_id=guild.id, manager_role_ids=[_named(guild, "Council").id])
        for command in bot.commands.values():
            entry = {"id": str(_named(guild, "Council").id), "type": 1, "permission": True}
            house.sandbox.commands.set_permissions(bot, guild.id, command.id, [entry])
        stage = cls(house, guild, Judge({}), [Actor(house.sandbox, user, stage_channel(guild, "bait")) for user in crowd])
        await stage._panel("Bait", Terms(("Bait",), "bait"))
        await stage._panel("Staff", staff)
        if play:
            await stage._panel("Play", play)
        stage.judge.roles = {role.id: Standing(role.position, role.permissions & POWERFUL) for role in guild.roles.values()}
        stage.judge.begin(await stage._state())
        house.sandbox.world.role_listeners.append(stage._heard)
        return stage

    async def close(self) -> list[str]:
        """End the story; what went wrong in it apart from entitlements."""
        try:
            await self.turns()
            return await self.house.judge(ended=False)
        finally:
            self.house.sandbox.world.role_listeners.remove(self._heard)
            for model in (StoredPanel, AuditEntry, RoleGrant, GuildConfig):
                await model.filter(guild_id=self.guild.id).delete()
            self.house.sandbox.ledger.clear()
            self.house.sandbox.ledger.allow(code=10008)
            self.house.sandbox.traffic.clear()

    # What editors do. Whatever the client does not offer, or the bot refuses, changes nothing.

    async def create(self, who: str, title: str, *names: str, mode: str = "toggle") -> None:
        """`/panel create`. An administrator confirms what is powerful."""

        async def act() -> None:
            modal = await (await self.actor(who).slash("panel create")).modal()
            values = {"Title": title, "Roles": [self.role(name) for name in names], "What a click does": mode}
            await self._confirm(await (await modal.submit(values)).message())

        await self._edit(who, act)

    async def add(self, who: str, panel: str, *names: str) -> None:
        """Put roles on a panel."""

        async def act() -> None:
            editor = await self._editor(who, panel)
            await _then(editor.select("Add roles", [self.role(name) for name in names]))
            await self._confirm(editor)

        await self._edit(who, act)

    async def take_off(self, who: str, panel: str, name: str) -> None:
        """Take a role off a panel."""
        await self._edit(who, lambda: self._walk(who, panel, ("Change one role", [name]), "Remove"))

    async def bundle(self, who: str, panel: str, name: str, *along: str) -> None:
        """Give roles along with one."""
        picked = [self.role(other) for other in along]
        await self._edit(
            who, lambda: self._walk(who, panel, ("Change one role", [name]), "Rules", ("Give further roles along with it", picked))
        )

    async def require(self, who: str, panel: str, name: str | None, *needed: str, forbidden: bool = False) -> None:
        """Set the roles that a member needs, or must not have, for one role or for the whole panel."""
        steps = (("Change one role", [name]), "Rules") if name else ("Behaviour",)
        label = "Roles that a member must not have" if forbidden else "Roles that a member needs"
        picked = [self.role(other) for other in needed]
        await self._edit(who, lambda: self._walk(who, panel, *steps, "Who may", (label, picked)))

    async def mode(self, who: str, panel: str, mode: str) -> None:
        """Set what a click does."""
        await self._edit(who, lambda: self._walk(who, panel, "Behaviour", ("What a click does", [mode])))

    async def switch(self, who: str, panel: str, what: str) -> None:
        """Turn "Give back to who returns" or "Wait for screening"."""
        await self._edit(who, lambda: self._walk(who, panel, "Behaviour", what))

    async def limit(self, who: str, panel: str, most: int | None, least: int | None = None, *, way: str = "at once") -> None:
        """Set how many roles a member may have."""
        values = {"At most": _text(most), "At least": _text(least)}
        await self._edit(who, lambda: self._form(who, panel, ("Behaviour", "How many roles"), values, {"At most": "-"}, way))

    async def link(self, who: str, panel: str, group: str | None, *, way: str = "at once") -> None:
        """Set the group of a panel."""
        values = {"Name of the group": group or ""}
        await self._edit(who, lambda: self._form(who, panel, ("Behaviour", "Linked panels"), values, None, way))

    async def terms(self, who: str, panel: str, name: str, places: int | None, hours: int | None, *, way: str = "at once") -> None:
        """Set places and duration of a role."""
        values = {"Places": _text(places), "Members keep it for": f"{hours}h" if hours else ""}
        steps = (("Change one role", [name]), "Rules", "Duration and places")
        await self._edit(who, lambda: self._form(who, panel, steps, values, {"Places": "-"}, way))

    async def undo(self, who: str, panel: str) -> None:
        """Undo the last change."""

        async def act() -> None:
            editor = await self._editor(who, panel)
            await _then(editor.click("Undo"))
            await _click_if_offered(editor, "Restore this version")

        await self._edit(who, act)

    async def restore(self, who: str, panel: str) -> None:
        """Restore the oldest version."""

        async def act() -> None:
            editor = await self._editor(who, panel)
            await _then(editor.click("History"))
            versions = editor.select_menu("Look at a version")
            await _then(editor.select(versions, [versions.labels[-1]]))
            await _click_if_offered(editor, "Restore this version")

        await self._edit(who, act)

    async def clone(self, who: str, panel: str) -> None:
        """Copy a panel, without what is left out."""

        async def act() -> None:
            shown = await (await self.actor(who).slash("panel clone", panel=panel)).message()
            await _click_if_offered(shown, "Make the panel")

        await self._edit(who, act)

    async def bring(
        self, who: str, title: str, *names: str, mode: str = "toggle", group: str | None = None, along: str | None = None
    ) -> None:
        """Import a panel that somebody wrote down by hand."""
        lines = ["format = 1", "[[panel]]", f'title = "{title}"', f'mode = "{mode}"', "sticky = true", "wait_for_screening = true"]
        lines += [f'link_group = "{group}"'] if group else []
        for name in names:
            lines += ["[[panel.role]]", f'role = "{name}"', *([f'bundle = [{{ role = "{along}" }}]'] if along and along != name else [])]

        async def act() -> None:
            file = ("panels.toml", "\n".join(lines).encode())
            shown = await (await self.actor(who).slash("panel import", file=file)).message()
            await _click_if_offered(shown, "Make the panel")

        await self._edit(who, act)

    async def template(self, who: str, name: str) -> None:
        """Make a panel from a template, with the roles that the guild has."""

        async def act() -> None:
            shown = await (await self.actor(who).slash("panel template", template=name)).message()
            await _click_if_offered(shown, "Make the panel without them")
            await _click_if_offered(shown, "Make the panel")

        await self._edit(who, act)

    async def post(self, who: str, panel: str, channel: str) -> None:
        """`/panel post`."""
        where = stage_channel(self.guild, channel)
        await self._edit(who, lambda: _then(self.actor(who).slash("panel post", panel=panel, channel=where)))

    async def move(self, who: str, panel: str, old: str, new: str) -> None:
        """Move a panel to another channel."""
        step = ("Move to another channel", [stage_channel(self.guild, new)])
        await self._edit(who, lambda: self._walk(who, panel, "Post", ("Move, post again or take down", [f"#{old}"]), step))

    async def repost(self, who: str, panel: str, channel: str) -> None:
        """Post a panel again where it stands, or stood until somebody deleted its message."""
        await self._edit(who, lambda: self._walk(who, panel, "Post", ("Move, post again or take down", [f"#{channel}"]), "Post again"))

    async def take_down(self, who: str, panel: str, channel: str) -> None:
        """Take a panel out of a channel."""
        await self._edit(who, lambda: self._walk(who, panel, "Post", ("Move, post again or take down", [f"#{channel}"]), "Take down"))

    async def delete(self, who: str, panel: str) -> None:
        """Delete a panel."""
        await self._edit(who, lambda: self._walk(who, panel, "Delete", "Delete the panel"))

    async def check(self, who: str) -> None:
        """`/panel check`, and every button that mends something."""

        async def act() -> None:
            shown = await (await self.actor(who).slash("panel check")).message()
            mended: set[str] = set()
            while mend := next((b for b in shown.buttons if _mends(b) and _what(b) not in mended), None):
                mended.add(_what(mend))
                await _then(shown.click(mend))

        await self._edit(who, act)

    # What members do

    async def click(self, who: str, panel: str, name: str) -> None:
        """Click a role on a panel, wherever they see it. While the line is held, what has to wait waits."""
        if (found := self._button(who, panel, name)) is None or self.user(who).id in self._waiting:
            return
        message, button, number = found
        change = {
            "panel": number,
            "role": self.role(name).id,
            "channels": self._sees(self.actor(who)),
            "pending": self._member(who).pending,
        }
        await self._step(Way.CLICK, lambda: self._clicked(message, button), {self.user(who).id: change})

    async def everybody_tries_everything(self) -> None:
        """Every member clicks all that they see; then one passes screening, one leaves and comes back, and time passes."""
        await self.turns()
        for who in ("alice", "dave", "mona", PENDING):
            for panel in self.panels():
                for name in ROLES:
                    await self.click(who, panel, name)
        await self.pass_screening()
        await self.leave_and_return("alice")
        await self.pass_time(2)

    async def leave_and_return(self, who: str) -> None:
        """Leave the guild, and come back."""
        user = self.user(who)

        async def act() -> None:
            members.leave(self.house.sandbox.world, self.guild, user.id)
            await _until(lambda: _none(RoleGrant.filter(guild_id=self.guild.id, user_id=user.id, left_at__isnull=True)))
            members.join(self.house.sandbox.world, self.guild, user.id)
            await self._nothing_waits(user.id)

        await self._step(Way.RETURN, act, left=user.id)

    async def pass_screening(self) -> None:
        """The member who had not passed screening does."""
        member = self._member(PENDING)

        async def act() -> None:
            member.pending = False
            members.changed(self.house.sandbox.world, self.guild, member)
            await self._nothing_waits(member.user_id)

        await self._step(Way.ADMISSION, act)

    async def hold(self) -> None:
        """Let as many members click as the bot serves at once, and Discord answer none of them: who clicks now has to wait."""
        if self._held:
            return
        self._held = self.house.sandbox.faults.add(Fault("freeze", "*", ROLE_CALL, path=f"/guilds/{self.guild.id}/*", count=CROWD))
        for actor in self.crowd:
            await next(message for message in actor.sees() if not message.ephemeral).click("Bait")
        await self.house.sandbox.until(lambda: self._held is None or self._held.hits == CROWD, PATIENCE, "for the role calls to hang")

    async def turns(self) -> None:
        """Let Discord answer, so that the turn of those who wait comes."""
        held, self._held = self._held, None
        if held:

            async def act() -> None:
                self.house.sandbox.faults.remove(held)

            await self._step(Way.CLICK, act, self._waiting)
            self._waiting.clear()

    # What moderators do in Discord itself

    async def give(self, who: str, name: str) -> None:
        """Give a member a role."""
        await self._set_roles(who, [*self._member(who).role_ids, self.role(name).id])
        self.judge.forget(self.user(who).id, self.role(name).id)

    async def take(self, who: str, name: str) -> None:
        """Take a role from a member."""
        await self._set_roles(who, [role_id for role_id in self._member(who).role_ids if role_id != self.role(name).id])
        self.judge.forget(self.user(who).id, self.role(name).id)

    async def empower(self, name: str, *, on: bool = True) -> None:
        """Give a role a powerful permission, or take all from it."""
        role, bits = self.role(name), permissions.bits("BAN_MEMBERS") if on else 0

        async def act() -> None:
            if role.permissions != bits:
                known = self.house.bot.wait_for("guild_role_update", timeout=PATIENCE)
                roles.edit(self.house.sandbox.world, self.guild, role, {"permissions": bits}, self.guild.owner_id)
                await known

        await self._step(Way.NONE, act)

    async def delete_message(self, panel: str) -> None:
        """Delete every message of a panel in the channels."""

        async def act() -> None:
            for message, _, _ in self._messages(panel):
                Actor(self.house.sandbox, self.house.sandbox.world.user(self.guild.owner_id), message.actor.channel).delete(message)

        await self._step(Way.NONE, act)

    async def pass_time(self, hours: int) -> None:
        """Let time pass; what is over by then is taken back."""

        async def act() -> None:
            clock.shift(timedelta(hours=hours))
            await self.house.bot.cogs["roles"].expiry.end_due()  # pyright: ignore[reportAttributeAccessIssue]

        ended = {user_id: {"way": Way.NONE} for user_id in self.guild.members}
        await self._step(Way.NONE, act, ended, ends=True)
        holders = [(member.user_id, role_id) for member in self.guild.members.values() for role_id in member.role_ids]
        self._raise(list(self.judge.overdue(holders, clock.now().timestamp())))

    # Who and what there is

    def actor(self, who: str) -> Actor:
        """Somebody in the channel where everybody may write."""
        return Actor(self.house.sandbox, self.user(who), stage_channel(self.guild, "general"))

    def user(self, who: str) -> User:
        """A user by name; each story has its own."""
        return next(user for user in self.house.sandbox.world.users.values() if user.username == f"{who}-{self.guild.id}")

    def role(self, name: str) -> GuildRole:
        """A role of the guild."""
        return _named(self.guild, name)

    def panels(self) -> list[str]:
        """The names of the panels there are, but for the bait."""
        return sorted(name for name in self._names.values() if name != "Bait")

    # The inside

    async def _edit(self, who: str, act: Callable[[], Awaitable[object]]) -> None:
        await self._step(Way.NONE, act, by=self._person(who))

    async def _step(
        self,
        way: Way,
        act: Callable[[], Awaitable[object]],
        asked: dict[int, dict[str, Any]] | None = None,
        by: Person | None = None,
        left: int | None = None,
        *,
        ends: bool = False,
    ) -> None:
        """Do something, wait for all that follows, and hear the judge. `asked` is what each member asked for."""
        self._changes.clear()
        clock.shift(STEP)
        before = {member.user_id: frozenset(member.role_ids) for member in self.guild.members.values()}
        if left is not None:
            before[left] = frozenset()
        with suppress(ClientRefusal):
            await act()
        await self._quiet()
        self.judge.roles |= {role.id: Standing(role.position, role.permissions & POWERFUL) for role in self.guild.roles.values()}
        found = list(self.judge.edited(await self._state(), by))
        touched: defaultdict[int, set[int]] = defaultdict(set)
        for change in self._changes:
            touched[change.user_id].add(change.role_id)
        changes = []
        for user_id, role_ids in touched.items():
            if user_id not in self.guild.members or user_id in {actor.user.id for actor in self.crowd}:
                continue
            then, now = before.get(user_id, frozenset()), frozenset(self.guild.members[user_id].role_ids)
            if ends:  # what is taken back when its time is over was arranged when it was given
                now |= then
            told = (asked or {}).get(user_id, {})
            changes.append(
                Change(
                    user_id,
                    then,
                    then - (role_ids - now) | (role_ids & now),
                    told.get("way", way),
                    **{k: v for k, v in told.items() if k != "way"},
                )
            )
        found += self.judge.judge(changes, clock.now().timestamp())
        self._raise(found)

    def _raise(self, found: list[str]) -> None:
        if found:
            names = {str(role.id): role.name for role in self.guild.roles.values()}
            names |= {str(user.id): user.username.partition("-")[0] for user in self.house.sandbox.world.users.values()}
            text = "; ".join(found)
            for number, name in sorted(names.items(), key=lambda pair: -len(pair[0])):
                text = text.replace(number, name)
            raise Unentitled(text)

    async def _walk(self, who: str, panel: str, *steps: str | tuple[str, list[Any]]) -> MessageView:
        """Open the editor and press and pick one after another."""
        editor = await self._editor(who, panel)
        for step in steps:
            await _then(editor.click(step) if isinstance(step, str) else editor.select(*step))
        return editor

    async def _form(
        self, who: str, panel: str, steps: tuple[Any, ...], values: dict[str, str], wrong: dict[str, str] | None, way: str
    ) -> None:
        """Fill in a form: at once, after it was refused for something `wrong`, or after an administrator was quicker."""
        *first, last = steps
        editor = await self._walk(who, panel, *first)
        modal = await (await editor.click(last)).modal()
        if way == "again":
            await self._retitle(panel)
        refused = await (await modal.submit(values | wrong if way == "fix" and wrong else values)).message()
        if way == "fix" and any(button.label == "Fix it" for button in refused.buttons):
            modal = await (await refused.click("Fix it")).modal()
            await _then(modal.submit(values))
        if way == "again":
            await _click_if_offered(refused, "Apply mine again")

    async def _retitle(self, panel: str) -> None:
        editor = await self._editor("adam", panel)
        modal = await (await editor.click("Edit text")).modal()
        await _then(modal.submit({"Description": f"Changed {clock.now():%H:%M:%S}"}))

    async def _editor(self, who: str, panel: str) -> MessageView:
        return await (await self.actor(who).slash("panel edit", panel=panel)).message()

    async def _confirm(self, editor: MessageView) -> None:
        while button := next((b for b in editor.buttons if b.label.endswith(" anyway")), None):
            await _then(editor.click(button))

    async def _clicked(self, message: MessageView, button: Button) -> None:
        result = await message.click(button)
        member = result.actor.user.id
        if self._held:

            async def waits_or_ended() -> bool:
                row = await AuditEntry.get_or_none(interaction_id=result.interaction.id)
                return result.state == "answered" or (row is not None and row.state is AuditState.QUEUED)

            await _until(waits_or_ended)
            if await AuditEntry.exists(interaction_id=result.interaction.id, state=AuditState.QUEUED):
                # Where it stood was judged when it was clicked.
                number, item = decode(button.custom_id or "").args
                role = next(role_id for known, role_id in self._items if known == item)
                self._waiting[member] = {"panel": number, "role": role, "channels": frozenset(self.guild.channels)}
        else:
            await result.message()

    async def _set_roles(self, who: str, role_ids: list[int]) -> None:
        member = self._member(who)

        async def act() -> None:
            if set(role_ids) != set(member.role_ids):
                members.set_roles(self.house.sandbox.world, self.guild, member, list(dict.fromkeys(role_ids)), self.guild.owner_id)

        await self._step(Way.NONE, act)

    async def _quiet(self) -> None:
        """Wait until every record is settled and every message shows its panel; what is held in the line may wait on."""
        rows = AuditEntry.filter(guild_id=self.guild.id).exclude(state__in=SETTLED)
        if not self._held:
            await _until(lambda: _none(rows))
        await _until(self._followed)

    async def _followed(self) -> bool:
        return not await PanelMessage.behind([self.guild.id])

    async def _nothing_waits(self, user_id: int) -> None:
        await _until(lambda: _none(RoleGrant.filter(guild_id=self.guild.id, user_id=user_id, left_at__isnull=False)))

    async def _state(self) -> State:
        found = await StoredPanel.filter(guild_id=self.guild.id).prefetch_related("roles").order_by("id")
        self._names = {panel.id: panel.name for panel in found}
        self._items = [(role.id, role.role_id) for panel in found for role in panel.roles]
        return State(tuple(self._known(panel) for panel in found))

    def _known(self, panel: StoredPanel) -> Panel:
        items = tuple(
            Item(
                role=role.role_id,
                along=frozenset(role.bundle_role_ids),
                rule=Rule(frozenset(role.required_role_ids), role.required_all, frozenset(role.blocked_role_ids)),
                seconds=FOREVER if role.duration_seconds is None else role.duration_seconds,
                places=role.capacity,
                everybody_counts=role.capacity_counts_all,
                confirmed=role.confirmed_permissions,
            )
            for role in sorted(panel.roles, key=lambda role: role.id)
        )
        return Panel(
            number=panel.id,
            items=items,
            mode=panel.mode.value,
            most=panel.max_roles,
            rule=Rule(frozenset(panel.required_role_ids), panel.required_all, frozenset(panel.blocked_role_ids)),
            group=panel.link_group,
            sticky=panel.sticky,
            screening=panel.wait_for_screening,
            channels=frozenset(message.actor.channel.id for message, _, _ in self._messages(panel.name)),
        )

    def _messages(self, panel: str) -> list[tuple[MessageView, Button, int]]:
        """Every button of a panel that stands in a channel, with its message and the item that it is for."""
        numbers = {number for number, name in self._names.items() if name == panel}
        owner = self.house.sandbox.world.user(self.guild.owner_id)
        found = []
        for channel in self.guild.channels.values():
            for message in Actor(self.house.sandbox, owner, channel).sees():
                for button in message.buttons:
                    with suppress(ForeignCustomId):
                        custom_id = decode(button.custom_id or "")
                        if custom_id.verb == PRESS and custom_id.args[0] in numbers:
                            found.append((message, button, custom_id.args[1]))
        return found

    def _button(self, who: str, panel: str, name: str) -> tuple[MessageView, Button, int] | None:
        items = {item for item, role_id in self._items if role_id == self.role(name).id}
        for message, button, item in self._messages(panel):
            theirs = MessageView(Actor(self.house.sandbox, self.user(who), message.actor.channel), message.record)
            if item in items and theirs.actor.can_see(theirs.record):
                return theirs, button, next(number for number, called in self._names.items() if called == panel)
        return None

    def _sees(self, actor: Actor) -> frozenset[int]:
        return frozenset(c.id for c in self.guild.channels.values() if permissions.has_access(c, actor.permissions(c)))

    def _member(self, who: str) -> Member:
        return self.guild.member(self.user(who).id)

    def _person(self, who: str) -> Person:
        held = [self.guild.roles[role_id] for role_id in self._member(who).role_ids]
        return Person(
            max((role.position for role in held), default=0), any(role.permissions & permissions.bits("ADMINISTRATOR") for role in held)
        )

    def _heard(self, change: RoleChange) -> None:
        bots = {application.bot_id for application in self.house.sandbox.world.applications.values()}
        if change.guild_id == self.guild.id and change.actor_id in bots:
            self._changes.append(change)

    async def _panel(self, name: str, terms: Terms) -> None:
        now, where = clock.now(), stage_channel(self.guild, terms.channel)
        panel = await StoredPanel.create(
            guild_id=self.guild.id,
            name=name,
            title=name,
            mode=terms.mode,
            max_roles=terms.most,
            link_group=terms.group,
            sticky=terms.sticky,
            wait_for_screening=terms.screening,
            created_at=now,
            updated_at=now,
        )
        buttons = []
        for position, role_name in enumerate(terms.roles):
            role = self.role(role_name)
            power = role.permissions & POWERFUL
            item = await PanelRole.create(
                panel=panel,
                role_id=role.id,
                label=role_name,
                position=position,
                confirmed_permissions=power,
                confirmed_by=self.guild.owner_id if power else None,
                capacity=terms.places if power else None,
                duration_seconds=terms.hours * 3600 if power and terms.hours else None,
                required_role_ids=[self.role("Key").id] if power and terms.needs else [],
            )
            buttons.append({"type": 2, "style": 2, "label": role_name, "custom_id": encode(PRESS, panel.id, item.id)})
        body = {"content": name, "components": [{"type": 1, "components": buttons}]}
        sent = await self.house.bot.rest.request(Route("POST", "/channels/{channel_id}/messages", channel_id=where.id), body=body)
        await PanelMessage.create(panel=panel, channel_id=where.id, message_id=int(sent["id"]), rendered_version=panel.version)


def stage_channel(guild: Guild, name: str) -> Channel:
    """A channel of the guild by its name."""
    return next(channel for channel in guild.channels.values() if channel.name == name)


def _named(guild: Guild, name: str) -> GuildRole:
    return next(role for role in guild.roles.values() if role.name == name)


def _guild(sandbox: Sandbox) -> Guild:
    """A guild with its roles, people and channels, without the bot."""
    world = sandbox.world
    owner = User(world.new_id(), "owner", "Owner")
    world.users[owner.id] = owner
    guild = Guild(world.new_id(), "Stage", owner.id)
    guild.roles[guild.id] = GuildRole(guild.id, guild.id, "@everyone", 0, EVERYONE)
    for position, (name, bits) in enumerate(ROLES.items(), 1):
        role = GuildRole(world.new_id(), guild.id, name, position, bits, managed=name == "Role Bot")
        guild.roles[role.id] = role
    world.guilds[guild.id] = guild
    guild.members[owner.id] = Member(owner.id, guild.id, world.clock.now(), [])
    see = permissions.bits("VIEW_CHANNEL")
    for name in ("general", "staff", "bait"):
        channel = Channel(world.new_id(), 0, guild.id, name)
        guild.channels[channel.id] = world.channels[channel.id] = channel
    allowed = ("Helper", "Moderator", "Council", "Role Bot")
    overwrites = [Overwrite(guild.id, 0, deny=see), *(Overwrite(_named(guild, name).id, 0, allow=see) for name in allowed)]
    stage_channel(guild, "staff").overwrites = {overwrite.id: overwrite for overwrite in overwrites}
    for who, role in PEOPLE.items():
        _person(sandbox, guild, who, role)
    guild.members[next(u.id for u in world.users.values() if u.username == f"{PENDING}-{guild.id}")].pending = True
    return guild


def _person(sandbox: Sandbox, guild: Guild, who: str, role: str | None) -> User:
    user = User(sandbox.world.new_id(), f"{who}-{guild.id}", who.capitalize())
    sandbox.world.users[user.id] = user
    held = [_named(guild, role).id] if role else []
    guild.members[user.id] = Member(user.id, guild.id, sandbox.world.clock.now(), held)
    return user


async def _then(result: Awaitable[Result]) -> MessageView:
    return await (await result).message(PATIENCE)


async def _click_if_offered(message: MessageView, label: str) -> None:
    if any(button.label == label and not button.disabled for button in message.buttons):
        await _then(message.click(label))


async def _until(done: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the database says so; the question itself lets the bot work."""
    while not await done():
        pass


async def _none(rows: Any) -> bool:
    return not await rows.exists()


def _mends(button: Button) -> bool:
    return button.custom_id is not None and ":panels.mend:" in button.custom_id and not button.disabled


def _what(button: Button) -> str:
    return f"{button.label} {(button.custom_id or '').split(':')[5:8]}"


def _text(number: int | None) -> str:
    return "" if number is None else str(number)

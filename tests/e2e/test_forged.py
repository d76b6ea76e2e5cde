"""Interactions that nobody was offered: forged numbers, values, fields, commands and members. Each is answered, none is an error."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from loguru import logger

from domain import clock
from domain.custom_id import encode
from models import Panel, PanelRole
from sandbox.interactions.record import Kind
from sandbox.world import Event
from tests.e2e.house import House, posted_panel

SAMPLE, WHOLE = 1_000, 12_000
TEXTS: list[Any] = [
    "", "a", "x" * 5000, "\0", "\u200b", "\ufffe", "９９", "-5", "9" * 50, "1y " * 300, "https://a.b/c", "https://[::1]/",
    "https://a.b:99999/", "#fff", ":art:", "<:a:1>", None, 5, [], {}, ["x"], True,
]  # fmt: skip
FIELDS = [
    encode(f"field.{name}")
    for name in (
        "title", "description", "roles", "style", "mode", "label", "emoji", "colour", "accent", "image", "thumbnail", "footer",
        "minimum", "maximum", "group", "duration", "capacity", "counted",
    )
]  # fmt: skip
FORMS = {
    "create": ("title", "description", "roles", "style", "mode"), "text_save": ("title", "description"),
    "role_save": ("label", "emoji", "description", "colour"), "pictures_save": ("accent", "image", "thumbnail", "footer"),
    "limits_save": ("minimum", "maximum"), "link_save": ("group",), "terms_save": ("duration", "capacity", "counted"),
}  # fmt: skip
EDGES = (0, 1, 24, 2**31 - 1, 2**31, 2**32, 2**53, 2**63 - 1, 2**63, 9999999999999999999)


@pytest.fixture(autouse=True)
def schemas_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is forged is not what Discord's descriptions say."""
    monkeypatch.setenv("DISCORD_API_SCHEMAS", "/nonexistent")


@pytest.fixture
def errors() -> Iterator[list[str]]:
    """What is logged as an error of the bot's own."""
    found: list[str] = []

    def ours(record: Any) -> bool:
        return not record["name"].startswith("sandbox")

    sink = logger.add(lambda message: found.append(str(message)), level="ERROR", filter=ours, backtrace=False, diagnose=False)
    yield found
    logger.remove(sink)


class Forger:
    """Makes interactions of all kinds around one panel. The sandbox keeps a harmless one; the bot is told of the forged one."""

    def __init__(self, house: House, seed: int, missing: str = "") -> None:
        self._missing = missing
        self._forged: dict[str, Any] | None = None
        self._message = None
        self._emit, house.sandbox.world.emit = house.sandbox.world.emit, self._tell
        self._house, self._dice = house, random.Random(seed)
        self._actor = house.actor("olivia").in_("general")
        self._application = next(iter(house.sandbox.world.applications.values()))
        self._verbs = sorted(house.bot.gate.verbs().keys() - {"config.forget"})  # it erases the record that the ledger is compared with
        self._panel: Panel | None = None
        self._items: list[PanelRole] = []

    async def interaction(self) -> Any:
        """Send one, and return its result."""
        if self._message is None:
            await posted_panel(self._house, "Red", "Green", name="Posted")
            self._message = self._actor.in_("roles").sees()[-1].record
        if self._panel is None or not await Panel.exists(id=self._panel.id):
            await self._make_panel()
        choose = self._dice.random()
        if choose < 0.15:
            return self._begin(*self._command())
        verb = self._dice.choice(self._verbs)
        custom_id = self._custom_id(verb)
        if "save" in verb or verb == "panels.create" or choose > 0.9:
            return self._begin(Kind.MODAL, {"custom_id": custom_id, "components": self._fields(verb)})
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": self._dice.choice([2, 3, 5, 6, 7, 8])}
        if (values := self._values()) is not None:
            data["values"] = values
        return self._begin(Kind.COMPONENT, data)

    def _begin(self, kind: Kind, forged: dict[str, Any]) -> Any:
        self._forged, focused = forged, {"type": 3, "name": "panel", "value": "x", "focused": True}
        harmless: dict[Kind, dict[str, Any]] = {
            Kind.COMPONENT: {"custom_id": "x", "component_type": 2},
            Kind.MODAL: {"custom_id": "x", "components": []},
            Kind.AUTOCOMPLETE: {"id": "1", "name": "panel", "type": 1, "options": [{"type": 1, "name": "edit", "options": [focused]}]},
            Kind.COMMAND: {"id": "1", "name": "ping", "type": 1},
        }
        message = self._message if kind in (Kind.COMPONENT, Kind.MODAL) else None
        return self._actor.begin(self._application, kind, harmless[kind], message)

    def _tell(self, event: Event) -> None:
        if event.name == "INTERACTION_CREATE" and self._forged is not None:
            event.data["data"] = self._forged
            event.data.pop(self._missing, None)
        self._emit(event)

    async def _make_panel(self) -> None:
        now, guild = clock.now(), self._house.sandbox.guild
        name = f"Colours {self._dice.random()}"
        self._panel = await Panel.create(guild_id=guild.id, name=name, title="Colours", created_at=now, updated_at=now)
        roles = [self._house.sandbox.role(name) for name in ("Red", "Green")]
        self._items = [await PanelRole.create(panel=self._panel, role_id=r.id, label=r.name, position=i) for i, r in enumerate(roles)]

    def _number(self) -> int:
        assert self._panel
        if self._dice.random() < 0.2:
            return self._dice.choice(EDGES)
        channel = self._house.sandbox.channel("general").id
        return self._dice.choice([0, 1, self._panel.id, self._panel.version, self._items[0].id, self._items[0].role_id, channel])

    def _custom_id(self, verb: str) -> str:
        assert self._panel
        count = self._dice.choice([0, 1, 2, 2, 3, 3, 4, 5, 6, 7])
        args = [self._panel.id if place == 0 and self._dice.random() < 0.7 else self._number() for place in range(count)]
        version = [f"v{self._number()}"] if self._dice.random() < 0.3 else []
        return ":".join(["rp", "1", verb, *map(str, args), *version])

    def _values(self) -> Any:
        assert self._panel
        item, role = str(self._items[0].id), str(self._items[0].role_id)
        return self._dice.choice(
            [
                None, [], [""], ["x"], ["-1"], ["９９９"], ["²"], ["١٢٣"], ["9" * 19], ["9" * 100], ["0"], ["01"], [item], [item] * 30,
                [role], [role, role], [role], [item],
                [str(self._house.sandbox.channel("roles").id)], ["unique"], ["dropdown"],
                [str(self._house.sandbox.guild.id)], ["toggle"], ["\0"], ["\ufffe"], ["1", "2"], [5], [None], [{}],
                "abc", {"a": 1}, [str(10**17 + number) for number in range(60)], [str(self._number()) for _ in range(3)],
            ]
        )  # fmt: skip

    def _fields(self, verb: str) -> Any:
        def field(name: str) -> Any:
            text = self._dice.choice(TEXTS)
            return {"type": 18, "component": {"type": 4, "custom_id": name, self._dice.choice(["value", "value", "values"]): text}}

        whole = [field(encode(f"field.{name}")) for name in FORMS.get(verb.removeprefix("panels."), ())]
        if self._dice.random() < 0.5:
            return whole
        odd: list[Any] = [
            None, [], [{}], [{"component": {}}], [{"component": {"custom_id": "x"}}], [{"component": "x"}], ["x"], "x", {},
            [field(self._dice.choice(FIELDS)) for _ in range(3)], [field(name) for name in FIELDS], whole[1:], [*whole, *whole[:1]],
            [{"type": 18, "component": {"type": 1, "components": [part["component"] for part in whole]}}],
            [{"type": 1, "components": [{"type": 4, "custom_id": FIELDS[0], "value": "x"}]}],
        ]  # fmt: skip
        return self._dice.choice(odd)

    def _command(self) -> tuple[Kind, dict[str, Any]]:
        """A command that exists, with subcommands and options as they come."""
        command = self._dice.choice(list(self._application.commands.values()))
        data = {"id": str(command.id), "name": command.data["name"], "type": command.data.get("type", 1)}
        if data["type"] != 1:
            resolved = self._dice.choice([None, {}, {"messages": {}}, {"messages": []}, {"messages": {"5": {}}}, {"users": {"5": 1}}])
            target = self._dice.choice([{}, {"target_id": "5"}, {"target_id": 7}, {"target_id": "x"}])
            return Kind.COMMAND, {**data, **target, **({} if resolved is None else {"resolved": resolved})}
        return self._dice.choice([Kind.COMMAND, Kind.COMMAND, Kind.AUTOCOMPLETE]), {**data, **self._options(command.data, 0)}

    def _options(self, described: dict[str, Any], depth: int) -> dict[str, Any]:
        if self._dice.random() < 0.15:
            return self._dice.choice([{}, {"options": None}, {"options": "x"}, {"options": [5]}, {"options": [{}]}, {"options": []}])
        options: list[Any] = []
        for option in described.get("options", ()):
            if option["type"] in (1, 2):
                if not options:
                    chosen = self._dice.choice([o for o in described["options"] if o["type"] in (1, 2)])
                    name = chosen["name"] if self._dice.random() < 0.9 else "gone"
                    options.append({"type": chosen["type"], "name": name, **self._options(chosen, depth + 1)})
            elif self._dice.random() < 0.8:
                value = self._dice.choice([*TEXTS, "5", str(2**63), str(2**64), 2**40, -1, 0.5, "Colours"])
                options.append({"type": option["type"], "name": option["name"], "value": value, "focused": self._dice.random() < 0.5})
        resolved = self._dice.choice([{}, {}, {"resolved": {}}, {"resolved": None}, {"resolved": {"channels": {"5": {}}, "users": []}}])
        return {"options": options, **(resolved if depth == 0 else {})}


@pytest.mark.timeout(900)
async def test_what_is_forged_is_answered_and_is_no_error(house: House, errors: list[str], whole: bool) -> None:
    house.accepted += ["→ 4"]  # what is forged may name channels and messages that Discord does not have
    forger = Forger(house, seed=1)
    unanswered: list[Any] = []
    for _ in range(WHOLE if whole else SAMPLE):
        interaction = (await forger.interaction()).interaction
        await house.sandbox.until(lambda sent=interaction: sent.state != "pending" or sent.reply is not None)
        if interaction.state == "failed":
            unanswered.append(interaction.data)
    await house.bot.gate.drain(30)
    assert not errors, f"{len(errors)} errors, the first is {errors[0]}"
    assert not unanswered, f"{len(unanswered)} were not answered, the first is {unanswered[0]}"


@pytest.mark.parametrize("missing", ["member", "guild_id", "channel_id", "app_permissions", "locale", "message", "guild"])
async def test_what_a_server_leaves_out_of_an_interaction_is_no_error(missing: str, house: House, errors: list[str]) -> None:
    house.accepted += ["→ 4"]
    forger = Forger(house, seed=2, missing=missing)
    for _ in range(40):
        interaction = (await forger.interaction()).interaction
        await house.sandbox.until(lambda sent=interaction: sent.state != "pending" or sent.reply is not None)
    await house.bot.gate.drain(30)
    assert not errors, f"without {missing}: {errors[0]}"

"""An audit entry as an embed. Pure: the entry and a translator in, Discord's JSON out."""

from collections.abc import Iterable
from typing import Any

from cogs.audit.words import CLICK_DONE, CLICK_REFUSED, CLICK_UNKNOWN, FACTS, REASONS, TITLES, VALUES
from core.durations import duration_words
from core.i18n import Translator, endonym
from core.markup import Markup, bold, channel_mention, clipped, code, emoji_shown, escape, member_mention, role_mention, utf16_length
from core.permission_names import permission_names
from domain.role_safety import Problem
from models import AuditEntry, AuditState

# https://docs.discord.com/developers/resources/message#embed-object-embed-limits
FIELD_MAX, FIELDS_MAX, EMBED_MAX = 1024, 25, 6000
MENTIONS_MAX = 18  # of one value, 25 characters each at most
TEXT_MAX = 480  # of a text before and after a change: both fit in one field
GREEN, YELLOW, RED, BLUE = 0x57F287, 0xFEE75C, 0xED4245, 0x5865F2
COLOURS = {AuditState.DONE: GREEN, AuditState.REFUSED: YELLOW, AuditState.UNKNOWN: RED}
ROLE_CHANGES = "roles."
LINE_BREAK, SPACE = Markup("\n"), Markup(" ")
Field = dict[str, Any]


def embed(entry: AuditEntry, t: Translator) -> dict[str, Any]:
    """The entry as an embed within Discord's limits; what does not fit is named as left out."""
    if entry.kind.startswith(ROLE_CHANGES):
        title = t({AuditState.DONE: TITLES.get(entry.kind, CLICK_DONE), AuditState.REFUSED: CLICK_REFUSED}.get(entry.state, CLICK_UNKNOWN))
        colour = COLOURS.get(entry.state, RED)
    else:
        title, colour = t(TITLES[entry.kind]) if entry.kind in TITLES else escape(entry.kind), BLUE
    if (count := entry.payload.get("count", 1)) > 1:
        title = Markup("{} ×{}").format(title, count)
    fields = _who(entry, t) + _panel(entry, t) + _changes(entry.payload, t) + _roles(entry.payload, t) + _notes(entry, t)
    return _within_limits(
        {
            "title": title,
            "color": colour,
            "fields": fields,
            "footer": {"text": f"#{entry.id}"},
            "timestamp": entry.created_at.isoformat(),
        },
        t,
    )


def placeholder(entry: AuditEntry, t: Translator) -> dict[str, Any]:
    """What stands for an entry that Discord refuses to show."""
    text = t("Discord did not accept this entry, so it cannot be shown here. It is kept in the bot's database.")
    return {"title": escape(entry.kind), "description": text, "color": RED, "footer": {"text": f"#{entry.id}"}}


def size(made: dict[str, Any]) -> int:
    """The characters that count towards Discord's limit for all embeds of a message."""
    texts = [made.get("title", ""), made.get("description", ""), made["footer"]["text"]]
    return sum(map(utf16_length, texts)) + sum(
        utf16_length(field["name"]) + utf16_length(field["value"]) for field in made.get("fields", [])
    )


def _who(entry: AuditEntry, t: Translator) -> list[Field]:
    fields = []
    if entry.target_id:
        fields += _field(t("Member"), [_person(entry.target_id)], inline=True)
    if entry.actor_id and entry.actor_id != entry.target_id:
        fields += _field(t("By"), [_person(entry.actor_id)], inline=True)
    return fields


def _person(user_id: int) -> Markup:
    return Markup("{} ({})").format(member_mention(user_id), code(str(user_id)))


def _panel(entry: AuditEntry, t: Translator) -> list[Field]:
    name = entry.payload.get("panel_name")
    if not name:
        return []
    channel_id, message_id = entry.payload.get("channel_id"), entry.payload.get("message_id")
    lines = [bold(name)]
    if channel_id and message_id:
        lines.append(_link(entry.guild_id, channel_id, message_id))
    return _field(t("Panel"), lines, inline=True)


def _link(guild_id: int, channel_id: int, message_id: int) -> Markup:
    return Markup("https://discord.com/channels/{}/{}/{}").format(guild_id, channel_id, message_id)


def _roles(payload: dict[str, Any], t: Translator) -> list[Field]:
    """What became of which role, member's or panel's."""
    fields = _field(t("Role"), _mentions([payload["role_id"]])) if "role_id" in payload else []
    fields += _field(t("Added"), _mentions(payload.get("added", [])), separator=SPACE)
    fields += _field(t("Removed"), _mentions(payload.get("removed", [])), separator=SPACE)
    fields += _field(t("Refused"), [_reason(refusal, t) for refusal in payload.get("refused", [])])
    fields += _field(t("Failed"), [_reason(failure, t) for failure in payload.get("failed", [])])
    if "confirmed_permissions" in payload:
        fields += _field(t("Confirmed permissions"), [permission_names(payload["confirmed_permissions"], t)])
    powerful = payload.get("grandfathered", {})
    fields += _field(
        t("Roles"), [Markup("{}: {}").format(role_mention(role_id), permission_names(bits, t)) for role_id, bits in powerful.items()]
    )
    return fields


def _notes(entry: AuditEntry, t: Translator) -> list[Field]:
    payload = entry.payload
    fields = []
    if "taken_from" in payload:
        fields += _field(t("Channel"), [channel_mention(payload["taken_from"])])
    if entry.kind == "panel.delete":
        fields += _field(t("Roles"), _mentions(payload.get("role_names", {})), separator=SPACE)
    left = [_link(entry.guild_id, message["channel_id"], message["message_id"]) for message in payload.get("messages_left", [])]
    fields += _field(t("Messages that could not be deleted"), left)
    fields += _deleted(entry, t)
    if payload.get("observed"):
        note = t("The bot was interrupted during this change. The roles above are what it then saw at Discord.")
        fields += _field(t("Note"), [note])
    fields += _field(t("Roles that could not be taken back"), _mentions(payload.get("roles_left", [])), separator=SPACE)
    if payload.get("found_later"):
        fields += _field(t("Note"), [t("The bot was interrupted while it posted, and found the message in the channel afterwards.")])
    if "grandfathered" in payload:
        note = t(
            "These roles have powerful permissions, by themselves or in some channels, that the bot did not look for before. Members can "
            "still take them where they were on a panel already. `/panel check` shows where; an administrator can confirm them there."
        )
        fields += _field(t("Note"), [note])
    if payload.get("cog"):
        fields += _field(t("Cog"), [code(payload["cog"])])
    return fields


def _deleted(entry: AuditEntry, t: Translator) -> list[Field]:
    """What somebody deleted at Discord, and what that means for the panel. Deleted roles have only a name."""
    payload = entry.payload
    fields = _field(t("Deleted roles"), [escape(label, TEXT_MAX) for label in payload.get("deleted_roles", {}).values()])
    fields += _field(t("Roles whose emoji was deleted"), [escape(label, TEXT_MAX) for label in payload.get("deleted_emojis", {})])
    deleted = [_link(entry.guild_id, message["channel_id"], message["message_id"]) for message in payload.get("deleted_messages", [])]
    fields += _field(t("Deleted messages"), deleted)
    if payload.get("never_met"):
        note = t("A role that is required here was deleted, so nobody can meet the requirement. Change it in the panel's editor.")
        fields += _field(t("Note"), [note])
    elif payload.get("rules"):
        fields += _field(t("Note"), [t("Deleted roles were taken out of the panel's rules.")])
    return fields


def _mentions(role_ids: Iterable[int | str]) -> list[Markup]:
    return [role_mention(role_id) for role_id in role_ids]


def _reason(refusal: dict[str, Any], t: Translator) -> Markup:
    reason = t(REASONS[Problem(refusal["problem"])])
    return Markup("{} — {}").format(role_mention(refusal["role_id"]), reason) if refusal["role_id"] else reason


def _changes(payload: dict[str, Any], t: Translator) -> list[Field]:
    """Before → after for what is different, or the facts that stand for themselves."""
    before, after = payload.get("before") or {}, payload.get("after") or {}
    fields: list[Field] = []
    for key in {**before, **after}:
        if key not in before or key not in after:
            fields += _field(_fact(key, t), [_value(key, (after if key in after else before)[key], t)])
        elif before[key] != after[key]:
            fields += _field(_fact(key, t), [Markup("{}\n→ {}").format(_value(key, before[key], t), _value(key, after[key], t))])
    return fields


def _first(mentions: list[Markup]) -> Markup:
    """As many mentions as there is room for, none of them cut."""
    shown = Markup(" ").join(mentions[:MENTIONS_MAX])
    return shown if len(mentions) <= MENTIONS_MAX else shown + " …"


def _fact(key: str, t: Translator) -> Markup:
    return t(FACTS[key]) if key in FACTS else escape(key)


def _value(key: str, value: Any, t: Translator) -> Markup:
    if value is None or value in ("", []):
        return t("automatic") if key == "locale" else t("none")
    if key == "locale":
        return escape(endonym(value))
    if key.endswith("channel_id"):
        return channel_mention(value)
    if key == "emoji":
        return emoji_shown(value)
    if key == "accent_colour":
        return Markup("#{:06X}").format(value)
    if key.endswith("role_ids"):
        return _first(_mentions(value))
    if key == "duration_seconds":
        return duration_words(value, t)
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    if (key, value) in VALUES:
        return t(VALUES[key, value])
    return escape(str(value), TEXT_MAX)


def _field(name: Markup, lines: list[Markup], *, separator: Markup = LINE_BREAK, inline: bool = False) -> list[Field]:
    """The lines as one field, or as several where Discord's limit for one is passed. No lines, no field."""
    values: list[Markup] = []
    for line in (clipped(line, FIELD_MAX) for line in lines):
        joined = separator.join([values[-1], line]) if values else line
        if values and utf16_length(joined) <= FIELD_MAX:
            values[-1] = joined
        else:
            values.append(line)
    return [
        {"name": name if number == 1 else Markup("{} ({})").format(name, number), "value": value, "inline": inline}
        for number, value in enumerate(values, start=1)
    ]


def _within_limits(made: dict[str, Any], t: Translator) -> dict[str, Any]:
    fields = made["fields"] = made["fields"][: FIELDS_MAX + 1]
    rest: Field = {"name": "…", "value": t("More does not fit here."), "inline": False}
    while len(made["fields"]) > FIELDS_MAX or size(made) > EMBED_MAX:
        fields = fields[:-1]
        made["fields"] = [*fields, rest]
    return made

"""How the doctor speaks: for each cause what was found, what it means for members, and what mends it."""

from dataclasses import dataclass

from cogs.panels.ui.words import powers, role_name
from core.i18n import N_, Translator
from core.markup import Markup, bold, channel_mention, emoji_shown, moment_shown, role_mention
from core.permission_names import permission_names
from domain.diagnosis import Cause, Finding, Mend, Severity
from domain.panels import PanelSpec
from domain.role_safety import GuildFacts

MENTIONS_MAX = 8  # roles named in one sentence

ICONS = {Severity.BROKEN: "🔴", Severity.WARNING: "🟠", Severity.HINT: "🔵"}
BUTTONS = {
    Mend.DROP_ROLE: N_("Take it off the panel"),
    Mend.DROP_EMOJI: N_("Show it without an emoji"),
    Mend.DROP_STALE: N_("Forget the deleted roles"),
    Mend.CONFIRM: N_("Confirm its permissions"),
    Mend.REPOST: N_("Post it again"),
    Mend.FORGET: N_("Forget this channel"),
    Mend.REFRESH: N_("Update it now"),
}

_RECORDED = N_("Role changes and edits are recorded, but nobody sees them in this server.")
_NOBODY_GETS = N_("Nobody gets {role} here.")
_GIVE_PERMISSIONS = N_("Give the bot these permissions in {channel}.")

WORDS: dict[Cause, tuple[str, str, str | None]] = {
    Cause.NO_MANAGE_ROLES: (
        N_("The bot lacks the permission Manage Roles."),
        N_("No panel gives or takes any role."),
        N_("Open **Server Settings → Roles → {bot}**, and switch on Manage Roles."),
    ),
    Cause.TWO_FACTOR: (
        N_("This server requires two-factor authentication for moderation, and the account of the bot's owner has none."),
        N_("Discord refuses every role change of the bot."),
        N_("The bot's owner has to switch on two-factor authentication for their own Discord account."),
    ),
    Cause.AUDIT_OFF: (N_("No audit channel is set."), _RECORDED, N_("Choose one with `/config audit-channel`.")),
    Cause.AUDIT_GONE: (N_("The audit channel was deleted."), _RECORDED, N_("Choose another one with `/config audit-channel`.")),
    Cause.AUDIT_FORBIDDEN: (
        N_("The bot cannot post in the audit channel {channel}. It lacks: {permissions}."),
        _RECORDED,
        _GIVE_PERMISSIONS,
    ),
    Cause.MANAGER_DELETED: (
        N_("A manager role was deleted."),
        N_("Who had it can no longer edit panels."),
        N_("Choose the manager roles anew with `/config managers`."),
    ),
    Cause.MANAGER_CLOSED: (
        N_("Discord does not offer the commands to the manager roles {roles}."),
        N_("Who has only these roles cannot use the commands."),
        N_("Open **Server Settings → Integrations → {bot}**, and allow {roles} for each of the commands for panels."),
    ),
    Cause.ENDS_OVERDUE: (
        N_("The time of {roles} is over for some members, but the roles can't be taken back."),
        N_("These members keep the roles. The bot goes on trying, at most once an hour, later once a day."),
        N_("Check that the bot has Manage Roles and that its role stands above {roles}."),
    ),
    Cause.HELD_BACK: (
        N_("Discord has refused so much of what the bot tried in this server that the bot pauses here. It goes on {moment}."),
        N_("Until then no role is given or taken, and posted panels are not updated."),
        N_("Check that the bot has Manage Roles, that its role stands above those of the panels, and what it may do in their channels."),
    ),
    Cause.WORK_FAILS: (
        N_("Something fails on the bot's side: {work}. It is tried again {moment}."),
        N_("Everything else goes on."),
        N_("Tell the bot's operator this number: `{error_id}`."),
    ),
    Cause.NO_ROLES: (N_("The panel has no roles."), N_("Members find nothing to take."), N_("Add roles with `/panel edit`.")),
    Cause.NOT_POSTED: (N_("The panel is not posted anywhere."), N_("Members do not see it."), N_("Post it with `/panel post`.")),
    Cause.MEMBERS_UNSEEN: (
        N_("The panel gives roles back to who returns, or waits for the screening, but the bot cannot see who joins."),
        N_("Who returns or passes the screening does not get roles by themselves."),
        N_("The bot's operator has to switch on `MEMBERS_INTENT`, and Server Members Intent in the Discord developer portal."),
    ),
    Cause.MINIMUM_TOO_HIGH: (
        N_("The panel asks for at least {minimum} roles and has only {count}."),
        N_("Members cannot give any of them back."),
        N_("Add roles or lower the number: `/panel edit`, then Behaviour."),
    ),
    Cause.LINKED_ALONE: (
        N_("The panel is in the group {group}, and no other panel is."),
        N_("Its limits count for this panel alone."),
        N_("Write the same group on another panel, or none on this one: `/panel edit`, then Behaviour."),
    ),
    Cause.REQUIRED_DELETED: (
        N_("Roles that a member needs for {what} were deleted."),
        N_("Nobody can get {what} any more."),
        N_("Choose anew who may: `/panel edit`, then Behaviour, or the rules of the role."),
    ),
    Cause.RULES_STALE: (N_("The rules for {what} name roles that were deleted."), N_("For members nothing changes."), None),
    Cause.MESSAGE_MISSING: (N_("A message of the panel in {channel} was deleted."), N_("Members cannot use it there."), None),
    Cause.CHANNEL_GONE: (
        N_("The panel stood in a channel that was deleted, or that the bot does not see."),
        N_("Members cannot use it there."),
        N_("If the channel still exists, give the bot View Channel there."),
    ),
    Cause.CHANNEL_FORBIDDEN: (
        N_("The bot lacks permissions in {channel}: {permissions}."),
        N_("The panel there cannot be posted again, and may not follow your edits."),
        _GIVE_PERMISSIONS,
    ),
    Cause.MESSAGE_BEHIND: (N_("The panel in {channel} is out of date."), N_("Members see an older version of it."), None),
    Cause.POST_UNKNOWN: (
        N_(
            "The bot was cut off while it posted the panel in {channel}, and can't look whether a message stands there. "
            "It lacks: {permissions}."
        ),
        N_("A message that stands there does not work."),
        N_("Give the bot these permissions in {channel}. It then puts this right by itself."),
    ),
    Cause.ROLE_DELETED: (N_("{role} was deleted."), _NOBODY_GETS, None),
    Cause.ROLE_UNGIVABLE: (N_("{role} belongs to everyone or to an integration, so the bot cannot give it."), _NOBODY_GETS, None),
    Cause.ROLE_ABOVE_BOT: (
        N_("{role} stands above the bot's own role {bot_role}."),
        N_("Nobody gets {role} here or gives it back."),
        N_("Open **Server Settings → Roles**, and move {bot_role} above {role}."),
    ),
    Cause.ROLE_DANGEROUS: (
        N_("{role} has powerful permissions that no administrator has confirmed: {permissions}."),
        _NOBODY_GETS,
        N_("An administrator can confirm them here, or take the permissions off the role."),
    ),
    Cause.ROLE_GRANDFATHERED: (
        N_("{role} has powerful permissions that no administrator has confirmed: {permissions}."),
        N_("Members can still take {role} here, because it was on the panel before the bot looked for these permissions."),
        N_("An administrator can confirm them here, or take them off the role or the channels."),
    ),
    Cause.BUNDLE_GRANDFATHERED: (
        N_("{others}, given along with {role}, have powerful permissions that no administrator has confirmed."),
        N_("Members still get {others} with {role}, because it was so before the bot looked for these permissions."),
        N_("Have an administrator put {others} on this panel, or choose other roles: `/panel edit`, then the rules of {role}."),
    ),
    Cause.NEEDED_ROLE_GIVEN: (
        N_("{role} is powerful. {needed}, which members need for it, can be handed out by {givers}, who could not hand out {role}."),
        N_("Whoever gets {needed} from them can take {role} here."),
        N_("Move {needed} above {givers}, or choose another needed role: `/panel edit`, then Behaviour, or the rules of the role."),
    ),
    Cause.NEEDED_ROLE_ON_PANEL: (
        N_("{role} is powerful. {needed}, which members need for it, can be taken on the panel {other_panel}."),
        N_("Whoever takes {needed} there can take {role} here."),
        N_("Take {needed} off that panel, or choose another needed role: `/panel edit`, then Behaviour, or the rules of the role."),
    ),
    Cause.EMOJI_GONE: (N_("The emoji of {role} was deleted."), N_("It is shown without an emoji."), None),
    Cause.EMOJI_REFUSED: (
        N_("Discord does not take the emoji of {role}: {emoji}"),
        N_("It is shown without an emoji."),
        N_("Choose another one with `/panel edit`."),
    ),
    Cause.EMOJI_FOR_OTHERS: (
        N_("The bot may not use the emoji of {role}: {emoji}"),
        N_("It is shown without an emoji."),
        N_("Only certain roles may use it, or the server has too few boosts. Give the bot one of these roles, or choose another emoji."),
    ),
    Cause.BUNDLE_DELETED: (N_("A role that is given along with {role} was deleted."), _NOBODY_GETS, None),
    Cause.BUNDLE_STUCK: (
        N_("The bot cannot give {others} along with {role}."),
        _NOBODY_GETS,
        N_("Move the bot's role above {others}, or choose other roles: `/panel edit`, then the rules of {role}."),
    ),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the doctor needs to name things: the bot, the server's roles, and the panels."""

    bot: str
    facts: GuildFacts
    panels: dict[int, PanelSpec]


def finding_text(finding: Finding, names: Names, t: Translator) -> Markup:
    """A finding in three lines at most: what and where, what it means, what to do in Discord."""
    panel = names.panels.get(finding.panel_id or 0)
    found, meaning, step = WORDS[finding.cause]
    values = _values(finding, names, panel, t)
    where = bold(panel.name) + " · " if panel else Markup()
    lines = [Markup("{} {}{}").format(ICONS[finding.severity], where, t(found, **values)), t(meaning, **values)]
    if step is not None:
        lines.append(Markup("→ {}").format(t(step, **values)))
    return Markup("\n").join(lines)


def _values(finding: Finding, names: Names, panel: PanelSpec | None, t: Translator) -> dict[str, object]:
    roles = [role_name(role_id, names.facts, panel) for role_id in finding.role_ids]
    role = names.facts.roles.get(finding.role_ids[0]) if finding.role_ids else None
    item = next((role for role in panel.roles if role.item_id == finding.item_id), None) if panel else None
    other = names.panels.get(finding.other_panel_id or 0)
    return {
        "bot": names.bot,
        "bot_role": role_mention(names.facts.bot_top_role.role_id),
        "channel": channel_mention(finding.channel_id or 0),
        "permissions": powers(role, t, finding.permissions) if role else permission_names(finding.permissions, t),
        "role": roles[0] if roles else "",
        "roles": _some(roles),
        "others": _some(roles[1:]),
        "emoji": emoji_shown(item.emoji) if item and item.emoji else "",
        "needed": roles[1] if len(roles) > 1 else "",
        "givers": _some([role_name(role_id, names.facts) for role_id in finding.by_role_ids]),
        "other_panel": bold(other.name) if other else "",
        "what": roles[0] if roles else t("the roles of this panel"),
        "minimum": panel.min_roles if panel else 0,
        "count": len(panel.roles) if panel else 0,
        "group": bold(panel.link_group) if panel and panel.link_group else "",
        "work": t(finding.failing.work) if finding.failing else "",
        "error_id": finding.failing.error_id if finding.failing else "",
        "moment": moment_shown(finding.until) if finding.until else "",
    }


def _some(roles: list[Markup]) -> Markup:
    return Markup(" ").join(roles[:MENTIONS_MAX]) + (" …" if len(roles) > MENTIONS_MAX else "")

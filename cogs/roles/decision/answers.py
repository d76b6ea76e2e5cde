"""What a member is told of a click: what Discord confirmed, what was refused and who can mend it, and what they hold now."""

from collections.abc import Sequence

from cogs.roles.decision.decision import Outcome
from core.i18n import N_, Translator
from core.markup import Markup, bold, clipped, moment_shown, role_mention
from domain.panels import PanelSpec
from domain.plan import Refusal
from domain.role_safety import Problem

MESSAGE_MAX = 2000
NAMES_MAX = 25  # of one list: what a select can change at once

SENTENCES = {
    Problem.DELETED: N_("{role} no longer exists."),
    Problem.EVERYONE: N_("{role} is held by everyone and cannot be given."),
    Problem.MANAGED: N_("{role} belongs to an integration, a linked account or a subscription, and Discord lets nobody else give it."),
    Problem.ABOVE_BOT: N_("{role} stands above the bot's own role."),
    Problem.ABOVE_EDITOR: N_("{role} stands above your own highest role."),
    Problem.DANGEROUS: N_("{role} has powerful permissions that no administrator has confirmed for this panel."),
    Problem.BOT_LACKS_MANAGE_ROLES: N_("{role} was not changed, because the bot lacks the permission Manage Roles."),
    Problem.PENDING: N_(
        "{role} was not changed, because you have not accepted this server's rules yet. Accept them first, then come back."
    ),
    Problem.WAITS_FOR_SCREENING: N_("{role} is kept for you: you get it as soon as you have accepted this server's rules."),
    Problem.WAITS_NO_LONGER: N_("{role} is no longer kept for you."),
    Problem.PANEL_DELETED: N_("This panel was deleted."),
    Problem.NOT_ON_PANEL: N_("This choice is no longer on the panel."),
    Problem.REQUIRES_ANY: N_("{role} is only for members who hold one of these roles: {roles}."),
    Problem.REQUIRES_ALL: N_("{role} is only for members who also hold: {roles}."),
    Problem.BLOCKED: N_("{role} is not for members who hold: {roles}."),
    Problem.FULL: N_("{role} was not added, because all {limit} places are taken. When one becomes free, you can take it here."),
    Problem.MAXIMUM: N_("{role} was not added, because you can have at most {limit} of these roles at a time."),
    Problem.MINIMUM: N_("{role} was not removed, because you have to keep at least {limit} of these roles."),
    Problem.PERMANENT: N_("{role} was not changed, because a choice made here is final."),
    Problem.MEMBER_LEFT: N_("{role} was not changed, because you are no longer a member of this server."),
    Problem.FORBIDDEN: N_(
        "Discord refuses this role: {role} was not changed, although the bot may manage roles and its own role stands higher."
    ),
    Problem.TWO_FACTOR: N_(
        "Discord did not let the bot change {role}, because this server requires two-factor authentication "
        "and the account of the bot's owner has none."
    ),
    Problem.BUSY: N_(
        "{role} was not changed, because Discord is limiting role changes in this server right now. Please try again in a few minutes."
    ),
    Problem.HELD_BACK: N_(
        "{role} was not changed, because Discord has refused so much of what the bot tried in this server that the bot pauses here for "
        "some minutes."
    ),
    Problem.DISCORD_ERROR: N_("{role} was not changed, because Discord had an error. Please try again in a moment."),
    Problem.UNCERTAIN: N_(
        "Discord did not confirm the change of {role}, and it could not be looked up either. Please check your roles before you try again."
    ),
    Problem.INTERRUPTED: N_("{role} was not changed, because the bot was interrupted. Please try again."),
    Problem.EXPIRED: N_("{role} was not changed, because the bot was away for too long."),
    Problem.TOO_FAST: N_("{role} was not changed, because you clicked too often in a short time."),
    Problem.LINE_TOO_LONG: N_("{role} was not changed, because too many members were changing roles in this server."),
    Problem.FORGOTTEN: N_("{role} was not changed, because an admin is having the bot forget everything about this server."),
    Problem.SUPERSEDED: N_("{role} is as a later click of yours left it."),
}
_OFF_THE_PANEL = N_("You can take it off the panel with `/panel edit`.")
# How to mend it: for who manages roles here.
REMEDIES = {
    Problem.DELETED: _OFF_THE_PANEL,
    Problem.EVERYONE: _OFF_THE_PANEL,
    Problem.MANAGED: _OFF_THE_PANEL,
    Problem.ABOVE_BOT: N_("Move the bot's role above it in the server's role settings."),
    Problem.DANGEROUS: N_("An administrator can confirm it in the panel's editor."),
    Problem.BOT_LACKS_MANAGE_ROLES: N_("Give it back in the server's role settings."),
    Problem.PANEL_DELETED: N_("You can delete its message."),
    Problem.FORBIDDEN: _OFF_THE_PANEL,
    Problem.HELD_BACK: N_("`/panel check` tells what's wrong."),
    Problem.TWO_FACTOR: N_("The bot's owner can switch it on."),
}


def describe(outcome: Outcome, t: Translator, *, may_mend: bool = False) -> Markup:
    """The answer to a click, in the member's language: of each refusal what is missing, and if they `may_mend` it, how."""
    plan, applied = outcome.plan, outcome.applied
    lines: list[Markup] = []
    if applied.added:
        lines.append(t("Added: {roles}.", roles=_several([_until(outcome, role_id, t) for role_id in applied.added], t)))
    if applied.removed:
        lines.append(t("Removed: {roles}.", roles=_names(outcome, applied.removed, t)))
    if plan.unchanged:
        lines.append(t("Left as it was: {roles}.", roles=_names(outcome, plan.unchanged, t)))
    reasons = [_reason(outcome, failure, t, may_mend) for failure in dict.fromkeys((*plan.refusals, *applied.failed))]
    if not lines and not reasons:
        lines.append(t("Nothing was picked, so nothing changed."))
    last = [_holds(outcome.panel, outcome.holds, outcome, t)] if outcome.panel and outcome.holds is not None else []
    return _fitted(lines, reasons, last, t)


def _until(outcome: Outcome, role_id: int, t: Translator) -> Markup:
    if role_id not in outcome.ends:
        return role_name(outcome, role_id)
    return t("{role} (ends {moment})", role=role_name(outcome, role_id), moment=moment_shown(outcome.ends[role_id]))


def _reason(outcome: Outcome, failure: Refusal, t: Translator, may_mend: bool) -> Markup:
    about = _names(outcome, failure.about, t)
    missing = t(SENTENCES[failure.problem], role=role_name(outcome, failure.role_id), roles=about, limit=failure.limit)
    if not may_mend or failure.problem not in REMEDIES:
        return missing
    return Markup("{} {}").format(missing, t(REMEDIES[failure.problem]))


def _names(outcome: Outcome, role_ids: Sequence[int], t: Translator) -> Markup:
    return _several([role_name(outcome, role_id) for role_id in role_ids], t)


def _several(names: list[Markup], t: Translator) -> Markup:
    """The names one after the other; of very many, how many more there are."""
    shown = names[:NAMES_MAX]
    return t.listed([*shown, t("… and {n} more", n=len(names) - len(shown))] if len(names) > len(shown) else shown)


def role_name(outcome: Outcome, role_id: int) -> Markup:
    """The role as a mention while it exists, else the label that the panel has for it."""
    if role_id in outcome.guild_role_ids:
        return role_mention(role_id)
    labels = {role.role_id: role.label for role in outcome.panel.roles} if outcome.panel else {}
    return bold(labels.get(role_id, str(role_id)))


def _holds(panel: PanelSpec, holds: frozenset[int], outcome: Outcome, t: Translator) -> Markup:
    held = [role.role_id for role in panel.roles if role.role_id in holds]
    if not held:
        return t("You now hold no role of this panel.")
    return t("You now hold from this panel: {roles}.", roles=_names(outcome, held, t))


def _fitted(first: list[Markup], reasons: list[Markup], last: list[Markup], t: Translator) -> Markup:
    """All in one message. When that has no room for every reason, how many were left out is said, rather than what comes after them."""
    kept = list(reasons)
    text = Markup("\n").join([*first, *kept, *last])
    while len(text) > MESSAGE_MAX and kept:
        kept.pop()
        text = Markup("\n").join([*first, *kept, t("… and {n} more", n=len(reasons) - len(kept)), *last])
    return clipped(text, MESSAGE_MAX)

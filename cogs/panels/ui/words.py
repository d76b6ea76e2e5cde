"""How panels speak: modes, styles, colours, and why a role cannot be on a panel."""

from collections.abc import Iterable

from core.i18n import N_, Translator
from core.markup import Markup, bold, role_mention
from core.permission_names import permission_names
from domain.panels import ButtonColour, Mode, PanelSpec, Style
from domain.plan import Refusal
from domain.role_safety import GuildFacts, Problem, RoleFacts

CONTENT_MAX = 2000  # characters of a message

STYLES = {Style.BUTTONS: N_("Buttons"), Style.DROPDOWN: N_("Dropdown"), Style.PICKER: N_("Private picker")}
MODES = {
    Mode.TOGGLE: (N_("Take and give back"), N_("Members can take every role and give it back.")),
    Mode.ADD_ONLY: (N_("Take only"), N_("Members can take roles here, but not give them back.")),
    Mode.REMOVE_ONLY: (N_("Give back only"), N_("Members can give roles back here, but not take them.")),
    Mode.UNIQUE: (N_("One at a time"), N_("Members can have one role of this panel; another one replaces it.")),
    Mode.PERMANENT: (N_("Choose once"), N_("Members can choose one role of this panel, once and for good.")),
}
COLOURS = {
    ButtonColour.GREY: N_("Grey"),
    ButtonColour.BLURPLE: N_("Blue"),
    ButtonColour.GREEN: N_("Green"),
    ButtonColour.RED: N_("Red"),
}

# Only what can be known of a role before a click; the rest of Problem belongs to clicks.
REFUSED = {
    Problem.DELETED: N_("{role} no longer exists."),
    Problem.EVERYONE: N_("{role} is held by everyone, so it cannot be on a panel."),
    Problem.MANAGED: N_("{role} belongs to an integration, a linked account or a subscription, and Discord lets nobody else give it."),
    Problem.ABOVE_BOT: N_("{role} stands above the bot's own role. Move the bot's role above it in the server's role settings."),
    Problem.ABOVE_EDITOR: N_("{role} is not below your own highest role, so you cannot put it on a panel."),
    Problem.DANGEROUS: N_("{role} has powerful permissions ({permissions}). Only an administrator can put it on a panel."),
}
# The same of several roles, so that however many were refused are all named within one message.
REFUSED_SEVERAL = {
    Problem.DELETED: N_("{roles} no longer exist."),
    Problem.MANAGED: N_("{roles} belong to integrations, linked accounts or subscriptions, and Discord lets nobody else give them."),
    Problem.ABOVE_BOT: N_("{roles} stand above the bot's own role. Move the bot's role above them in the server's role settings."),
    Problem.ABOVE_EDITOR: N_("{roles} are not below your own highest role, so you cannot put them on a panel."),
    Problem.DANGEROUS: N_("{roles} have powerful permissions. Only an administrator can put them on a panel."),
}
WARNINGS = {
    **REFUSED,
    Problem.DANGEROUS: N_(
        "{role} has powerful permissions that no administrator has confirmed ({permissions}). Until then nobody gets it here."
    ),
    Problem.BOT_LACKS_MANAGE_ROLES: N_("The bot lacks the permission Manage Roles, so it cannot give {role}."),
}


def role_name(role_id: int, facts: GuildFacts, panel: PanelSpec | None = None) -> Markup:
    """A role as a mention while it exists, else by the label that the panel has for it."""
    if role_id == facts.guild_id:
        return Markup("@everyone")
    if role_id in facts.roles:
        return role_mention(role_id)
    labels = {role.role_id: role.label for role in panel.roles} if panel else {}
    return bold(labels.get(role_id, str(role_id)))


def role_names(role_ids: Iterable[int], facts: GuildFacts, t: Translator) -> Markup:
    """Several roles as a list."""
    return t.listed(role_name(role_id, facts) for role_id in role_ids)


def refusals(refused: Iterable[Refusal], facts: GuildFacts, t: Translator) -> list[Markup]:
    """Why roles were not put on a panel: a sentence for each reason that names its roles."""
    by_reason: dict[Problem, list[Refusal]] = {}
    for refusal in refused:
        by_reason.setdefault(refusal.problem, []).append(refusal)
    return [
        problem_sentence(REFUSED, alike[0], facts, t)
        if len(alike) == 1
        else t(REFUSED_SEVERAL[problem], roles=role_names((refusal.role_id for refusal in alike), facts, t))
        for problem, alike in by_reason.items()
    ]


def problem_sentence(
    sentences: dict[Problem, str], refusal: Refusal, facts: GuildFacts, t: Translator, panel: PanelSpec | None = None
) -> Markup:
    """One problem in words."""
    role = facts.roles.get(refusal.role_id)
    name = role_name(refusal.role_id, facts, panel)
    return t(sentences[refusal.problem], role=name, permissions=powers(role, t) if role else "")


def powers(role: RoleFacts, t: Translator, bits: int | None = None) -> Markup:
    """The powerful permissions of a role, or those among `bits`; what it has by channels alone apart."""
    bits = role.power if bits is None else bits
    own, by_channels = permission_names(bits & role.permissions, t), permission_names(bits & ~role.permissions, t)
    if not by_channels:
        return own
    if not own:
        return t("in some channels: {permissions}", permissions=by_channels)
    return t("{permissions}; in some channels: {more}", permissions=own, more=by_channels)


def unseen(facts: GuildFacts, t: Translator) -> list[Markup]:
    """That what roles may do is not known of every channel, if it is so."""
    if not facts.hidden_channels:
        return []
    return [
        t.plural(
            "The bot cannot see {n} channel of this server: what roles may do there is not counted.",
            "The bot cannot see {n} channels of this server: what roles may do there is not counted.",
            facts.hidden_channels,
        )
    ]


def link(guild_id: int, channel_id: int, message_id: int) -> Markup:
    """The address that jumps to a message."""
    return Markup("https://discord.com/channels/{}/{}/{}").format(guild_id, channel_id, message_id)

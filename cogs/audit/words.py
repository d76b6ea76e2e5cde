"""How the log speaks: what happened, what changed, and why something was not done."""

from core.i18n import N_
from domain.panels import ButtonColour, Mode, Style
from domain.role_safety import Problem

TITLES = {
    "panel.create": N_("Panel created"),
    "panel.edit": N_("Panel edited"),
    "panel.post": N_("Panel posted"),
    "panel.take_down": N_("Panel taken out of a channel"),
    "panel.delete": N_("Panel deleted"),
    "panel.clean_up": N_("Deleted things taken off a panel"),
    "roles.expire": N_("Temporary role ended"),
    "roles.end": N_("Temporary role ended by hand"),
    "roles.return": N_("Role given back to a member who returned"),
    "roles.admit": N_("Role given after screening"),
    "config.audit_channel": N_("Audit channel changed"),
    "config.language": N_("Language changed"),
    "config.managers": N_("Manager roles changed"),
    "roles.paused": N_("Discord refuses role changes"),
    "owner.load": N_("Cog loaded"),
    "owner.unload": N_("Cog unloaded"),
    "owner.reload": N_("Cog reloaded"),
    "owner.sync": N_("Commands registered anew"),
}
CLICK_DONE = N_("Roles changed")
CLICK_REFUSED = N_("Role change refused")
CLICK_UNKNOWN = N_("Role change with an uncertain end")

# What a change was made to, by its name in the payload.
FACTS = {
    "audit_channel_id": N_("Audit channel"),
    "locale": N_("Language"),
    "manager_role_ids": N_("Manager roles"),
    "title": N_("Title"),
    "description": N_("Description"),
    "style": N_("Style"),
    "min_roles": N_("Least number of roles"),
    "max_roles": N_("Greatest number of roles"),
    "required_role_ids": N_("Needed roles"),
    "required_all": N_("All of the needed roles"),
    "blocked_role_ids": N_("Forbidden roles"),
    "link_group": N_("Group of linked panels"),
    "sticky": N_("Given back to who returns"),
    "wait_for_screening": N_("Waits for screening"),
    "duration_seconds": N_("Duration"),
    "capacity": N_("Places"),
    "capacity_counts_all": N_("Places count everyone who has the role"),
    "bundle_role_ids": N_("Given along with it"),
    "mode": N_("Mode"),
    "label": N_("Label"),
    "emoji": N_("Emoji"),
    "colour": N_("Colour"),
    "accent_colour": N_("Colour"),
    "image_url": N_("Image"),
    "thumbnail_url": N_("Small image"),
    "footer": N_("Footer"),
    "buttons_per_row": N_("Buttons in a row"),
    "order": N_("Order"),
}
VALUES = {
    ("style", Style.BUTTONS): N_("Buttons"),
    ("style", Style.DROPDOWN): N_("Dropdown"),
    ("style", Style.PICKER): N_("Private picker"),
    ("mode", Mode.TOGGLE): N_("Take and give back"),
    ("mode", Mode.ADD_ONLY): N_("Take only"),
    ("mode", Mode.REMOVE_ONLY): N_("Give back only"),
    ("mode", Mode.UNIQUE): N_("One at a time"),
    ("mode", Mode.PERMANENT): N_("Choose once"),
    ("colour", ButtonColour.GREY): N_("Grey"),
    ("colour", ButtonColour.BLURPLE): N_("Blue"),
    ("colour", ButtonColour.GREEN): N_("Green"),
    ("colour", ButtonColour.RED): N_("Red"),
}
# Written for the admins who read the log.
REASONS = {
    Problem.DELETED: N_("the role no longer exists"),
    Problem.EVERYONE: N_("everyone holds it"),
    Problem.MANAGED: N_("it belongs to an integration"),
    Problem.ABOVE_BOT: N_("it stands above the bot's own role"),
    Problem.ABOVE_EDITOR: N_("it stands above the editor's highest role"),
    Problem.DANGEROUS: N_("it has powerful permissions that no administrator confirmed"),
    Problem.BOT_LACKS_MANAGE_ROLES: N_("the bot lacks the permission Manage Roles"),
    Problem.PENDING: N_("the member has not accepted the server's rules yet"),
    Problem.WAITS_FOR_SCREENING: N_("it is given as soon as the member has accepted the server's rules"),
    Problem.PANEL_DELETED: N_("the panel was deleted"),
    Problem.NOT_ON_PANEL: N_("it is no longer on the panel"),
    Problem.MEMBER_LEFT: N_("the member left the server"),
    Problem.FORBIDDEN: N_("Discord did not let the bot do it: check Manage Roles and the position of the bot's role"),
    Problem.TWO_FACTOR: N_("the server requires two-factor authentication, and the account of the bot's owner has none"),
    Problem.BUSY: N_("Discord was limiting role changes in this server"),
    Problem.DISCORD_ERROR: N_("Discord had an error"),
    Problem.UNCERTAIN: N_("Discord did not confirm it"),
    Problem.EXPIRED: N_("the bot was away for too long"),
    Problem.SUPERSEDED: N_("the member clicked again before its turn came"),
    Problem.REQUIRES_ANY: N_("the member holds none of the roles that are required for it"),
    Problem.REQUIRES_ALL: N_("the member lacks a role that is required for it"),
    Problem.BLOCKED: N_("the member holds a role that excludes it"),
    Problem.FULL: N_("all its places are taken"),
    Problem.MAXIMUM: N_("the member has as many of these roles as allowed"),
    Problem.MINIMUM: N_("the member has to keep some of these roles"),
    Problem.PERMANENT: N_("the member's choice is final"),
}

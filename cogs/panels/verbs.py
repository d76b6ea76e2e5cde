"""The verbs of the editor's components and modals, with the arguments that their custom_ids carry. Each also carries the panel first."""

CREATE = "panels.create"  # the modal of /panel create; no arguments
HOME = "panels.home"
ADD_ROLES = "panels.add"
REMOVE_ROLES = "panels.remove"  # item, or the picked values
ROLE = "panels.role"  # item, or the picked value
ROLE_TEXT = "panels.role_text"  # item
ROLE_SAVE = "panels.role_save"  # item, version shown
CONFIRM = "panels.confirm"  # role, dangerous permissions shown
TEXT = "panels.text"
TEXT_SAVE = "panels.text_save"  # version shown
LOOK = "panels.look"
STYLE = "panels.style"
MODE = "panels.mode"
PREVIEW = "panels.preview"
POST = "panels.post"
POST_TO = "panels.post_to"
DELETE = "panels.delete"
DELETE_NOW = "panels.delete_now"

# Rules. An item of 0 means the panel itself.
BEHAVIOUR = "panels.behaviour"
LIMITS = "panels.limits"
LIMITS_SAVE = "panels.limits_save"  # version shown
LINK = "panels.link"
LINK_SAVE = "panels.link_save"  # version shown
STICKY = "panels.sticky"  # 1 for on, 0 for off
SCREENING = "panels.screening"  # 1 for on, 0 for off
WHO = "panels.who"  # item
REQUIRED = "panels.required"  # item
NEEDS_ALL = "panels.needs_all"  # item, 1 for all, 0 for any
BLOCKED = "panels.blocked"  # item
RULES = "panels.rules"  # item
TERMS = "panels.terms"  # item
TERMS_SAVE = "panels.terms_save"  # item, version shown
BUNDLE = "panels.bundle"  # item

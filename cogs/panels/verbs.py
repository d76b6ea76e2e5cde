"""The verbs of the editor's components and modals, with the arguments that their custom_ids carry. Each also carries the panel first."""

CREATE = "panels.create"  # the modal of /panel create; no arguments
HOME = "panels.home"
ADD_ROLES = "panels.add"
REMOVE_ROLES = "panels.remove"  # item, or the picked values
ROLE = "panels.role"  # the picked value
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

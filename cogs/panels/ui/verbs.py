"""The verbs of the editor's components and modals, with the arguments that their custom_ids carry. Each also carries the panel first."""

CREATE = "panels.create"  # the modal of /panel create; no arguments
LIST = "panels.list"  # page of panels; the panel is 0
HOME = "panels.home"  # page of roles
REFRESH = "panels.refresh"
AGAIN = "panels.again"  # a draft, and no panel
FIX = "panels.fix"  # a draft, and no panel; the version that the person knows, unless it is the one that the refused form showed
ADD_ROLES = "panels.add"
REMOVE_ROLES = "panels.remove"  # item
ROLE = "panels.role"  # item, or the picked value
ROLE_TEXT = "panels.role_text"  # item
ROLE_SAVE = "panels.role_save"  # item, version shown
CONFIRM = "panels.confirm"  # role, dangerous permissions shown
TEXT = "panels.text"
TEXT_SAVE = "panels.text_save"  # version shown
LOOK = "panels.look"
STYLE = "panels.style"  # the picked value
WIDTH = "panels.width"  # the picked value
PICTURES = "panels.pictures"
PICTURES_SAVE = "panels.pictures_save"  # version shown
ORDER = "panels.order"  # page of roles
ORDER_PICK = "panels.order_pick"  # page of roles; the picked value
MOVE_ROLE = "panels.move_role"  # item, step
SORT = "panels.sort"  # how
REMOVAL = "panels.removal"  # page of roles
REMOVE_MANY = "panels.remove_many"  # page of roles; the picked values
MODE = "panels.mode"
PREVIEW = "panels.preview"
POST = "panels.post"
POSTINGS_REFRESH = "panels.postings"
POST_TO = "panels.post_to"  # the picked channel
POSTING = "panels.posting"  # the picked channel
MOVE_TO = "panels.move_to"  # channel; the picked one
REPOST = "panels.repost"  # channel
TAKE_OUT = "panels.take_out"  # channel
DELETE = "panels.delete"
DELETE_NOW = "panels.delete_now"

# Whether a powerful role is to be opened. What is to be done waits in a draft.
OPEN_ANYWAY = "panels.open_anyway"  # draft, what stands for what was shown
OPEN_NOT = "panels.open_not"  # draft

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

# History.
HISTORY = "panels.history"  # page
REVISION = "panels.revision"  # the picked version
RESTORE = "panels.restore"  # version to restore, version shown, digest of what was shown, 1 when it is an undo
UNDO = "panels.undo"  # version shown

# Copies, files and templates. What is to be made waits in a draft.
TRANSFER = "panels.transfer"  # draft, digest of what was shown, 1 to make the missing roles too
TRANSFER_CANCEL = "panels.transfer_cancel"  # draft

# The doctor. A panel of 0 means the whole server.
CHECK = "panels.check"  # page
CHECK_PAGE = "panels.check_page"  # page
MEND = "panels.mend"  # page, what to do by its number, panel, item or channel, permissions shown, number of the finding

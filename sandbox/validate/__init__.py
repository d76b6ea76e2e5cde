"""What comes in is checked here; refusals are Discord's 50035 with its nested field errors."""

from sandbox.validate.commands import command
from sandbox.validate.forms import parse
from sandbox.validate.messages import Draft, choices, message_create, message_edit, modal

__all__ = ["Draft", "choices", "command", "message_create", "message_edit", "modal", "parse"]

"""The /roles command, which several modules add to."""

from core.commands import slash_group
from core.i18n import N_

roles = slash_group("roles", N_("Roles from this server's panels"))

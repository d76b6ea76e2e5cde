"""What goes wrong for a user before or instead of an answer."""


class ClientRefusal(Exception):
    """Discord's client would not let the user do this; nothing was sent."""


class InteractionFailed(Exception):
    """The user sees "This interaction failed" or "The application did not respond"."""

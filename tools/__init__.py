"""Programs for developers and newcomers, around the bot and the sandbox."""

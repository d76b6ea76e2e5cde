"""The process: settings, logging, database, the bot and its one gate. Knows no feature."""

VERSION = "0.1.0"

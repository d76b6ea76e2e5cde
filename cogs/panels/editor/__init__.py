"""The editor inside Discord: its main screen, its forms, and what happens when two edit at once."""

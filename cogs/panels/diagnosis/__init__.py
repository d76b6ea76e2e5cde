"""`/panel check`: what is wrong with a server's panels, and the buttons that mend it."""

"""A local Discord: REST v10, gateway v10 and a page, for trying and testing any Discord bot without an account."""

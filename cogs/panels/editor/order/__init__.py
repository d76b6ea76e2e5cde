"""The order of the roles on a panel."""

"""How a panel looks."""

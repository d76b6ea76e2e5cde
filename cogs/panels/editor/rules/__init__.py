"""What a panel asks of members, and the terms of its roles."""

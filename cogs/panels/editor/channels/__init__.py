"""Where a panel stands: post, move, post again, take down."""

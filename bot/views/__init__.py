"""Pure functions from facts to texts and buttons."""

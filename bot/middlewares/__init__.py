"""What every update passes through before a handler sees it."""

"""A local server that speaks the Telegram Bot API, for demos and tests."""

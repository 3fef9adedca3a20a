"""Multi-step forms for private chats."""

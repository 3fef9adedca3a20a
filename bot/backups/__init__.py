"""Backups as the bot and its command line make them: where they go, their words, the commands, the daily one."""

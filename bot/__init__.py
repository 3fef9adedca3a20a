"""The chat front end: updates in, messages out."""

from bot import lighttypes

lighttypes.install()  # before anything imports aiogram

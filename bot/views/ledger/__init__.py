"""Texts about the ledger: entries, appeals, statements (LGR)."""

from bot.views.ledger import appeals as appeals
from bot.views.ledger import entries as entries
from bot.views.ledger import reasons as reasons
from bot.views.ledger import statements as statements
from bot.views.ledger.entries import effect_words as effect_words

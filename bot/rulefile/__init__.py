"""`keguan rulebook`: checking, comparing, explaining and beginning a company's rulebook file (RULE-1, RULE-4)."""

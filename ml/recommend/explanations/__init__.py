"""Why a row is there: reasons, the names of items, the words of the shop's events."""

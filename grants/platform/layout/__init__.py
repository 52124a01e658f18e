"""The frame of every page: the menu, the account, the languages, and the gallery of its parts."""

"""The server that rebuilds and reloads while a deck is written."""

"""From markdown to slides: a deck's text, read and checked."""

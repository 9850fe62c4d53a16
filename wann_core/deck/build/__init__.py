"""From slides to a deck in a folder."""

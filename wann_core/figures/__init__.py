"""Results as films, charts and drawings. Light to import: what draws is loaded when something is drawn."""

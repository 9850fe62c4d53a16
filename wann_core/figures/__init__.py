"""Results as films, charts and drawings. Importing it is cheap: drawing code is loaded when it is needed."""

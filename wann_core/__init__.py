"""Weight Agnostic Neural Networks: search, tuning, scoring, and the talk about them.

Importing this package, and everything in it but ``wann_core.figures`` and ``wann_core.deck``, pulls in no web or video
package: it is a WANN library.
"""

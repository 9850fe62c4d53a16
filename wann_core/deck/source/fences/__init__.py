"""Fences whose content is drawn elsewhere: one module per kind of fence.

Each module has one function ``plugin(parser)``, which registers one rule and one renderer, like the plugins of
markdown-it. ``fence_plugins`` finds all modules in this folder. A new fence is one module:

- a reader, ``FenceText -> Slot``, which is passed to ``add_fence`` with the fence's names;
- a subclass of ``Slot``, which defines what Node must draw (``job``) and the HTML of the page (``html``);
- a fixture in tests/deck/fixtures, and for a new kind of drawing a module in assets/deck/drawings.
"""

"""What a deck can hold that is drawn elsewhere: one module per kind of fence.

A module here has one function ``plugin(parser)``, which registers one rule and one renderer, as the plugins of
markdown-it do. ``fence_plugins`` finds it by its place. A new fence is one module:

- a reader, ``FenceText -> Slot``, given to ``add_fence`` with the fence's names;
- a subclass of ``Slot``, which says what Node must draw (``job``) and what stands on the page (``html``);
- a fixture in tests/deck/fixtures, and for a new kind of drawing a module in assets/deck/drawings.
"""

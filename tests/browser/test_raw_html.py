"""A browser sees on each slide what the build wrote: our tree agrees with Chromium's for every fixture."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from markdown_it.utils import read_fixture_file
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parents[1] / "deck"))

from rendering import render

from wann_core.deck.source.html_tree import Element, read_page

pytestmark = pytest.mark.browser

FIXTURES: Final = [
    pytest.param(case[2], id=f"{path.stem}:{case[1]}")
    for path in sorted((Path(__file__).parents[1] / "deck" / "fixtures").glob("*.md"))
    for case in read_fixture_file(path)
]
HOSTILE: Final = [
    "<svg><style><!-- a</style><text>x</text></svg> <!-- b -->",
    "<math><style><!-- a</style><mi>x</mi></math> <!-- b -->",
    "<svg><desc><style><!-- a</style></desc></svg> <!-- b -->",
    "<svg><foreignObject><style><!-- a</style><p>x</p></foreignObject></svg> <!-- b -->",
    "<math><mi><style><!-- a</style></mi></math> <!-- b -->",
    '<math><annotation-xml encoding="text/html"><style><!-- a</style></annotation-xml></math> <!-- b -->',
    "<math><annotation-xml><style><!-- a</style></annotation-xml></math> <!-- b -->",
    "<svg><p>x</p><style><!-- a</style></svg> <!-- b -->",
    "<svg><title><style><!-- a</title></style></svg> <!-- b -->",
    "<svg><script><!-- a</script></svg> <!-- b -->",
    "<select><style><!-- a</style></select> <!-- b -->",
    "<style><!-- a</style> <!-- b -->",
    "<style></style x><section></style>",
    "<style>p::before { content: '</section><section>' }</style>",
    '<script src="x.mjs"><!--<script></script> <!-- b -->',
    "<textarea><!-- a</textarea> <!-- b -->",
    "<textarea></section><section></textarea>",
    "<title><!-- a</title> <!-- b -->",
    "<iframe><!-- a</iframe> <!-- b -->",
    "<xmp></section><!-- a</xmp> <!-- b -->",
    "<noembed><!-- a</noembed> <!-- b -->",
    "<noframes><!-- a</noframes> <!-- b -->",
    "<noscript><style></noscript><section></style></noscript>",
    "<noscript><!-- </noscript> --></noscript>",
    "<template><section></template>",
    "<table><section><tr><td></section></table>",
    "<select><section></select>",
    "<svg><![CDATA[ </svg></section> ]]></svg>",
    "<!--> </section> -->",
    "<!-- a --!> </section> <!-- b -->",
    "</ </section> ><b>x</b>",
    "<?php </section> ?>",
    '<p title="</section>">x</p>',
    "<form><form></form></section></form>",
    "<svg><font color=red><style><!-- a</style></svg> <!-- b -->",
    "<svg><font><style><!-- a</style></svg> <!-- b -->",
    "<svg><a><b><style><!-- a</style></svg> <!-- b -->",
    "<frameset><frame></frameset>",
    "<button><button></section></button>",
    "<a href=?a=1&copy=2>x</a>",
]
"""Raw HTML that a browser and another reader of HTML may understand differently."""
OUTLINE: Final = """() => {
  const outline = [];
  const walk = (element, depth) => {
    for (const child of element.children) {
      outline.push(`${depth} ${child.localName.toLowerCase()}`);
      walk(child, depth + 1);
    }
  };
  walk(document.querySelector(".slides"), 0);
  return outline;
}"""
SECTIONS: Final = """() => [...document.querySelectorAll(".slides > section, .slides > section > section")].map(
  (section) => [section.parentElement.className, section.querySelector("h1")?.textContent ?? "", section.dataset.source]
)"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


def page_of(sections: str) -> str:
    return f'<!doctype html><meta charset="utf-8"><body><div class="slides">\n{sections}\n</div></body>'


def outline_of(sections: str) -> list[str]:
    found: list[str] = []

    def walk(element: Element, depth: int) -> None:
        for child in element.children:
            if isinstance(child, Element) and child.tag != "!":
                found.append(f"{depth} {child.tag}")
                walk(child, depth + 1)

    walk(read_page(sections), 0)
    return found


def seen(page: Page, sections: str, script: str) -> Any:
    page.set_content(page_of(sections))
    return page.evaluate(script)


@pytest.mark.parametrize("markdown", FIXTURES)
def test_the_browser_has_the_elements_that_the_build_wrote(markdown: str, page: Page, tmp_path: Path) -> None:
    for shown, meant in {"␍": "\r", "·": " ", "→": "\t"}.items():
        markdown = markdown.replace(shown, meant)
    sections, _ = render(tmp_path, markdown)
    assert seen(page, sections, OUTLINE) == outline_of(sections)


@pytest.mark.parametrize("html", HOSTILE)
def test_raw_html_stays_on_its_slide(html: str, page: Page, tmp_path: Path) -> None:
    sections, _ = render(tmp_path, f"# One\n\n{html}\n\n\n\n# Two\n\nb\n\n\n\n# Three\n\nc <!-- d -->\n")
    found = seen(page, sections, SECTIONS)
    assert [(parent, title) for parent, title, _ in found] == [
        ("slides", "One"),
        ("slides", "Two"),
        ("slides", "Three"),
    ]
    assert [source.rpartition(":")[2] for *_, source in found] == ["1", "7", "13"]

"""From a markdown deck to the HTML of its page: read once, then filled in when figures and drawings are there.

``parse_deck`` finds everything a deck names (figures, charts, formulas, diagrams, assets) and everything that is wrong
with it. ``render_deck`` writes the page. In between the build makes figures and lets Node draw.
"""

from __future__ import annotations

import copy
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote, urlsplit

from wann_core.deck.errors import Problem, Severity
from wann_core.deck.front_matter import FrontMatter, FrontMatterError, parse_front_matter, split_front_matter
from wann_core.deck.markdown import SlideContext, Slot, slide_html
from wann_core.deck.split import Chunk, normalise, split_slides
from wann_core.deck.tree import (
    Element,
    apply_attribute_comments,
    merge_attributes,
    read_html,
    write_attributes,
    write_html,
)
from wann_core.figures import aliases, catalog
from wann_core.hashing import content_hash

if TYPE_CHECKING:
    from wann_core.figures.catalog import FigureProduct

ASSETS: Final = Path(__file__).resolve().parents[2] / "assets" / "deck"
RUN: Final = "run:"
CHART_WIDTH, CHART_HEIGHT = 1160, 560
COLUMN_CHART_WIDTH: Final = 720
_MEDIA_ATTRIBUTES: Final = {
    "img": ("src", "data-src"),
    "video": ("src", "data-src", "poster"),
    "audio": ("src", "data-src"),
    "source": ("src", "data-src"),
    "section": ("data-background-image", "data-background-video", "data-background"),
    "iframe": ("src", "data-src"),
    "object": ("data",),
    "link": ("href",),
    "script": ("src",),
    "embed": ("src",),
}
_EVENT: Final = re.compile(r"^on[a-z]+$", re.IGNORECASE)
_FILE_NAME: Final = re.compile(r"\.(png|jpe?g|gif|svg|webp|avif|mp4|webm|ogv|m4v)$", re.IGNORECASE)


@dataclass(slots=True)
class Slide:
    """One slide, read.

    Attributes:
        root: its HTML as a tree.
        attributes: of its section.
        notes: the speaker notes' tree, or None.
        slots: what is drawn elsewhere, by number.
        line: where it begins.
        title: text of its first heading.
        starts_stack: whether it begins a horizontal group.
    """

    root: Element
    attributes: dict[str, str | None]
    notes: Element | None
    slots: list[Slot]
    line: int
    title: str
    starts_stack: bool


@dataclass(slots=True)
class ParsedDeck:
    """A deck, read.

    Attributes:
        path: its source.
        settings: its front matter, the title filled in.
        slides: in order.
        figures: names of the figures it shows -> lines.
        assets: files it shows, by the address as written.
        absent: files that were looked for and are not there.
        problems: what is wrong.
    """

    path: Path
    settings: FrontMatter
    slides: list[Slide] = field(default_factory=list)
    figures: dict[str, list[int]] = field(default_factory=dict)
    assets: dict[str, Path] = field(default_factory=dict)
    absent: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def live_tasks(self) -> tuple[str, ...]:
        """Tasks whose runs the live demos show."""
        tasks = [slot.content.task for slide in self.slides for slot in slide.slots if slot.kind == "live"]
        return tuple(dict.fromkeys(tasks))

    @property
    def errors(self) -> list[Problem]:
        """What keeps the deck from being built."""
        return [problem for problem in self.problems if problem.severity is Severity.ERROR]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a deck named, made.

    Attributes:
        figures: by name.
        drawings: of Node, by job id: ``{"svg": ...}``, ``{"html": ...}`` or ``{"error": ...}``.
        live_data: by task.
        live_stills: by task, the picture that stands where a demo does not run.
    """

    figures: Mapping[str, FigureProduct] = field(default_factory=dict)
    drawings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    live_data: Mapping[str, Any] = field(default_factory=dict)
    live_stills: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RenderedDeck:
    """A page and what it needs beside it.

    Attributes:
        html: of ``index.html``.
        media: relative address -> file to copy.
        problems: found while filling in.
        uses_live: whether the live demos' script is needed.
    """

    html: str
    media: dict[str, Path]
    problems: list[Problem]
    uses_live: bool


# --- reading --------------------------------------------------------------------------------------------------------


def parse_deck(path: Path, cache_dir: Path | None = None) -> ParsedDeck:
    """Read a deck and everything that is wrong with it.

    Args:
        path: the markdown file.
        cache_dir: folder for chart options made from CSV.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return ParsedDeck(path, FrontMatter(title=path.stem), problems=[
            Problem(path, line, "the deck is not UTF-8", "save it as UTF-8")
        ])  # fmt: skip
    lines = normalise(text)
    yaml_text, skipped = split_front_matter(lines)
    deck = ParsedDeck(path, FrontMatter())
    if yaml_text is not None:
        try:
            deck.settings = parse_front_matter(yaml_text)
        except FrontMatterError as error:
            deck.problems.append(Problem(path, error.line, str(error)))
    settings = deck.settings
    chunks = split_slides(lines[skipped:], skipped + 1, settings.horizontal, settings.vertical)
    for chunk in chunks:
        if chunk.is_empty:
            _warn(deck, chunk.first_line, "an empty slide is left out", "remove one of the separators around it")
            continue
        deck.slides.append(_read_slide(deck, chunk, cache_dir, is_first=not deck.slides))
    if not deck.slides:
        deck.problems.append(Problem(path, 1, "the deck has no slides", "write something into it"))
    _identify(deck)
    for slide in deck.slides:
        _find_media(deck, slide)
    _link(deck)
    if not settings.title:
        first = next((slide.title for slide in deck.slides if slide.title), path.stem)
        deck.settings = _with_title(settings, first)
    deck.problems.sort(key=lambda problem: (problem.line, problem.message))
    return deck


def _with_title(settings: FrontMatter, title: str) -> FrontMatter:
    named = copy.copy(settings)
    object.__setattr__(named, "title", title)
    return named


def _warn(deck: ParsedDeck, line: int, message: str, hint: str = "") -> None:
    deck.problems.append(Problem(deck.path, line, message, hint, Severity.WARNING))


def _read_slide(deck: ParsedDeck, chunk: Chunk, cache_dir: Path | None, *, is_first: bool) -> Slide:
    def report(line: int, message: str, hint: str, is_warning: bool) -> None:
        severity = Severity.WARNING if is_warning else Severity.ERROR
        deck.problems.append(Problem(deck.path, line, message, hint, severity))

    slots: list[Slot] = []
    root = read_html(slide_html(chunk.lines, SlideContext(chunk.first_line, cache_dir, report, slots)))
    notes = None
    if any(line.strip() for line in chunk.notes):
        notes = read_html(slide_html(chunk.notes, SlideContext(chunk.notes_line, cache_dir, report, slots)))
    line = chunk.first_line + next((i for i, text in enumerate(chunk.lines) if text.strip()), 0)
    attributes: dict[str, str | None] = {}
    apply_attribute_comments(
        root, attributes, lambda at, message: report(at, message, 'write <!-- .element class="fragment" -->', False)
    )
    heading = next((element for element in root.walk() if re.fullmatch(r"h[1-6]", element.tag)), None)
    title = " ".join(unescape(heading.text()).split()) if heading else ""
    if is_first and heading is not None and heading.tag in ("h1", "h2", "h3") and not _has_media(root):
        attributes["class"] = f"{attributes.get('class') or ''} title-slide".strip()
    return Slide(root, attributes, notes, slots, line, title, chunk.starts_stack)


def _has_media(root: Element) -> bool:
    return any(element.tag in ("img", "video", "table", "ul", "ol") or "data-slot" in element.attributes
               for element in root.walk())  # fmt: skip


# --- ids and links --------------------------------------------------------------------------------------------------


def slug(text: str) -> str:
    """Lower-case words with hyphens; letters of every script stay."""
    text = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[^\w]+", "-", text, flags=re.UNICODE).strip("-")


def _identify(deck: ParsedDeck) -> None:
    """Give every slide an id that stays when slides are inserted: its own, its heading's, or its content's."""
    taken: dict[str, int] = {}
    for slide in deck.slides:
        own = slide.attributes.get("id")
        if own:
            if own in taken:
                message = f'id "{own}" is taken by the slide in line {taken[own]}'
                deck.problems.append(Problem(deck.path, slide.line, message, "choose another id"))
            taken.setdefault(own, slide.line)
    for slide in deck.slides:
        if slide.attributes.get("id"):
            continue
        base = slug(slide.title) or f"s-{content_hash(slide.root.text())[:6]}"
        name, n = base, 2
        while name in taken:
            name, n = f"{base}-{n}", n + 1
        taken[name] = slide.line
        slide.attributes["id"] = name
    for slide in deck.slides:
        for element in slide.root.walk():
            own = element.attributes.get("id")
            if not own or element.tag == "!":
                continue
            if own in taken and taken[own] != -1:
                message = f'id "{own}" occurs twice (line {taken[own]})'
                deck.problems.append(Problem(deck.path, element.line or slide.line, message, "choose another id"))
            taken.setdefault(own, element.line)


def _link(deck: ParsedDeck) -> None:
    """Turn links to slide ids and titles into reveal's, and name the dead ones."""
    ids = {slide.attributes["id"]: slide.attributes["id"] for slide in deck.slides}
    titles = {slug(slide.title): slide.attributes["id"] for slide in reversed(deck.slides) if slide.title}
    inner = {
        element.attributes["id"]: slide.attributes["id"]
        for slide in deck.slides
        for element in slide.root.walk()
        if element.attributes.get("id") and element.tag != "!"
    }
    for slide in deck.slides:
        for element in slide.root.walk():
            href = element.attributes.get("href")
            if element.tag != "a" or not href or not href.startswith("#") or href.startswith("#/") or href == "#":
                continue
            name = unescape(unquote(href[1:]))
            target = ids.get(name) or titles.get(slug(name)) or inner.get(name)
            if target:
                element.attributes["href"] = f"#/{target}"
                continue
            near = get_close_matches(slug(name), [key for key in [*ids, *titles] if key], n=3)
            hint = f"near it: {', '.join(near)}" if near else "link to a slide's title or id"
            deck.problems.append(Problem(deck.path, element.line or slide.line, f'no slide "{name}"', hint))


# --- media ----------------------------------------------------------------------------------------------------------


def _find_media(deck: ParsedDeck, slide: Slide) -> None:
    section = Element("section", slide.attributes, line=slide.line)
    trees = [slide.root] if slide.notes is None else [slide.root, slide.notes]
    for element in [section, *(element for tree in trees for element in tree.walk())]:
        if element.tag == "!":
            continue
        line = element.line or slide.line
        for name in [name for name in element.attributes if _EVENT.match(name)]:
            del element.attributes[name]
            _warn(deck, line, f"{name} is left out: a deck runs no inline scripts", "use a live demo")
        if element.tag == "video":
            _settle_video(element)
        for name in _MEDIA_ATTRIBUTES.get(element.tag, ()):
            if element.attributes.get(name):
                _resolve(deck, element, name, line)
        if element.tag == "a" and (element.attributes.get("href") or "").startswith(RUN):
            _resolve(deck, element, "href", line)
        _check_alternative(deck, element, line)
        if element.tag == "img":
            element.attributes.setdefault("loading", "lazy")


def _settle_video(video: Element) -> None:
    attributes = video.attributes
    if "autoplay" in attributes:
        del attributes["autoplay"]
        attributes["data-autoplay"] = None
    if "src" in attributes:
        attributes["data-src"] = attributes.pop("src")
    attributes.pop("type", None)  # it belongs on <source>; on <video> it means nothing
    if "data-autoplay" in attributes:
        attributes["muted"] = None
    attributes["playsinline"] = None
    attributes.setdefault("preload", "none")


def _resolve(deck: ParsedDeck, element: Element, name: str, line: int) -> None:  # noqa: PLR0911  # one case per kind of address
    address = unescape(element.attributes[name] or "").strip()
    if name == "data-background" and not (address.startswith(RUN) or _FILE_NAME.search(address)):
        return  # a colour or a gradient
    if address.startswith(RUN):
        _want_figure(deck, element, name, address[len(RUN) :], line)
        return
    parts = urlsplit(address)
    file_name = unquote(parts.path).rsplit("/", 1)[-1]
    alias = aliases.figure_for(file_name)
    if parts.scheme in ("http", "https") or address.startswith("//"):
        if alias and element.tag in ("img", "video", "source"):
            deck.problems.append(
                Problem(deck.path, line, f"{address} is replaced by the local figure {alias}", "", Severity.INFO)
            )
            _want_figure(deck, element, name, alias, line)
        elif not deck.settings.allow_remote:
            deck.problems.append(
                Problem(
                    deck.path,
                    line,
                    f"remote source {address}: a deck must open without a network",
                    "put the file beside the deck, or set allow_remote: true in the front matter",
                )
            )
        return
    if parts.scheme in ("data", "blob") or address.startswith("#"):
        return
    if parts.scheme not in ("", "file"):
        deck.problems.append(Problem(deck.path, line, f'address "{address}" cannot be shown', "name a file"))
        return
    try:
        file = (deck.path.parent / unquote(parts.path)).resolve()
        found = file.is_file()
    except (OSError, ValueError):
        deck.problems.append(Problem(deck.path, line, f'"{address[:80]}" cannot be a file name', "name a file"))
        return
    if found:
        deck.assets[address] = file
        element.attributes[name] = media_address(deck, address)
        return
    deck.absent.append(file)
    if alias and "/" not in parts.path:
        _want_figure(deck, element, name, alias, line)
        return
    beside = [near.name for near in file.parent.glob("*") if near.is_file()] if file.parent.is_dir() else []
    near_names = get_close_matches(file.name, beside, n=3)
    hint = f"near it: {', '.join(near_names)}" if near_names else f"there is no such file in {file.parent.name}/"
    deck.problems.append(Problem(deck.path, line, f'no file "{address}"', hint))


def media_address(deck: ParsedDeck, address: str) -> str:
    """Where an asset is in the built deck: its name, told apart from others of the same name by its folder."""
    file = deck.assets[address]
    others = [other for other in deck.assets.values() if other.name == file.name and other != file]
    name = f"{content_hash(str(file.parent))[:6]}-{file.name}" if others else file.name
    return f"media/{quote(name)}"


def _want_figure(deck: ParsedDeck, element: Element, attribute: str, name: str, line: int) -> None:
    if not catalog.is_known(name):
        near = get_close_matches(name, catalog.names(), n=3, cutoff=0.4) or catalog.names()[:8]
        deck.problems.append(Problem(deck.path, line, f'no figure "{name}"', f"there are: {', '.join(near)}"))
        return
    deck.figures.setdefault(name, []).append(line)
    element.attributes["data-run"] = name
    element.attributes["data-run-attribute"] = attribute


def _check_alternative(deck: ParsedDeck, element: Element, line: int) -> None:
    names = element.attributes
    if element.tag == "img" and names.get("alt") is None:
        _warn(deck, line, "an image without alt text", 'write ![what it shows](…), or alt="" where it only decorates')
    elif element.tag == "img" and not (names.get("alt") or "").strip() and "data-run" not in names:
        _warn(deck, line, "an image with an empty text alternative", "write ![what it shows](…)")
    if element.tag == "video" and "data-run" not in names:
        spoken = any((names.get(name) or "").strip() for name in ("aria-label", "title"))
        if not spoken and not any(child.tag == "track" for child in element.walk()):
            _warn(deck, line, "a video without a text alternative", 'add aria-label="what it shows"')


# --- writing --------------------------------------------------------------------------------------------------------


def drawing_jobs(deck: ParsedDeck, figures: Mapping[str, FigureProduct]) -> list[dict[str, Any]]:
    """What Node must draw for a deck: charts of fences and figures, formulas, diagrams."""
    jobs: dict[str, dict[str, Any]] = {}
    for slide in deck.slides:
        for slot in slide.slots:
            match slot.kind:
                case "chart":
                    jobs[slot.key] = _chart_job(slot.key, slot.content)
                case "math":
                    jobs[slot.key] = {"id": slot.key, "kind": "math", "tex": slot.content, "display": slot.is_block}
                case "dot":
                    jobs[slot.key] = {"id": slot.key, "kind": "dot", "source": slot.content}
    for name in deck.figures:
        product = figures.get(name)
        if product is not None and product.kind == "chart":
            jobs[name] = _chart_job(name, json.loads(product.files["option"].read_text(encoding="utf-8")))
    return list(jobs.values())


def _chart_job(key: str, option: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    return {"id": key, "kind": "chart", "option": option, "width": CHART_WIDTH, "height": CHART_HEIGHT}


@dataclass(slots=True)
class _Page:
    """What accumulates while slides are written."""

    deck: ParsedDeck
    resolved: Resolved
    media: dict[str, Path] = field(default_factory=dict)
    charts: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    uses_live: bool = False


def render_deck(deck: ParsedDeck, resolved: Resolved) -> RenderedDeck:
    """Write the page of a deck that has no errors."""
    page = _Page(deck, resolved)
    for address, file in deck.assets.items():
        page.media[unquote(media_address(deck, address))] = file
    sections = _sections(page)
    blocks = {f"chart-{key}": json_block(option) for key, option in page.charts.items()}
    blocks["provenance"] = json_block(page.provenance)
    if page.uses_live:
        blocks["live-data"] = json_block(dict(resolved.live_data))
    settings = deck.settings
    options = dict(settings.reveal)
    if settings.duration:
        options.setdefault("totalTime", round(settings.duration * 60))
    html = _template().render(
        deck={
            "title": settings.title,
            "author": settings.author,
            "date": settings.date,
            "description": settings.description,
            "language": settings.language,
            "theme": settings.theme,
            "aspect": settings.aspect,
            "reveal_options": options,
        },
        slides_html=sections,
        css_hrefs=["deck.css", *(["live.css"] if page.uses_live else [])],
        js_hrefs=[*(["live.js"] if page.uses_live else []), "deck.js"],
        json_blocks=blocks,
        image=next((address for address in page.media if address.endswith(".png")), None),
    )
    return RenderedDeck(html, page.media, page.problems, page.uses_live)


@cache
def _template() -> Any:  # noqa: ANN401  # jinja2's Template, imported only to render
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415

    return Environment(loader=FileSystemLoader(ASSETS), autoescape=True).get_template("template.html.j2")


def json_block(value: Any) -> str:  # noqa: ANN401  # any JSON
    """JSON that can stand in a script element: no `<` can end it early."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _sections(page: _Page) -> str:
    stacks: list[list[Slide]] = []
    for slide in page.deck.slides:
        if slide.starts_stack or not stacks:
            stacks.append([])
        stacks[-1].append(slide)
    parts = []
    for stack in stacks:
        written = [_section(page, slide) for slide in stack]
        parts.append(written[0] if len(stack) == 1 else "<section>\n" + "\n".join(written) + "\n</section>")
    return "\n".join(parts)


def _section(page: _Page, slide: Slide) -> str:
    source = f"{page.deck.path.parent.name}/{page.deck.path.name}:{slide.line}"
    section = Element("section", slide.attributes)
    if "data-run" in slide.attributes:
        _fill_figure(page, section)
    attributes = {**{k: v for k, v in slide.attributes.items() if k != "data-run"}, "data-source": source}
    body = write_html(slide.root, lambda element: _own_html(page, slide, element))
    notes = ""
    if slide.notes is not None:
        notes = (
            f'<aside class="notes">{write_html(slide.notes, lambda element: _own_html(page, slide, element))}</aside>'
        )
    return f"<section{write_attributes(attributes)}>\n{body}{notes}</section>"


def _own_html(page: _Page, slide: Slide, element: Element) -> str | None:
    number = element.attributes.get("data-slot")
    if number is not None and number.isdigit() and int(number) < len(slide.slots):
        return _slot_html(page, slide.slots[int(number)], element)
    if "data-run" in element.attributes:
        return _fill_figure(page, element)
    return _paragraph_of_figure(page, element) if element.tag == "p" else None


def _paragraph_of_figure(page: _Page, paragraph: Element) -> str | None:
    """A figure cannot stand in a paragraph: browsers would end it there and leave two empty ones."""
    figures = [
        child
        for child in paragraph.children
        if isinstance(child, Element) and child.tag == "img" and _becomes_figure(page, child)
    ]
    others = [
        child
        for child in paragraph.children
        if not (child in figures or (isinstance(child, str) and not child.strip()) or _is_comment(child))
    ]
    if not figures:
        return None
    if len(figures) == 1 and not others:
        merge_attributes(figures[0].attributes, paragraph.attributes)
        return _fill_figure(page, figures[0])
    paragraph.tag = "div"
    return None


def _becomes_figure(page: _Page, image: Element) -> bool:
    product = page.resolved.figures.get(image.attributes.get("data-run") or "")
    return product is not None and (product.kind == "chart" or "svg" in product.files)


def _is_comment(child: Element | str) -> bool:
    return isinstance(child, Element) and child.tag == "!"


def _slot_html(page: _Page, slot: Slot, element: Element) -> str:
    attributes = {name: value for name, value in element.attributes.items() if name != "data-slot"}
    drawing = page.resolved.drawings.get(slot.key, {})
    if "error" in drawing:
        page.problems.append(Problem(page.deck.path, slot.line, str(drawing["error"]), "mend the fence or formula"))
        return ""
    match slot.kind:
        case "chart":
            return _chart_html(page, slot.key, slot.content, str(drawing.get("svg", "")), slot.alt, attributes)
        case "math":
            return f"<{element.tag}{write_attributes(attributes)}>{drawing.get('html', '')}</{element.tag}>"
        case "dot":
            label = {**attributes, "role": "img", "aria-label": slot.alt}
            return f"<figure{write_attributes(label)}>{drawing.get('svg', '')}</figure>"
        case "live":
            page.uses_live = True
            live = slot.content
            classes = f"live {attributes.pop('class', '') or ''}".strip()
            shown = {"class": classes, "data-demo": live.demo, "data-settings": json.dumps(live.settings), **attributes}
            still = page.resolved.live_stills.get(live.task, "")
            page.provenance.update(_live_provenance(page, live.task))
            return f'<div{write_attributes(shown)}><div class="live-still">{still}</div></div>'
        case _:
            return f"<div{write_attributes(attributes)}>{slot.content}</div>"


def _live_provenance(page: _Page, task: str) -> dict[str, Any]:
    data = page.resolved.live_data.get(task, {})
    found = data.get("provenance") if isinstance(data, dict) else None
    return {f"{task}/live": found} if found else {}


def _chart_html(
    page: _Page,
    key: str,
    option: Any,  # noqa: ANN401  # any JSON
    svg: str,
    alt: str,
    attributes: dict[str, str | None],
) -> str:
    name = re.sub(r"[^\w-]+", "-", key)
    page.charts[name] = option
    own = {k: v for k, v in attributes.items() if k not in ("class", "src", "alt", "loading")}
    classes = " ".join(dict.fromkeys(["chart", *(attributes.get("class") or "").split()]))
    shown = {"class": classes, "data-chart": name, "role": "img", "aria-label": alt, **own}
    return f'<figure{write_attributes(shown)}><div class="chart-static">{svg}</div></figure>'


def _fill_figure(page: _Page, element: Element) -> str | None:
    """Put a figure in the place of its name; a chart replaces the element, other kinds fill its attribute."""
    attributes = element.attributes
    name, attribute = attributes.pop("data-run"), attributes.pop("data-run-attribute", "src")
    assert name is not None  # set by _want_figure
    assert attribute is not None
    product = page.resolved.figures[name]
    if product.provenance and element.tag != "section":
        attributes["data-provenance"] = name
        page.provenance[name] = dict(product.provenance)
    alt = unescape(attributes.get("alt") or attributes.get("aria-label") or "") or product.alt
    if product.kind == "chart":
        drawing = page.resolved.drawings.get(name, {})
        option = json.loads(product.files["option"].read_text(encoding="utf-8"))
        return _chart_html(page, name, option, str(drawing.get("svg", "")), alt, attributes)
    if product.kind == "image" and "svg" in product.files and element.tag == "img":
        return _inline_svg(product.files["svg"].read_text(encoding="utf-8"), alt, attributes)
    role = "mp4" if "mp4" in product.files and attribute != "poster" else "poster" if attribute == "poster" else "png"
    attributes[attribute] = _copied(page, name, product.files[role])
    if element.tag == "img":
        attributes["alt"] = alt
    if product.kind == "video" and element.tag in ("video", "source"):
        video = element if element.tag == "video" else element.parent
        assert video is not None  # a source that the tree gave has a parent
        video.attributes.setdefault("poster", _copied(page, name, product.files["poster"]))
        video.attributes.setdefault("aria-label", alt)
        video.attributes.setdefault("width", str(product.width))
        video.attributes.setdefault("height", str(product.height))
    return None


def _copied(page: _Page, name: str, file: Path) -> str:
    address = f"media/{name.rsplit('.', 1)[0]}{file.suffix}"
    page.media[address] = file
    return quote(address)


def _inline_svg(svg: str, alt: str, attributes: dict[str, str | None]) -> str:
    """A drawing in the page itself, so that it follows the theme."""
    own = {k: v for k, v in attributes.items() if k not in ("src", "alt", "loading", "class")}
    classes = " ".join(["drawing", *(attributes.get("class") or "").split()])
    shown = {"class": classes, "role": "img", "aria-label": alt, **own}
    return f"<figure{write_attributes(shown)}>{svg}</figure>"


def describe_problem(problem: Problem) -> str:
    """A problem as HTML text, for the overlay of the development server."""
    return escape(str(problem))

"""A deck on 127.0.0.1 while it is written: rebuilt on every save, same slide, errors shown as an overlay."""

from __future__ import annotations

import asyncio
import contextlib
import html
import os
import re
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect

from wann_core.deck.preview.watch import Built, watch_or_tell
from wann_core.errors import WannError
from wann_core.paths import DECK_ASSETS

HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8000
MAX_PAGES: Final = 64
"""The largest number of open pages that receive build results."""
DEV_SCRIPTS: Final = {"overlay.mjs": DECK_ASSETS / "dev-overlay.mjs", "dev-swap.mjs": DECK_ASSETS / "dev-swap.mjs"}
"""Scripts by their names under ``/_dev/``; the first imports the second."""

_POLICY: Final = re.compile(
    r"""(<meta\b[^>]*http-equiv=["']Content-Security-Policy["'][^>]*content=")([^"]*)(")""", re.I
)


class ServeError(WannError):
    """The address cannot be used."""


@dataclass(eq=False)
class Browsers:
    """The open pages, and the messages for them."""

    errors: tuple[str, ...] = ()
    decks: tuple[str, ...] = ()
    pages: set[WebSocket] = field(default_factory=set)

    async def tell(self, built: Built) -> None:
        """After a good build let every page reload; after a failed build let it show the errors."""
        recovered = bool(self.errors) and not built.errors
        self.errors, self.decks = built.errors, built.decks
        if built.errors:
            await self._send({"kind": "errors", "errors": list(built.errors)})
        elif built.changed:
            await self._send({"kind": "reload"})
        elif recovered:
            await self._send({"kind": "errors", "errors": []})

    async def listen(self, page: WebSocket) -> None:
        """Keep a page's connection until it closes. Refuse pages of other sites, and pages beyond the limit."""
        if not _is_own(page) or len(self.pages) >= MAX_PAGES:
            await page.close(code=1008)
            return
        await page.accept()
        self.pages.add(page)
        try:
            if self.errors:
                await page.send_json({"kind": "errors", "errors": list(self.errors)})
            while (await page.receive())["type"] != "websocket.disconnect":
                pass  # messages of a page are ignored
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self.pages.discard(page)

    async def _send(self, message: dict[str, Any]) -> None:
        for page in list(self.pages):
            with contextlib.suppress(Exception):  # a page that was just closed must not disturb the others
                await page.send_json(message)


def _is_own(page: WebSocket) -> bool:
    """Whether a connection comes from a page of this server: same scheme, host and port.

    Every browser sends the origin of a page. The origin of a sandboxed frame is ``null``, which is refused.
    """
    origin = urlsplit(page.headers.get("origin", ""))
    return origin.scheme == "http" and origin.netloc != "" and origin.netloc == page.headers.get("host")


class DeckFiles(StaticFiles):
    """The built decks, with the reloading script in each page. Hidden files and files outside are not served.

    Video needs Range requests, which ``FileResponse`` answers.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file at ``path``; add the script ``overlay.mjs`` to a page."""
        if any(part.startswith(".") for part in Path(path).parts if part != "."):
            raise HTTPException(status_code=404)
        response = await super().get_response(path, scope)
        if isinstance(response, FileResponse):
            response.headers["Cache-Control"] = "no-cache"
            if response.media_type == "text/html":
                return HTMLResponse(with_overlay(Path(response.path).read_text(encoding="utf-8")))
        return response


def with_overlay(page: str) -> str:
    """Return a deck's page with the reloading script and a policy that lets it connect to this server."""
    page = _POLICY.sub(lambda found: found[1] + _with_own_server(found[2]) + found[3], page, count=1)
    tag = '<script type="module" src="/_dev/overlay.mjs"></script>'
    head, end, tail = page.rpartition("</body>")
    return f"{head}{tag}{end}{tail}" if end else page + tag


def create_app(out: Path, browsers: Browsers, lifespan: Callable[[Starlette], Any] | None = None) -> Starlette:
    """Return the application that serves the decks in ``out``.

    Args:
        out: folder with one folder per deck.
        browsers: the open pages, which receive build results.
        lifespan: runs while the application runs.
    """

    async def overview(_: Request) -> Response:
        decks = [name for name in browsers.decks if (out / name / "index.html").is_file()]
        if len(decks) == 1:
            return RedirectResponse(f"/{decks[0]}/")
        links = "".join(f'<li><a href="/{html.escape(name)}/">{html.escape(name)}</a></li>' for name in decks)
        body = f"<ul>{links}</ul>" if decks else "<p>No deck is built yet.</p>"
        title = "<!doctype html><html lang=en><meta charset=utf-8><title>Decks</title>"
        return HTMLResponse(with_overlay(f"{title}<body><h1>Decks</h1>{body}</body></html>"))

    async def no_icon(_: Request) -> Response:
        return Response(status_code=204)  # every browser requests an icon, and would log an error

    async def dev_script(request: Request) -> Response:
        path = DEV_SCRIPTS.get(request.path_params["name"])
        if path is None:
            raise HTTPException(status_code=404)
        return FileResponse(path, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    async def not_there(request: Request, _: Exception) -> Response:
        if request.url.path.endswith((".html", "/")):
            body = (
                "<!doctype html><meta charset=utf-8><title>Not built</title><body>There is no such deck (yet).</body>"
            )
            return HTMLResponse(with_overlay(body), status_code=404)
        return PlainTextResponse("not found", status_code=404)

    routes = [
        Route("/", overview),
        Route("/favicon.ico", no_icon),
        WebSocketRoute("/_dev/reload", browsers.listen),
        Route("/_dev/{name}", dev_script),
        Mount("/", DeckFiles(directory=out, html=True, check_dir=False)),
    ]
    # Another site could reach this server under its own host name; the server answers only to these names.
    trusted = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
    return Starlette(routes=routes, middleware=[trusted], exception_handlers={404: not_there}, lifespan=lifespan)


def serve(out: Path, port: int, build: Callable[[], Built], say: Callable[[str], None]) -> None:
    """Build the decks and serve them until Ctrl-C; build again if a watched file changes.

    Args:
        out: folder with one folder per deck.
        port: port on 127.0.0.1; 0 takes any free port.
        build: brings the decks up to date.
        say: shows a line to the user.

    Raises:
        ServeError: the port is taken; nothing is built.
    """
    listening = listen_on(port)
    first = build()
    browsers = Browsers(first.errors, first.decks)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(watch_or_tell(build, first, browsers.tell, say))
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    # `shutdown` must not wait for pages that stay open.
    config = uvicorn.Config(
        create_app(out, browsers, lifespan), log_level="warning", access_log=False, timeout_graceful_shutdown=1
    )
    only = f"{quote(first.decks[0])}/" if len(first.decks) == 1 else ""
    say(f"serving {out} on http://{HOST}:{listening.getsockname()[1]}/{only} (Ctrl-C ends it)")
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])


def _with_own_server(policy: str) -> str:
    directives = [words for words in (part.split() for part in policy.split(";")) if words]
    needs = (("connect-src", "'self'"), ("connect-src", f"ws://{HOST}:*"), ("connect-src", "ws://localhost:*"))
    for needed, source in (*needs, ("script-src", "'self'")):
        words = next((words for words in directives if words[0] == needed), None)
        if words is None:
            words = [needed]
            directives.append(words)
        words[1:] = [word for word in words[1:] if word != "'none'"] + [source]
    return "; ".join(" ".join(words) for words in directives)


def listen_on(port: int) -> socket.socket:
    """Return a socket that listens on the loopback address only, so that no other machine is served.

    Args:
        port: 0 takes any free port.

    Raises:
        ServeError: the port is taken.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name != "nt":  # on Windows the option has another meaning: two servers could share one port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise ServeError(f"port {port}: {error.strerror or error}; choose another one with --port") from None
    listening.listen()  # a browser that connects before the server runs waits and is not refused
    return listening

"""The server for writing a deck."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from wann_core.deck.preview import serve as serve_module
from wann_core.deck.preview.serve import Browsers, ServeError, create_app, listen_on, serve
from wann_core.deck.preview.watch import Built, watch, watch_or_tell, watched_folders

POLICY = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; connect-src 'none'\">"

OWN = {"Origin": "http://127.0.0.1"}
"""The headers that a browser sends for a page of the server."""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "talk" / "media").mkdir(parents=True)
    (folder / "talk" / "index.html").write_text(
        f"<html><head>{POLICY}</head><body>slides</body></html>", encoding="utf-8"
    )
    (folder / "talk" / "media" / "clip.mp4").write_bytes(bytes(range(100)))
    (folder / ".cache").mkdir()
    (folder / ".cache" / "secret.json").write_text("{}", encoding="utf-8")
    (tmp_path / "outside.txt").write_text("secret", encoding="utf-8")
    return folder


@pytest.fixture
def client(out: Path) -> TestClient:
    return TestClient(create_app(out, Browsers(decks=("talk",))), base_url="http://127.0.0.1")


def test_a_page_gets_the_reloading_script_and_may_talk_to_this_server_only(client: TestClient) -> None:
    page = client.get("/talk/").text
    assert '<script type="module" src="/_dev/overlay.mjs"></script></body>' in page
    assert "connect-src 'self' ws://127.0.0.1:*" in page
    assert "default-src 'none'" in page
    assert client.get("/_dev/overlay.mjs").headers["content-type"].startswith("text/javascript")


def test_the_file_on_disk_stays_without_the_script(client: TestClient, out: Path) -> None:
    client.get("/talk/")
    assert "overlay" not in (out / "talk" / "index.html").read_text(encoding="utf-8")


def test_the_only_deck_is_opened_at_once_and_several_are_listed(client: TestClient, out: Path) -> None:
    assert client.get("/", follow_redirects=False).headers["location"] == "/talk/"
    for name in ("b & c", "of another session"):
        (out / name).mkdir()
        (out / name / "index.html").write_text("x", encoding="utf-8")
    assert client.get("/", follow_redirects=False).headers["location"] == "/talk/"
    browsers = Browsers(decks=("b & c", "not yet built", "talk"))
    listing = TestClient(create_app(out, browsers), base_url="http://127.0.0.1").get("/").text
    assert 'href="/talk/"' in listing
    assert "b &amp; c" in listing
    assert "another session" not in listing
    assert "not yet built" not in listing


def test_the_icon_that_every_browser_asks_for_is_no_error(client: TestClient) -> None:
    assert client.get("/favicon.ico").status_code == 204


def test_a_video_is_sent_in_the_range_that_is_asked_for(client: TestClient) -> None:
    part = client.get("/talk/media/clip.mp4", headers={"Range": "bytes=10-19"})
    assert part.status_code == 206
    assert part.headers["content-range"] == "bytes 10-19/100"
    assert part.content == bytes(range(10, 20))


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.txt",
        "/talk/../../outside.txt",
        "/%2e%2e/outside.txt",
        "/talk/%2e%2e/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "//etc/passwd",
        "/.cache/secret.json",
        "/talk/../.cache/secret.json",
    ],
)
def test_nothing_outside_or_hidden_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_a_link_that_leads_outside_is_refused(client: TestClient, out: Path) -> None:
    (out / "talk" / "link.txt").symlink_to(out.parent / "outside.txt")
    assert client.get("/talk/link.txt").status_code == 404


def test_another_host_name_is_refused(client: TestClient) -> None:
    assert client.get("/talk/", headers={"Host": "evil.example"}).status_code == 400


def test_a_page_is_told_to_reload_and_of_errors_and_that_they_are_gone(out: Path) -> None:
    browsers = Browsers(errors=("talk.md:3: no figure",))
    told: list[tuple[Built, dict[str, object]]] = [
        (built(changed=False), {"kind": "errors", "errors": []}),
        (built(changed=True), {"kind": "reload"}),
        (built(errors=("talk.md:9: bad",)), {"kind": "errors", "errors": ["talk.md:9: bad"]}),
    ]
    with (
        TestClient(create_app(out, browsers), base_url="http://127.0.0.1") as client,
        client.websocket_connect("ws://127.0.0.1/_dev/reload", headers=OWN) as page,
    ):
        assert page.receive_json() == {"kind": "errors", "errors": ["talk.md:3: no figure"]}
        assert client.portal is not None
        for result, message in told:
            client.portal.call(browsers.tell, result)
            assert page.receive_json() == message


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "", "https://127.0.0.1", "http://127.0.0.1:9", "http://localhost", "file://"],
)
def test_only_a_page_of_this_very_server_can_listen(out: Path, origin: str) -> None:
    client = TestClient(create_app(out, Browsers()), base_url="http://127.0.0.1")
    headers = {"Origin": origin} if origin else {}
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("ws://127.0.0.1/_dev/reload", headers=headers):
        pass


def test_what_a_page_says_is_not_heeded_and_more_pages_than_a_room_has_are_refused(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve_module, "MAX_PAGES", 1)
    browsers = Browsers(errors=("talk.md:3: no figure",))
    address = "ws://127.0.0.1/_dev/reload"
    with (
        TestClient(create_app(out, browsers), base_url="http://127.0.0.1") as client,
        client.websocket_connect(address, headers=OWN) as page,
    ):
        page.receive_json()
        page.send_bytes(b"\xff\xfe")
        page.send_text("{")
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(address, headers=OWN):
            pass
        assert client.portal is not None
        client.portal.call(browsers.tell, built(changed=True))
        assert page.receive_json() == {"kind": "reload"}


def within(seconds: float, scene: Coroutine[None, None, None]) -> None:
    """Run a scene in its own thread, because after browser tests the main thread has Playwright's event loop."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(asyncio.wait_for(scene, seconds))).result()


async def tell(_: Built) -> None:
    """No open pages."""


def built(*, changed: bool = False, errors: tuple[str, ...] = (), folders: frozenset[Path] = frozenset()) -> Built:
    return Built(errors, changed, folders)


def test_a_save_builds_and_a_folder_that_a_build_adds_is_watched_from_then_on(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    builds: list[int] = []

    def build() -> Built:
        builds.append(len(builds))
        return built(changed=True, folders=frozenset({first, second}))

    async def scene() -> None:
        watching = asyncio.create_task(watch(build, built(folders=frozenset({first})), tell, lambda _: None))
        await wait_for_builds(builds, 0, lambda n: (first / "talk.md").write_text(str(n)))
        await wait_for_builds(builds, len(builds), lambda n: (second / "image.png").write_text(str(n)))
        watching.cancel()

    within(30, scene())


def test_a_folder_that_goes_and_comes_again_is_watched_again(tmp_path: Path) -> None:
    folder, away = tmp_path / "slides", tmp_path / "away"
    folder.mkdir()
    builds: list[bool] = []

    def build() -> Built:
        builds.append(folder.is_dir())
        return built(changed=True, folders=frozenset({folder}))

    async def until(condition: Callable[[], bool]) -> None:
        while not condition():
            await asyncio.sleep(0.05)

    async def scene() -> None:
        watching = asyncio.create_task(watch(build, built(folders=frozenset({folder})), tell, lambda _: None))
        await wait_for_builds(builds, 0, lambda n: (folder / "talk.md").write_text(str(n)))
        for is_another in (False, True):
            folder.rename(away)
            await until(lambda: not builds[-1])
            if is_another:
                folder.mkdir()
            else:
                away.rename(folder)
            await until(lambda: builds[-1])
            await wait_for_builds(builds, len(builds), lambda n: (folder / "talk.md").write_text(f"again {n}"))
        watching.cancel()

    within(60, scene())


async def wait_for_builds(builds: Sequence[int], more_than: int, save: object) -> None:
    """Save repeatedly until a build happens, because the watch may begin after the task."""
    assert callable(save)
    n = 0
    while len(builds) <= more_than:
        save(n)
        n += 1
        await asyncio.sleep(0.3)


def test_a_watch_that_the_system_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr("wann_core.deck.preview.watch.awatch", refuse)
    said: list[str] = []
    browsers = Browsers()
    within(30, watch_or_tell(built, built(folders=frozenset({tmp_path})), browsers.tell, said.append))
    assert said == list(browsers.errors)
    assert "OS file watch limit reached" in said[0]
    assert "start it again" in said[0]


def test_only_this_machine_is_served() -> None:
    with listen_on(0) as listening:
        host, port = listening.getsockname()
        assert host == "127.0.0.1"
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            pass
        # Every address of 127/8 is this machine, but only one of them is listened on.
        with pytest.raises(OSError, match=r"refused|timed out|assign"):
            socket.create_connection(("127.0.0.2", port), timeout=2)


def test_a_port_that_is_taken_is_an_error_that_says_what_to_do_before_anything_is_built(tmp_path: Path) -> None:
    builds: list[int] = []

    def build() -> Built:
        builds.append(1)
        return built()

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=rf"port {port}: .*--port"):
            serve(tmp_path, port, build, lambda _: None)
    assert builds == []


def test_the_folders_to_watch_are_those_of_the_inputs_there_or_not(tmp_path: Path) -> None:
    inputs = [tmp_path / "talk.md", tmp_path / "images" / "a.png", tmp_path / "gone" / "b.png"]
    assert watched_folders(inputs) == {tmp_path, tmp_path / "images", tmp_path / "gone"}

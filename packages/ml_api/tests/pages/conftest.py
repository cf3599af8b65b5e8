"""A model whose names are made to break a page, a server, and a browser that may reach this server only."""

from __future__ import annotations

import csv
import math
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright
from werkzeug.serving import make_server

from ml_api.app import create_app
from ml_api.settings import TestingSettings
from regression_model import Artifact, load_config, load_pipeline, run_training

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

SCRIPT = "<script>window.broken = 1</script>"
QUOTES = "\" autofocus onfocus='window.broken = 1' x=\""
TEMPLATE = "{{ 7 * 7 }}{% raw %}"
UNICODE = "größe 面積 🏠 \u202egnp"
CLOSING = "</select></label><img src=x onerror=window.broken=1>"
WHEN = "when & <b>where</b>"
HOSTILE_CONFIG = """
pipeline_name: hostile
description: "</p><script>window.broken = 1</script>"
task: regression
data:
  name: hostile
target:
  column: "<u>target</u>"
  unit: "<i>€</i>"
  description: "<script>window.broken = 1</script> & more"
features:
  number:
    "<script>window.broken = 1</script>": "'\\"><script>window.broken = 1</script>"
    "\\" autofocus onfocus='window.broken = 1' x=\\"": ""
    "größe 面積 🏠 \u202egnp": "Größe"
  category:
    "{{ 7 * 7 }}{% raw %}":
      on_unseen: reject
    "</select></label><img src=x onerror=window.broken=1>": Closes what is open
  datetime:
    "when & <b>where</b>": A day
preprocessing:
  - step: date_parts
    columns: ["when & <b>where</b>"]
  - step: one_hot
    columns: ["{{ 7 * 7 }}{% raw %}", "</select></label><img src=x onerror=window.broken=1>"]
model:
  family: ridge
"""


def write_hostile_table(path: Path) -> None:
    """Write 60 rows; the categories too are made to break a page."""
    categories = [SCRIPT, QUOTES, "line\nbreak", "' OR 1=1 --"]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([SCRIPT, QUOTES, UNICODE, TEMPLATE, CLOSING, WHEN, "<u>target</u>"])
        for i in range(60):
            number = 1.5 + math.sin(i)
            writer.writerow(
                [number, i, -i / 7, categories[i % 4], categories[i % 3], f"2024-01-{i % 28 + 1:02}", 10 + number * i]
            )


@pytest.fixture(scope="session")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a regression model whose names and categories are markup."""
    folder = tmp_path_factory.mktemp("hostile")
    write_hostile_table(folder / "hostile.csv")
    (folder / "config.yml").write_text(HOSTILE_CONFIG, encoding="utf-8")
    run_training(load_config(folder / "config.yml"), data_path=folder / "hostile.csv", output=folder / "model")
    return folder / "model"


@pytest.fixture(scope="session")
def hostile(hostile_folder: Path) -> Artifact:
    return load_pipeline(hostile_folder)


@dataclass
class Visit:
    """One browser window, and what it must not do."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note all errors of the page, and let no request go anywhere else."""
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.context.route("**/*", self._let_pass)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _let_pass(self, route: Route) -> None:
        if route.request.url.startswith(self.url):
            route.continue_()
        else:
            self.strays.append(route.request.url)
            route.abort()


Browse = Callable[..., Visit]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists() and "CI" not in os.environ:
        pytest.skip(f"there is no {CHROMIUM}")
    # Not for the session: while it lives, nobody else in this process can start one.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[..., str]]:
    """Return a function that serves a model over a real socket, once for each model and settings."""
    servers, urls = [], {}

    def start(folder: Path, **others: Path | None) -> str:
        key = (folder, *others.items())
        if key not in urls:
            settings = TestingSettings(artifact=folder, **others)
            server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            servers.append(server)
            urls[key] = f"http://127.0.0.1:{server.server_port}"
        return urls[key]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def browse(browser: Browser, serve: Callable[..., str]) -> Iterator[Browse]:
    """Return a function that opens the page of a model; at the end, the page must have kept to itself."""
    visits: list[Visit] = []

    def open_page(
        folder: Path,
        path: str = "/",
        *,
        keys_file: Path | None = None,
        prediction_log: Path | None = None,
        **options: object,
    ) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
        visit = Visit(context.new_page(), serve(folder, keys_file=keys_file, prediction_log=prediction_log))
        visits.append(visit)
        visit.watch()
        visit.page.goto(visit.url + path)
        return visit

    yield open_page
    for visit in visits:
        visit.page.context.close()
        assert visit.complaints == []
        assert visit.strays == []


BASICS = """() => {
  const controls = [...document.querySelectorAll("input:not([type=hidden]), select, textarea")];
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const referred = [...document.querySelectorAll("[aria-describedby], [aria-labelledby], label[for]")].flatMap(
    (element) => ["aria-describedby", "aria-labelledby", "for"].flatMap(
      (name) => (element.getAttribute(name) || "").split(" ").filter(Boolean)));
  return {
    language: document.documentElement.lang,
    headings: document.querySelectorAll("h1").length,
    mains: document.querySelectorAll("main").length,
    unlabelled: controls.filter((control) => !control.labels.length).map((control) => control.id),
    ids_twice: ids.filter((id, index) => ids.indexOf(id) !== index),
    dangling: referred.filter((id) => !ids.includes(id)),
    nameless: [...document.querySelectorAll("a, button, legend, th")].filter((e) => !e.textContent.trim()).length,
    inline: document.querySelectorAll("[style], style, script:not([src]), [onclick], [onload]").length,
  };
}"""


@pytest.fixture(scope="session")
def check_basics() -> Callable[[Page], None]:
    """Return a check of what every page owes to those who can't see it, and to its content security policy."""

    def check(page: Page) -> None:
        assert page.evaluate(BASICS) == {
            "language": "en",
            "headings": 1,
            "mains": 1,
            "unlabelled": [],
            "ids_twice": [],
            "dangling": [],
            "nameless": 0,
            "inline": 0,
        }

    return check


CONTRAST = """(selectors) => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = color.map((part) => part / 255).map(
      (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const color = parse(getComputedStyle(element).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color.slice(0, 3);
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll(selectors)].filter((element) => element.offsetParent).map((element) => {
    const pair = [light(parse(getComputedStyle(element).color).slice(0, 3)), light(behind(element))];
    return [element.className || element.tagName, (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)];
  }).filter(([, contrast]) => contrast < 4.5);
}"""


@pytest.fixture(scope="session")
def check_contrast() -> Callable[[Page, str], None]:
    """Return a check of text against what is behind it: WCAG 2.2 asks for a contrast of 4.5."""

    def check(page: Page, selectors: str) -> None:
        assert page.evaluate(CONTRAST, selectors) == []

    return check

"""The pages that veil writes, opened in headless Chromium on a narrow screen, a wide one and paper: nothing overflows,
nothing is too small to read, nothing is complained of, and what is seen is what the files say.

usage: report_browser_test.py VEIL

Ends with 77, which ctest shows as skipped, where no browser is found; $VEIL_BROWSER names one. $VEIL_SCREENSHOTS is a
folder for pictures of what was seen.
"""

import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import browser  # noqa: E402
from film_pages import SLIDE, check_in_browser, film_of  # noqa: E402
from report_page_test import COLOURED, PageCase  # noqa: E402

SKIPPED = 77
WIDTHS = (360, 1200)
# What is seen of the page's elements. Those of a plot that is not shown at this width have no size.
OVERFLOWING = """(() => {
  const width = document.documentElement.clientWidth, found = [];
  for (const each of document.body.querySelectorAll('*')) {
    const box = each.getBoundingClientRect();
    const is_seen = box.width > 0 && box.height > 0;
    if (is_seen && (box.right > width + 0.5 || box.left < -0.5)) found.push([each.tagName, each.textContent.slice(0, 60)]);
    if (is_seen && !each.closest('svg') && each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
      found.push(['scrolls', each.tagName, each.textContent.slice(0, 60)]);
  }
  return found;
})()"""
PLOTS = """[...document.querySelectorAll('svg')].filter(svg => svg.getBoundingClientRect().width > 0).map(svg => {
  const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
  return {title: svg.querySelector('title').textContent, texts: [...svg.querySelectorAll('text')].map(text => {
    const at = text.getBoundingClientRect();
    return {text: text.textContent, pixels: parseFloat(getComputedStyle(text).fontSize) * scale,
            box: [at.left - box.left, at.top - box.top, at.right - box.left, at.bottom - box.top], in: [box.width, box.height]};
  })};
})"""
NUMBERS = """[...document.querySelectorAll('data')].map(each => [each.dataset.field, each.value, each.textContent,
  each.getClientRects().length])"""
SMALLEST = """Math.min(...[...document.body.querySelectorAll('*')].filter(each => !each.closest('svg') &&
  [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())).map(
  each => parseFloat(getComputedStyle(each).fontSize)))"""
PICTURES = "[...document.images].map(each => [each.alt, each.complete && each.naturalWidth > 0])"
CONTRAST = """(() => {
  const light = text => { const [r, g, b] = text.match(/[0-9.]+/g).map(Number).map(c => c / 255).map(
    c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = each => { while (each && getComputedStyle(each).backgroundColor === 'rgba(0, 0, 0, 0)') each = each.parentElement;
    return light(getComputedStyle(each || document.body).backgroundColor); };
  return Math.min(...[...document.body.querySelectorAll('p, dt, dd, td, th, a, pre, figcaption, summary, li, h1, h2')].map(each => {
    const [a, b] = [light(getComputedStyle(each).color), ground(each)].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); }));
})()"""


class Browsed(PageCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = browser.Browser(browser.find())
        cls.addClassCleanup(cls.browser.__exit__)

    def picture(self, page, name):
        if os.environ.get("VEIL_SCREENSHOTS"):
            page.screenshot(pathlib.Path(os.environ["VEIL_SCREENSHOTS"]) / f"{name}.png")

    def check_plots(self, page, width):
        plots = page.value(PLOTS)
        self.assertGreater(len(plots), 0)
        for plot in plots:
            for text in plot["texts"]:
                what = (width, plot["title"], text)
                self.assertGreaterEqual(text["pixels"], 11, what)
                left, top, right, bottom = text["box"]
                self.assertTrue(left >= -1 and top >= -1 and right <= text["in"][0] + 1 and bottom <= text["in"][1] + 1, what)
            self.check_overlaps(plot, width)
        return plots

    def check_overlaps(self, plot, width):
        boxes = [(text["text"], *text["box"]) for text in plot["texts"] if text["text"]]
        for i, (text, left, top, right, bottom) in enumerate(boxes):
            for other, left2, top2, right2, bottom2 in boxes[:i]:
                across = min(right, right2) - max(left, left2)
                down = min(bottom, bottom2) - max(top, top2)
                self.assertFalse(across > 1 and down > 4, (width, plot["title"], text, other))  # boxes hold room above letters

    def check_fit(self, page, width):
        self.assertEqual(page.value("document.documentElement.scrollWidth"), width)
        self.assertEqual(page.value("document.documentElement.clientWidth"), width)
        self.assertEqual(page.value(OVERFLOWING), [])
        self.assertGreaterEqual(page.value(SMALLEST), 11)
        self.assertGreaterEqual(page.value(CONTRAST), 4.5)  # WCAG 2, level AA

    def check_page(self, path, name, dark, width):
        page = self.browser.open(path, width, dark=dark, mobile=width < 500)
        self.check_fit(page, width)
        plots = self.check_plots(page, width)
        self.assertTrue(all(is_seen for _, is_seen in page.value(PICTURES)), page.value(PICTURES))
        self.assertEqual(page.complaints(), [])
        self.picture(page, f"{name}-{width}-{'dark' if dark else 'light'}")
        return page, plots

    def test_the_page_of_a_run(self):
        for width in WIDTHS:
            for dark in (False, True):
                page, plots = self.check_page(self.run / "report.html", "run", dark, width)
                self.assertGreater(len(plots), 5)
                numbers = page.value(NUMBERS)
                self.assertGreater(len(numbers), 10)
                for field, value, text, boxes in numbers:
                    if not field.startswith("per_class"):  # these are folded away
                        self.assertGreater(boxes, 0, field)
                        self.assertEqual(float(value), self.evaluation[field], field)
                        self.assertLessEqual(abs(float(text) - float(value)), 1e-6 * abs(float(value)) + 0.5e-4, field)

    def test_a_run_that_has_only_begun(self):
        begun = self.folder / "begun"
        begun.mkdir(exist_ok=True)
        (begun / "log.jsonl").write_text("".join(
            json.dumps({"step": 1_000_000 + 1000 * i, "event": "train", "bits_per_dim": 3 + 1e-4 * i, "learning_rate": 1e-5 * i,
                        "gradient_norm": 10.0**(i % 7)}) + "\n" for i in range(40)))
        self.veil("report", "begun")
        for width in WIDTHS:
            self.check_page(begun / "report.html", "begun", False, width)

    def test_the_page_of_several_runs(self):
        names = ("a-run-with-a-name-that-is-longer-than-any-screen-of-a-telephone-is-wide", "b")
        for name, rate in zip(names, (0.02, 0.001)):
            self.train(f"several/{name}", *COLOURED, f"--optimizer.learning_rate={rate}")
        self.veil("report", "several")
        for width in WIDTHS:
            for dark in (False, True):
                self.check_page(self.folder / "several/index.html", "several", dark, width)

    def test_a_film_of_samples(self):
        self.veil("sample", "--model", self.run, "--count=5", "--steps=9", "--trace", "film.html", "--force", "--quiet")
        film = film_of((self.folder / "film.html").read_text())
        for width in WIDTHS:
            for dark in (False, True):
                page = self.browser.open(self.folder / "film.html", width, dark=dark, mobile=width < 500)
                check_in_browser(self, page, film)
                page.value(SLIDE % 4)
                self.check_fit(page, width)
                self.picture(page, f"film-{width}-{'dark' if dark else 'light'}")

    def test_on_paper_there_is_no_animation_and_no_dark(self):
        page = self.browser.open(self.run / "report.html", 794, dark=True)
        page.call("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        self.assertEqual(page.value("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
        self.assertEqual(page.value("document.querySelector('.film').getBoundingClientRect().height"), 0)
        self.assertEqual(page.value(OVERFLOWING), [])
        self.check_plots(page, "paper")
        self.picture(page, "run-paper")


if __name__ == "__main__":
    if not browser.find():
        print(f"SKIPPED: no browser is found, so how pages look is not tested; install one of {', '.join(browser.NAMES)} "
              "(Debian: apt install chromium-headless-shell) or name one in VEIL_BROWSER", flush=True)
        sys.exit(SKIPPED)
    unittest.main()

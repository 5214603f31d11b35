"""What the pages of `veil sample --trace` hold, and what must hold of every one of them."""

import base64
import hashlib
import json
import re

import data_files as files

MASK, HALF, GAP = (0x8c, 0x9a, 0xb8), 128, 2
ANCHORS = ((0, 0, 0), (87, 16, 110), (203, 62, 70), (250, 180, 40), (255, 255, 255))
SLIDE = """(at => { const slider = document.getElementById('at'); slider.value = at;
  slider.dispatchEvent(new Event('input')); return document.getElementById('words').textContent; })(%d)"""


def heat(part):
    """The colour of a part of the largest value, by linear interpolation."""
    low = min(int(part * 4), 3)
    return tuple(int(a + (part * 4 - low) * (b - a) + 0.5) for a, b in zip(ANCHORS[low], ANCHORS[low + 1]))


def film_of(page):
    """The block of JSON."""
    return json.loads(re.search(r'<script type="application/json" id="film">(.*?)</script>', page, re.DOTALL)[1])


def image_of(page, name):
    return base64.b64decode(re.search(rf'<img id="{name}"[^>]*src="data:image/png;base64,([^"]*)"', page)[1])


def cells(png, side, count):
    """The images of a grid, each [y][x] of colours."""
    rows = files.color_rows(png)
    columns = (len(rows[0]) + GAP) // (side + GAP)
    corners = [(n // columns * (side + GAP), n % columns * (side + GAP)) for n in range(count)]
    return [[row[left:left + side] for row in rows[top:top + side]] for top, left in corners]


def check_alone(case, page):
    """It loads nothing, and runs only the script that its policy names."""
    case.assertNotIn("http", re.sub(r"http-equiv|http://www\.w3\.org/2000/svg", "", page))
    case.assertEqual(set(re.findall(r'src="(.*?)[,"]', page)) - {"data:image/png;base64"}, set())
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    case.assertEqual(len(scripts), 1)
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    case.assertEqual(policy, f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'")
    case.assertLess(len(page), 12_000_000)


def check_in_browser(case, opened, film):
    """At several moments what is seen is that moment's; nothing is complained of."""
    frames = film["frames"]
    for at in (0, len(frames) // 2, len(frames) - 1):
        words = opened.value(SLIDE % at)
        case.assertTrue(words.startswith(f"after step {frames[at]['step']} of {film['steps']}: "
                                         f"{100 * frames[at]['masked']:.1f} % masked"), words)
        if "texts" in film:
            seen = opened.value("[...document.querySelectorAll('#samples li')].map(each => each.textContent)")
            case.assertEqual(seen, ["".join("·" if by > frames[at]["step"] else letter for letter, by in zip(text, order))
                                    for text, order in zip(film["texts"], film["revealed_by"])])
            masked = opened.value("document.querySelectorAll('#samples .masked').length")
            case.assertEqual(masked, seen and sum(text.count("·") for text in seen))
        else:
            for name in ("samples", "entropies"):
                case.assertEqual(opened.value(f"document.getElementById('{name}').src"),
                                 "data:image/png;base64," + frames[at][name])
    case.assertEqual(opened.complaints(), [])

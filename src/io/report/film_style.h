#pragma once

#include <string_view>

namespace veil::io {

inline constexpr std::string_view kFilmStyle = R"(<style>
#player { position: sticky; top: 0; z-index: 1; background: var(--back); padding: .5rem 0; display: flex;
  flex-wrap: wrap; align-items: center; gap: .25rem .75rem; border-bottom: 1px solid var(--line); }
#player[hidden] { display: none; }
#player input { flex: 1 1 12rem; min-width: 0; margin: 0; }
#player button { font: inherit; min-width: 4.5rem; padding: .2rem .6rem; color: var(--text); background: var(--panel);
  border: 1px solid var(--line); border-radius: 6px; }
#player output { flex: 1 0 100%; font-variant-numeric: tabular-nums; min-height: 1.55em; }
.views { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(9.5rem, 100%), 1fr)); gap: 0 1rem; }
.views figure { min-width: 0; }
.views img { width: 100%; }
.views.words { display: block; }
.views .scale, .views .ends { max-width: none; }
ol.words { padding: 0; margin: .5rem 0; list-style: none; }
ol.words li { font: 13px/1.5 ui-monospace, monospace; margin: .5rem 0; white-space: break-spaces;
  overflow-wrap: anywhere; word-break: break-all; }
ol.words i { font-style: normal; }
ol.words i.masked { color: transparent; background: #8c9ab8;
  box-shadow: inset 0 0 0 1px rgb(128 128 128 / 40%); }
</style>
)";

/// Shows the moment that the slider is at. What it may run is known to the page by its SHA-256.
inline constexpr std::string_view kFilmScript = R"(
(() => {
  const film = JSON.parse(document.getElementById('film').textContent);
  const find = id => document.getElementById(id);
  const at = find('at'), words = find('words'), play = find('play');
  const letters = (view, paint) => view.querySelectorAll('li').forEach((line, n) => {
    if (!line.cells) {
      const text = film.texts[n];
      line.textContent = '';
      line.cells = [...text].map(letter => line.appendChild(document.createElement('i')));
    }
    line.cells.forEach((cell, i) => paint(cell, n, i));
  });
  const color = part => {
    const last = film.colors.length - 1, place = Math.min(Math.max(part, 0), 1) * last;
    const low = Math.min(Math.floor(place), last - 1);
    return film.colors[low].map((c, k) => Math.round(c + (place - low) * (film.colors[low + 1][k] - c)));
  };
  const show = () => {
    const frame = film.frames[at.value];
    words.textContent = `after step ${frame.step} of ${film.steps}: ${(100 * frame.masked).toFixed(1)} % masked` +
      (frame.masked > 0 ? `, ${frame.mean_entropy.toFixed(3)} bits of entropy at each on average` : '');
    at.setAttribute('aria-valuetext', words.textContent);
    if (frame.samples) {
      find('samples').src = 'data:image/png;base64,' + frame.samples;
      find('entropies').src = 'data:image/png;base64,' + frame.entropies;
      return;
    }
    const masked = (n, i) => film.revealed_by[n][i] > frame.step;
    for (const name of ['samples', 'entropies']) letters(find(name), (cell, n, i) => {
      cell.textContent = masked(n, i) ? '\u00b7' : film.texts[n][i];
      cell.className = masked(n, i) ? 'masked' : '';
      if (name === 'samples') return;
      cell.style.background = masked(n, i) ? `rgb(${color(frame.entropies[n][i] / film.white)})` : '';
    });
  };
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; play.textContent = 'Play'; };
  play.addEventListener('click', () => {
    if (timer) { stop(); return; }
    if (at.value === at.max) at.value = 0;
    play.textContent = 'Stop';
    timer = setInterval(() => { at.stepUp(); show(); if (at.value === at.max) stop(); }, 120);
    show();
  });
  at.max = film.frames.length - 1;
  at.value = at.max;
  at.addEventListener('input', () => { stop(); show(); });
  find('player').hidden = false;
  show();
})();
)";

}  // namespace veil::io

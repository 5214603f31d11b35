#pragma once

#include <string_view>

namespace veil::io {

/// The beginning of a page up to its mark. No address is in it: the policy forbids whatever a page does not bring.
inline constexpr std::string_view kPageHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
)";

inline constexpr std::string_view kPageStyle = R"(<style>
:root { color-scheme: light dark; --text: #1d2330; --soft: #566070; --back: #ffffff; --panel: #f4f6f9;
  --line: #d9dee6; --link: #1f62b5; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e8ef; --soft: #a3adbc; --back: #14171d; --panel: #1d222b; --line: #353c48; --link: #7fb3f5; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1rem 4rem; max-width: 49rem; color: var(--text); background: var(--back);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .6rem 0; overflow-wrap: anywhere; }
a { color: var(--link); }
p.lead { color: var(--soft); margin: 0 0 1.25rem; }
p.remark, figcaption { color: var(--soft); font-size: .875rem; }
p.figure { font-size: 2rem; line-height: 1.25; font-weight: 600; margin: .5rem 0 .75rem;
  font-variant-numeric: tabular-nums; }
p.figure small { display: block; font-size: 1rem; font-weight: 400; color: var(--soft); }
dl.answers { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0;
  padding: .25rem 1rem 1rem; }
dl.answers dt { font-weight: 600; margin-top: .85rem; }
dl.answers dd { margin: .15rem 0 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; margin: .75rem 0; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere; }
th { font-weight: 400; color: var(--soft); }
th[scope=col] { min-width: 4.5em; }
th[scope=row] { width: 38%; }
td.better { font-weight: 600; }
figure { margin: 1rem 0; }
figure.plot { margin: 1.25rem 0; }
figure.plot figcaption { color: var(--text); font-weight: 600; margin-bottom: .25rem; }
svg { display: block; width: 100%; height: auto; }
.narrow { display: none; }
img { max-width: 100%; height: auto; image-rendering: pixelated; vertical-align: top; }
.pair { display: flex; flex-wrap: wrap; gap: 1rem; }
.pair figure { flex: 1 1 20rem; margin: .25rem 0; min-width: 0; }
.pair img { width: 100%; }
.strip img { width: 100%; }
.film img { width: min(100%, 20rem); }
ul.pictures { display: flex; flex-wrap: wrap; gap: .75rem; list-style: none; margin: .5rem 0; padding: 0; }
ul.pictures li { width: 4.5rem; font-size: .75rem; line-height: 1.35; overflow-wrap: anywhere; }
ul.pictures img { width: 100%; margin-bottom: 2px; }
ul.maps li { width: 10rem; }
ul.texts { padding-left: 1.1rem; }
ul.texts li { margin: .5rem 0; overflow-wrap: anywhere; }
.scale { height: 12px; border: 1px solid var(--line); max-width: 20rem;
  background: linear-gradient(to right, #000, #57106e 25%, #cb3e46 50%, #fab428 75%, #fff); }
.ends { display: flex; justify-content: space-between; max-width: 20rem; font-size: .875rem; color: var(--soft); }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem;
  white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; margin: .4rem 0; }
summary { cursor: pointer; color: var(--link); }
ul.notes { padding-left: 1.1rem; overflow-wrap: anywhere; }
@media screen and (max-width: 37rem) {
  .wide { display: none; }
  .narrow { display: block; }
  table.cards thead { display: none; }
  table.cards tr { display: block; border-bottom: 1px solid var(--line); padding: .4rem 0; }
  table.cards td { display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: .1rem 0;
    text-align: right; }
  table.cards td::before { content: attr(data-label); color: var(--soft); text-align: left; flex: 0 0 42%; }
  table.cards td:empty { display: none; }
  table.cards td:first-child { font-weight: 600; text-align: left; }
  table.cards td:first-child::before { display: none; }
}
@media print {
  :root { color-scheme: light; --text: #000; --soft: #444; --back: #fff; --panel: #fff; --line: #bbb; --link: #000; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  figure, tr, li, dl.answers, pre { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .film { display: none; }
}
@media (prefers-reduced-motion: reduce) { .film { display: none; } }
</style>
)";

}  // namespace veil::io

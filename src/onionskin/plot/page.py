"""The page that a moving picture is written into: a picture, lines over it, a slider and a button; no other file."""

PAGE = """<!DOCTYPE html>
<html lang="%LANGUAGE%">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="%SCHEME%">
<title>%TITLE%</title>
<style>
body { margin: 0; padding: 16px; background: %BACKGROUND%; color: %INK%; font: 15px/1.4 system-ui, sans-serif; }
main { max-width: 760px; margin: 0 auto; }
svg { width: 100%; height: auto; display: block; }
form { display: flex; gap: 12px; align-items: center; flex-wrap: wrap; margin: 8px 0 12px; }
input { flex: 1 1 200px; accent-color: %INK%; }
button { font: inherit; color: %INK%; background: transparent; border: 1px solid %MUTED%; border-radius: 6px;
  padding: 4px 14px; min-width: 5.5em; cursor: pointer; }
button:focus-visible, input:focus-visible { outline: 2px solid %INK%; outline-offset: 2px; }
output { min-width: 9em; text-align: right; font-variant-numeric: tabular-nums; }
table { width: 100%; border-collapse: collapse; }
td { padding: 4px 8px 4px 0; border-top: 1px solid %GRID%; font-variant-numeric: tabular-nums; }
td:first-child { width: 34px; }
td:last-child { color: %MUTED%; }
</style>
</head>
<body>
<main>
<svg viewBox="0 0 %WIDTH% %HEIGHT%" role="img" aria-label="%TITLE%">
<defs><clipPath id="inside"><rect x="%LEFT%" y="%TOP%" width="%ACROSS%" height="%UP%"/></clipPath></defs>
<image width="%WIDTH%" height="%HEIGHT%" href="data:image/png;base64,%PICTURE%"/>
<g id="lines" clip-path="url(#inside)" fill="none" stroke-width="3.2" stroke-linejoin="round"></g>
</svg>
<form onsubmit="return false">
<button id="play" type="button">%PLAY%</button>
<input id="step" type="range" min="0" max="%LAST%" value="%LAST%" aria-label="%STEP%">
<output id="count" for="step"></output>
</form>
<table><tbody id="rows"></tbody></table>
</main>
<script>
"use strict";
const data = %DATA%;
const slider = document.getElementById("step"), button = document.getElementById("play");
const lines = document.getElementById("lines"), rows = document.getElementById("rows");
function made(name, parent, attributes) {
  const one = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
  parent.append(one);
  return one;
}
for (const track of data.tracks) {
  track.line = made("polyline", lines, {stroke: track.color, "stroke-dasharray": track.dash});
  const [x, y] = track.points[0];
  made("circle", lines, {cx: x, cy: y, r: 8, fill: data.background, stroke: track.color});
  track.head = made("circle", lines, {r: 8, fill: track.color, stroke: data.background, "stroke-width": 2});
  const row = rows.insertRow(), swatch = made("svg", row.insertCell(), {viewBox: "0 0 34 8", width: 34});
  made("line", swatch, {x1: 0, y1: 4, x2: 30, y2: 4, stroke: track.color, "stroke-width": 3.5,
    "stroke-dasharray": track.dash});
  row.insertCell().textContent = track.label;
  track.loss = row.insertCell();
  track.said = row.insertCell();
}
function show() {
  const place = Number(slider.value), step = data.steps[place];
  for (const track of data.tracks) {
    const last = Math.min(step, track.points.length - 1);
    track.line.setAttribute("points", track.points.slice(0, last + 1).map(p => p.join(",")).join(" "));
    track.head.setAttribute("cx", track.points[last][0]);
    track.head.setAttribute("cy", track.points[last][1]);
    track.loss.textContent = track.losses[last];
    track.said.textContent = last === track.points.length - 1 ? track.note : "";
  }
  document.getElementById("count").textContent = data.counts[place];
}
let timer = null;
function stop() {
  clearInterval(timer);
  timer = null;
  button.textContent = data.play;
}
function play() {
  if (timer !== null) return stop();
  if (slider.value === slider.max) slider.value = 0;
  button.textContent = data.pause;
  show();
  timer = setInterval(() => {
    slider.value = Number(slider.value) + 1;
    show();
    if (slider.value === slider.max) stop();
  }, data.frame);
}
button.addEventListener("click", play);
slider.addEventListener("input", () => { stop(); show(); });
show();
</script>
</body>
</html>
"""

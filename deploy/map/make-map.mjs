// The outlines of the countries for the page, at development time: world-atlas 2.0.2 (ISC), which is Natural Earth at 1:110 million (public
// domain), through the Equal Earth projection of Šavrič, Patterson and Jenny (2018), to tenths of a pixel of a drawing 960 wide. Codes by
// i18n-iso-countries (MIT). Run it again with `npm ci && npm run make`; the same input gives the same bytes.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import countries from "i18n-iso-countries";
import { feature } from "topojson-client";

const require = createRequire(import.meta.url);
const world = JSON.parse(readFileSync(require.resolve("world-atlas/countries-110m.json")));
const M = Math.sqrt(3) / 2, K = 480 / 2.70663;
function project([lon, lat]) {
  const l = Math.asin(M * Math.sin((lat * Math.PI) / 180)), l2 = l * l, l6 = l2 ** 3;
  const x = ((lon * Math.PI) / 180) * Math.cos(l) / (M * (1.340264 + 3 * -0.081106 * l2 + l6 * (7 * 0.000893 + 9 * 0.003796 * l2)));
  const y = l * (1.340264 - 0.081106 * l2 + l6 * (0.000893 + 0.003796 * l2));
  return [480 + K * x, 234 - K * y];
}
const round = (v) => Math.round(v * 10) / 10;
function ring(points) {
  let [px, py] = [NaN, NaN], d = "";
  // A ring across the date line goes on beyond the right edge: else it would be drawn through the whole world.
  const crosses = points.some(([lon], i) => i && Math.abs(lon - points[i - 1][0]) > 180);
  for (const point of crosses ? points.map(([lon, lat]) => [lon < 0 ? lon + 360 : lon, lat]) : points) {
    const [x, y] = project(point).map(round);
    if (x === px && y === py) continue;
    d += d ? `l${round(x - px)},${round(y - py)}` : `M${x},${y}`;
    [px, py] = [x, y];
  }
  return d.replaceAll(",-", "-") + "z";
}
const out = {};
for (const f of feature(world, world.objects.countries).features) {
  const code = countries.numericToAlpha3(f.id) ?? (f.properties.name === "Kosovo" ? "KOS" : null) ?? f.properties.name;
  if (code === "ATA") continue;
  const polygons = f.geometry.type === "Polygon" ? [f.geometry.coordinates] : f.geometry.coordinates;
  // Its middle, for arcs: that of its largest polygon.
  const largest = polygons.map((p) => p[0]).sort((a, b) => b.length - a.length)[0].map(project);
  const mean = (i) => Math.round(largest.reduce((s, p) => s + p[i], 0) / largest.length);
  out[code] = { n: f.properties.name, c: [mean(0), mean(1)], d: polygons.flatMap((p) => p.map(ring)).join("") };
}
const sorted = Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(process.argv[2], JSON.stringify({ source: "Natural Earth 1:110m (public domain), world-atlas 2.0.2 (ISC), Equal Earth", k: round(K * 1000) / 1000, countries: sorted }));
console.log(`${Object.keys(sorted).length} countries`);

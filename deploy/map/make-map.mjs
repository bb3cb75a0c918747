// The outlines of the countries for the page, at development time: world-atlas 2.0.2 (ISC), which is Natural Earth at 1:110 million (public
// domain), through the Equal Earth projection of Šavrič, Patterson and Jenny (2018), to tenths of a pixel of a drawing 960 wide. Codes by
// i18n-iso-countries (MIT). States that are too small for an outline have their capital alone. Run it again with `npm ci && npm run make`; the same input gives the same bytes.
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
// States that have no outline at this scale, at their capitals: name, longitude, latitude (GeoNames, CC BY 4.0).
const SMALL = {
  AND: ["Andorra", 1.52, 42.51], ATG: ["Antigua and Barbuda", -61.84, 17.12], BHR: ["Bahrain", 50.58, 26.22], BRB: ["Barbados", -59.62, 13.1],
  COM: ["Comoros", 43.26, -11.7], CPV: ["Cabo Verde", -23.51, 14.93], DMA: ["Dominica", -61.39, 15.3], FSM: ["Micronesia", 158.16, 6.92],
  GRD: ["Grenada", -61.75, 12.05], HKG: ["Hong Kong", 114.16, 22.28], KIR: ["Kiribati", 172.98, 1.33], KNA: ["Saint Kitts and Nevis", -62.73, 17.3],
  LCA: ["Saint Lucia", -60.99, 14.01], LIE: ["Liechtenstein", 9.52, 47.14], MAC: ["Macao", 113.55, 22.2], MCO: ["Monaco", 7.42, 43.73],
  MDV: ["Maldives", 73.51, 4.17], MHL: ["Marshall Islands", 171.38, 7.09], MLT: ["Malta", 14.51, 35.9], MUS: ["Mauritius", 57.5, -20.16],
  NRU: ["Nauru", 166.92, -0.55], PLW: ["Palau", 134.62, 7.5], SGP: ["Singapore", 103.85, 1.29], SMR: ["San Marino", 12.45, 43.94],
  STP: ["São Tomé and Príncipe", 6.73, 0.34], SYC: ["Seychelles", 55.45, -4.62], TON: ["Tonga", -175.22, -21.14], TUV: ["Tuvalu", 179.19, -8.52],
  VAT: ["Vatican City", 12.45, 41.9], VCT: ["Saint Vincent and the Grenadines", -61.22, 13.16], WSM: ["Samoa", -171.77, -13.83],
};
for (const [code, [n, ...at]] of Object.entries(SMALL)) if (!out[code]) out[code] = { n, c: project(at).map(Math.round) };
const sorted = Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(process.argv[2], JSON.stringify({ source: "Natural Earth 1:110m (public domain), world-atlas 2.0.2 (ISC), Equal Earth; capitals of small states: GeoNames (CC BY 4.0)", k: round(K * 1000) / 1000, countries: sorted }));
console.log(`${Object.keys(sorted).length} countries`);

// Fills static/vendor/ from node_modules: node core/ui/build.mjs [more roots that hold addons/ and manifests/].
// Icons become one sprite of only the names in use, so that a page carries kilobytes of them instead of megabytes.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const modules = join(root, "node_modules");
const outline = join(modules, "@tabler/icons/icons/outline");
const vendor = join(here, "static/vendor");

const FILES = {
  "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
  "htmx.org/dist/htmx.min.js": "htmx.min.js",
  "sortablejs/Sortable.min.js": "sortable.min.js",
  "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "fonts/inter-latin-wght-normal.woff2",
  "@fontsource-variable/inter/files/inter-vietnamese-wght-normal.woff2": "fonts/inter-vietnamese-wght-normal.woff2",
};
const SOURCES = new Set([".html", ".py", ".toml", ".jinja"]);
const NAME = /^[a-z][a-z0-9-]*$/;

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!["node_modules", "static", "__pycache__"].includes(entry.name)) yield* sources(path);
    } else if (SOURCES.has(extname(entry.name))) yield path;
  }
}

// `icon = "users"` and `"icon": "users"` name one icon; `icon("check" if done else "x")` may name several; what neither shows
// stands in a comment: `icons: sun moon`.
function* namesIn(text) {
  for (const match of text.matchAll(/\bicons: ([a-z0-9 -]+)/g)) {
    for (const name of match[1].trim().split(/ +/)) yield { name, sure: true };
  }
  for (const match of text.matchAll(/\bicon["']?\s*[=:]\s*["']([^"']*)["']/g)) yield { name: match[1], sure: true };
  for (const call of text.matchAll(/\b(?:icon|empty)\(([^)]*)\)/g)) {
    for (const match of call[1].matchAll(/["']([^"']*)["']/g)) yield { name: match[1], sure: false };
  }
}

function usedIcons(roots) {
  const used = new Set();
  const unknown = [];
  for (const path of roots.filter(existsSync).flatMap((folder) => [...sources(folder)])) {
    for (const { name, sure } of namesIn(readFileSync(path, "utf8"))) {
      if (!NAME.test(name)) continue;
      if (existsSync(join(outline, `${name}.svg`))) used.add(name);
      else if (sure) unknown.push(`${relative(root, path)}: there is no outline icon "${name}"`);
    }
  }
  return { used: [...used].sort(), unknown };
}

function symbol(name) {
  const body = readFileSync(join(outline, `${name}.svg`), "utf8")
    .replace(/<!--[\s\S]*?-->/g, "").replace(/<svg[\s\S]*?>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
}

const ours = ["core", "addons", "manifests"].map((name) => join(root, name));
const { used, unknown } = usedIcons([...ours, ...process.argv.slice(2)]);
rmSync(vendor, { recursive: true, force: true });
mkdirSync(join(vendor, "fonts"), { recursive: true });
for (const [from, to] of Object.entries(FILES)) cpSync(join(modules, from), join(vendor, to));
// The map would be one more request for a file that we do not ship.
const css = join(vendor, "bootstrap.min.css");
writeFileSync(css, readFileSync(css, "utf8").replace(/\/\*# sourceMappingURL=.*?\*\//, ""));
writeFileSync(join(vendor, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${used.map(symbol).join("\n")}\n</svg>\n`);
process.stdout.write(`${used.length} icons\n`);
for (const line of unknown) process.stderr.write(`warning: ${line}\n`);

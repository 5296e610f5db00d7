// bundle.mjs NODE_MODULES OUT_FOLDER: the libraries of the page as one script, and the notices of
// everything that is in it, each text once.
import {existsSync, readFileSync, readdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";

const [modules, out] = process.argv.slice(2);
const scripts = ["vega/build/vega.min.js", "vega-lite/build/vega-lite.min.js",
                 "vega-embed/build/vega-embed.min.js"];
// What only their command lines and types need is not in these scripts.
const left_out = (name) => name.startsWith("@") || ["yargs", "node-fetch", "commander"].includes(name);

const libraries = scripts.map((name) => readFileSync(join(modules, name), "utf8")
  .replace(/^\/\/# sourceMappingURL=.*$/m, "").trim());
for (const text of libraries) {
  if (/<\/script|<!--/i.test(text)) throw new Error("a library would end its script element");
}
writeFileSync(join(out, "libraries.js"), libraries.join("\n;\n") + "\n");

const found = new Map();
const visit = (name) => {
  if (found.has(name) || left_out(name)) return;
  const folder = join(modules, name);
  if (!existsSync(folder)) return;
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${about.license}`;
  found.set(name, {title: `${name} ${about.version} (${about.license})`, text});
  Object.keys(about.dependencies ?? {}).forEach(visit);
};
["vega", "vega-lite", "vega-embed"].forEach(visit);

const by_text = new Map();
for (const {title, text} of [...found.values()].sort((a, b) => (a.title < b.title ? -1 : 1))) {
  by_text.set(text, [...(by_text.get(text) ?? []), title]);
}
const notices = [...by_text].map(([text, titles]) => `${titles.join("\n")}\n\n${text}\n`);
writeFileSync(join(out, "notices.txt"), notices.join(`\n${"-".repeat(72)}\n\n`));

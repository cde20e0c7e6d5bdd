// Bundles the page's script into one file: node build.mjs OUTPUT
import { build } from "esbuild";
import { readFileSync } from "node:fs";

const licence = (name) => readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim();
const notice = `Contains Apache ECharts (Apache License 2.0), copyright The Apache Software Foundation, and ZRender:
${licence("zrender")}`;

await build({
  entryPoints: ["main.js"],
  outfile: process.argv[2],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "ascii",
  legalComments: "none",
  banner: { js: `/*\n${notice.replaceAll("*/", "* /")}\n*/` },
});

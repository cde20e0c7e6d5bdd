// The page's frame and its data; what moves is live/live.js.
#include "src/present/page/live_page.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <span>

#include "src/present/page/assets.hpp"
#include "src/present/page/base64.hpp"
#include "src/present/page/markup.hpp"
#include "src/present/page/policy.hpp"
#include "src/present/text/numbers.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present {

namespace {

using Json = nlohmann::ordered_json;

/// What the page and its workers read.
std::string data_of(const LivePage& page, const BrowserEngine& engine) {
  Json files = Json::array();
  for (const auto& [name, bytes] : page.histories) files.push_back({name, html::base64(bytes)});
  Json sliders = Json::array();
  for (const Slider& slider : page.sliders)
    sliders.push_back({{"address", slider.address},
                       {"from", slider.from ? Json(*slider.from) : Json(nullptr)},
                       {"to", slider.to ? Json(*slider.to) : Json(nullptr)}});
  Json options = Json::array();
  for (const auto& [option, text] : page.options) options.push_back({option, text});
  const Json data = {{"file", page.file},
                     {"options", options},
                     {"sign", currency_sign(page.currency)},
                     {"toml", page.toml},
                     {"files", files},
                     {"paths", page.paths},
                     {"sliders", sliders},
                     {"wasm", html::base64(engine.packed)}};
  return html::escape_json(data.dump(-1, ' ', true, Json::error_handler_t::replace));
}

}  // namespace

std::string live_page(const LivePage& page, const BrowserEngine& engine) {
  const std::string title = html::escape(page.title);
  const std::string policy = fmt::format(
      "default-src 'none'; style-src 'unsafe-inline'; script-src '{}' blob: 'wasm-unsafe-eval'; worker-src blob:; "
      "base-uri 'none'; form-action 'none'",
      html::policy_hash(html::live_script()));
  return fmt::format(
      R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="costrisk live">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}{live_style}</style></head>
<body>
<header><div><h1>{title}</h1><p class="state" id="state" role="status">loading the engine …</p></div>
<div class="actions"><button type="button" id="pin" aria-pressed="false">Pin</button>
<button type="button" id="share">Copy link</button><button type="button" id="command">Copy as command</button>
<button type="button" id="reset">As it was</button></div></header>
<div class="live">
<div class="values">
<fieldset><legend>Values</legend><div id="sliders"></div></fieldset>
<form class="add" id="add"><input id="address" list="addresses" placeholder="another value" aria-label="Address of another value" autocomplete="off">
<datalist id="addresses"></datalist><button>Add</button></form>
<fieldset><legend>Plans</legend><div id="plans"></div></fieldset>
</div>
<main>
<p class="error" id="error" role="alert"></p>
<div class="says" id="says" aria-live="polite"></div>
<div class="scroll" id="table"></div>
<div class="charts">
<figure><figcaption>Chance to cost more than …</figcaption><div id="exceedance"></div></figure>
<figure><figcaption><label>Mean cost against <select id="measure"></select></label></figcaption><div id="frontier"></div></figure>
<figure><figcaption>What the cost follows</figcaption><div id="drivers"></div></figure>
</div>
</main>
</div>
<noscript><p>This page simulates in your browser and needs scripts.</p></noscript>
<script type="application/json" id="live-data">{data}</script>
<script type="text/plain" id="engine">{engine}</script>
<script type="text/plain" id="worker">{worker}</script>
<script>{script}</script>
</body></html>
)",
      fmt::arg("policy", policy), fmt::arg("title", title), fmt::arg("style", html::style_sheet()),
      fmt::arg("live_style", html::live_style()), fmt::arg("data", data_of(page, engine)),
      fmt::arg("engine", engine.script), fmt::arg("worker", html::live_worker()),
      fmt::arg("script", html::live_script()));
}

}  // namespace costrisk::present

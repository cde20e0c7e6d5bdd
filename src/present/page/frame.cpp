// The policy lets in the page's own script by its digest, and nothing else.
#include "src/present/page/frame.hpp"

#include <fmt/format.h>

#include "src/present/page/assets.hpp"
#include "src/present/page/markup.hpp"
#include "src/present/page/policy.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present::html {

std::string head_markup(const std::string& title, const std::string& command, const std::string& version,
                        const std::string& metas) {
  const std::string policy =
      fmt::format("default-src 'none'; style-src 'unsafe-inline'; {}base-uri 'none'; form-action 'none'",
                  script().empty() ? "" : fmt::format("script-src '{}'; ", policy_hash(script())));
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta "
      "http-equiv=\"Content-Security-Policy\" content=\"{}\">\n{}<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<meta name=\"generator\" content=\"costrisk {}{}\">\n<meta name=\"color-scheme\" "
      "content=\"light dark\">\n<title>{}</title>\n<style>{}</style></head>\n<body>\n",
      policy, metas, command, version.empty() ? "" : " " + escape(version), escape(title), style_sheet());
}

std::string tools_markup() {
  return "<div class=\"tools\" hidden><label class=\"all-paper\"><input type=\"checkbox\" id=\"print-all\">print all "
         "sections</label><button type=\"button\" id=\"theme\">Dark</button></div>";
}

std::string script_markup(const nlohmann::ordered_json& data) {
  if (script().empty()) return "";
  return fmt::format(
      "<script type=\"application/json\" id=\"data\">{}</script>\n<script>{}</script>\n",
      escape_json(trace::shown_json(data.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace))),
      script());
}

}  // namespace costrisk::present::html

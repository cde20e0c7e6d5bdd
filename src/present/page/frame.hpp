// What all pages with a script have: head with its policy, what the reader switches, data and script.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace costrisk::present::html {

/// From the doctype to the body's opening tag.
/// @param command that the page is of: "report"
/// @param version of the program; empty: left out
/// @param metas further meta elements
std::string head_markup(const std::string& title, const std::string& command, const std::string& version = "",
                        const std::string& metas = "");

/// The switches in the page's header, which the script shows.
std::string tools_markup();

/// The data and the script that draws from it; empty where the build has none.
std::string script_markup(const nlohmann::ordered_json& data);

}  // namespace costrisk::present::html

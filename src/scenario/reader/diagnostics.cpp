// Problems found in scenario files: collecting, rendering and hints.
#include "src/scenario/reader/diagnostics.hpp"
#include "src/trace/plain_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace costrisk::scenario {
namespace {

constexpr std::size_t longest_excerpt = 160;

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u; }

/// The line and a caret under its column-th character; a long line is cut to what surrounds the column.
std::string excerpt(const std::string& line, int column) {
  std::size_t at = 0;
  for (int character = 1; character < column && at < line.size(); ++character) {
    ++at;
    while (at < line.size() && continues_character(line[at])) ++at;
  }
  std::size_t begin = 0;
  if (at > longest_excerpt / 2) begin = at - longest_excerpt / 2;
  while (begin > 0 && begin < line.size() && continues_character(line[begin])) --begin;
  std::size_t end = std::min(line.size(), begin + longest_excerpt);
  while (end < line.size() && continues_character(line[end])) ++end;

  const auto part = [&](std::size_t from, std::size_t to) {
    return trace::shown(std::string_view(line).substr(from, to - from), trace::Breaks::kept);
  };
  std::string caret;
  for (const char byte : part(begin, std::max(at, begin)))
    if (!continues_character(byte)) caret += byte == '\t' ? '\t' : ' ';
  return fmt::format("  {}\n  {}^", part(begin, end), caret);
}

/// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last, last(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({replace, last[j] + 1, current[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        current[j] = std::min(current[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = current;
  }
  return last[b.size()];
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

/// Longer words are not compared.
constexpr std::size_t longest_compared = 100;

/// Edits from a word to a candidate but for upper and lower case; at most one where the candidate goes on from the
/// word.
std::size_t distance_between(std::string_view word, const std::string& candidate) {
  if (word.size() > longest_compared || candidate.size() > longest_compared) return longest_compared;
  const std::string plain = lower_case(word), other = lower_case(candidate);
  const std::size_t distance = edit_distance(plain, other);
  const bool extends = plain.size() >= 3 && other.starts_with(plain);
  return extends ? std::min<std::size_t>(distance, 1) : distance;
}

}  // namespace

int Diagnostics::add_source(std::string name, std::filesystem::path folder, std::string_view text) {
  Source source{std::move(name), std::move(folder)};
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    source.lines.emplace_back(line);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  sources_.push_back(std::move(source));
  return static_cast<int>(sources_.size()) - 1;
}

int Diagnostics::add_assignment(std::string name, std::string_view text) {
  const int source = add_source(std::move(name), "", text);
  sources_.back().is_assignment = true;
  return source;
}

void Diagnostics::error(Place place, std::string message) { note(errors_, place, std::move(message)); }
void Diagnostics::warning(Place place, std::string message) { note(warnings_, place, std::move(message)); }

void Diagnostics::note(std::vector<Problem>& problems, Place place, std::string message) {
  for (const Problem& known : problems)
    if (known.place.source == place.source && known.place.line == place.line && known.place.column == place.column &&
        known.message == message)
      return;
  problems.push_back({place, std::move(message)});
}

void Diagnostics::withhold(int source, const std::string& message) {
  sources_.at(static_cast<std::size_t>(source)).lines.clear();
  for (Problem& problem : errors_)
    if (problem.place.source == source) problem.message = message;
}

std::vector<Diagnostic> Diagnostics::rendered(std::vector<Problem> problems, const char* severity) const {
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.place.source, a.place.line, a.place.column) <
           std::tie(b.place.source, b.place.line, b.place.column);
  });
  std::vector<Diagnostic> result;
  for (const Problem& problem : problems) {
    Diagnostic diagnostic{"", problem.place.line, problem.place.column, trace::shown(problem.message), ""};
    if (problem.place.source < 0) {
      diagnostic.rendered = fmt::format("{}: {}", severity, diagnostic.message);
    } else {
      const Source& source = sources_[static_cast<std::size_t>(problem.place.source)];
      diagnostic.file = source.name;
      diagnostic.rendered = fmt::format("{}:{}:{}: {}: {}", trace::shown(source.name), problem.place.line,
                                        problem.place.column, severity, diagnostic.message);
      const std::size_t line = static_cast<std::size_t>(problem.place.line);
      if (line >= 1 && line <= source.lines.size()) {
        diagnostic.rendered += '\n';
        diagnostic.rendered += excerpt(source.lines[line - 1], problem.place.column);
      }
    }
    result.push_back(std::move(diagnostic));
  }
  return result;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.size() > longest_compared) return "";
  std::size_t nearest = std::max<std::size_t>(1, (word.size() + 1) / 3) + 1;
  const std::string* best = nullptr;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = distance_between(word, candidate);
    if (distance < nearest) {
      nearest = distance;
      best = &candidate;
    }
  }
  return best ? fmt::format("; did you mean '{}'?", *best) : "";
}

std::vector<std::string> nearest_words(std::string_view word, const std::vector<std::string>& candidates,
                                       std::size_t most) {
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const std::string& candidate : candidates) found.emplace_back(distance_between(word, candidate), candidate);
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> words;
  for (std::size_t i = 0; i < std::min(most, found.size()); ++i) words.push_back(found[i].second);
  return words;
}

std::string one_of(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += fmt::format("'{}'", words[i]);
  }
  return text;
}

}  // namespace costrisk::scenario

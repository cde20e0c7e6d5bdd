// Puts one document together: includes and likenesses.
#include "src/scenario/reader/compose.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "src/scenario/entities/schema.hpp"
#include "src/scenario/reader/toml_reader.hpp"
#include "src/trace/files.hpp"

namespace costrisk::scenario {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 256;

/// Reads files and joins what they hold.
class Includer {
 public:
  Includer(const fs::path& root, Diagnostics& diagnostics) : root_(root), diagnostics_(diagnostics) {}

  bool read_file(const fs::path& path, Place where, Node& root) {
    std::error_code failure;
    const bool is_pipe = fs::is_fifo(path, failure);
    const fs::path identity = identity_of(path);
    if (std::find(open_.begin(), open_.end(), identity) != open_.end()) {
      diagnostics_.error(where, fmt::format("'{}' includes itself, directly or through other files; expected includes "
                                            "without a cycle",
                                            path.string()));
      return false;
    }
    root = Node{};
    root.place = {where.source, 1, 1};
    if (done_.count(identity)) return true;
    if (done_.size() >= most_files) {
      diagnostics_.error(where, fmt::format("more than {} files; expected fewer includes", most_files));
      return false;
    }
    const bool included = where.source >= 0;
    if (included && !trace::lies_within(root_, path)) {
      diagnostics_.error(where, outside(path, root_));
      return false;
    }
    std::string text;
    try {
      // No more of it, or of a pipe that may never end, than tells that it is too large.
      text = trace::read_file(path, largest_text + 1, included ? trace::Pipes::refused : trace::Pipes::read);
    } catch (const trace::NoSuchFile&) {
      diagnostics_.error(where,
                         fmt::format("the file '{}' cannot be read; expected a scenario file there", path.string()));
      return false;
    } catch (const trace::NoRegularFile& error) {
      diagnostics_.error(where, fmt::format("{}; expected a scenario file there", error.what()));
      return false;
    }
    return read_open(identity, text, path.string(), is_pipe ? fs::path() : path.parent_path(), root);
  }

  /// @param file that the text was read from; empty: none
  bool read_text_of(const fs::path& file, std::string_view text, const std::string& name, const fs::path& folder,
                    Node& root) {
    if (file.empty()) return read_text(text, name, folder, root);
    return read_open(identity_of(file), text, name, folder, root);
  }

 private:
  /// The names that lead to a pipe are no file's.
  static fs::path identity_of(const fs::path& path) {
    std::error_code failure;
    return fs::is_fifo(path, failure) ? path : fs::weakly_canonical(path, failure);
  }

  bool read_open(const fs::path& identity, std::string_view text, const std::string& name, const fs::path& folder,
                 Node& root) {
    open_.push_back(identity);
    const bool good = read_text(text, name, folder, root);
    open_.pop_back();
    done_.insert(identity);
    return good;
  }

  bool read_text(std::string_view text, const std::string& name, const fs::path& folder, Node& root) {
    const int source = diagnostics_.add_source(name, folder, text);
    if (!read_toml(text, source, diagnostics_, root)) {
      const bool included = source > 0;
      if (included) diagnostics_.withhold(source, "no valid TOML; not quoted here, since another file includes it");
      return false;
    }
    put_budgets_apart(root);
    const Node* include = root.find("include");
    if (!include) return true;
    bool good = true;
    const std::vector<Node> paths = include->items;
    if (!include->is_list()) {
      diagnostics_.error(include->place, fmt::format("'include' is {}; expected a list of paths", describe(*include)));
    }
    root.erase("include");
    Node own = std::move(root);
    root = Node{};
    root.place = own.place;
    for (const Node& path : paths) {
      if (path.kind != Node::Kind::text || path.text.empty()) {
        diagnostics_.error(path.place, fmt::format("an include is {}; expected the path of a file", describe(path)));
        continue;
      }
      Node included;
      if (!read_file(folder / path.text, path.place, included)) {
        good = false;
        continue;
      }
      join(root, std::move(included), false);
    }
    join(root, std::move(own), true);
    return good;
  }

  /// Budgets in a list stand under a key of their own, whichever of the two they are given by.
  static void put_budgets_apart(Node& root) {
    Node* list = root.find("budget");
    if (!list || !list->is_list()) return;
    if (Node* others = root.find("budgets"); others && others->is_list()) {
      std::move(list->items.begin(), list->items.end(), std::back_inserter(others->items));
      root.erase("budget");
      return;
    }
    for (Entry& entry : root.entries)
      if (entry.key == "budget") entry.key = "budgets";
  }

  /// Adds what `other` holds to `all`: lists of entities are strung together, tables of the root are merged;
  /// of single values the later one wins where it may.
  void join(Node& all, Node other, bool may_replace) {
    for (Entry& entry : other.entries) {
      const Key* key = root_table().find(entry.key);
      Node* present = all.find(entry.key);
      if (!present) {
        all.entries.push_back(std::move(entry));
      } else if (key && key->names != Kind::none && present->is_list() && entry.value.is_list()) {
        std::move(entry.value.items.begin(), entry.value.items.end(), std::back_inserter(present->items));
      } else if (key && key->type == Type::table && present->is_table() && entry.value.is_table()) {
        for (Entry& inner : entry.value.entries) join_value(*present, std::move(inner), may_replace);
      } else {
        join_value(all, std::move(entry), may_replace);
      }
    }
  }

  void join_value(Node& table, Entry entry, bool may_replace) {
    if (!table.find(entry.key)) {
      table.entries.push_back(std::move(entry));
      return;
    }
    if (!may_replace) {
      const Place first = table.entry(entry.key)->place;
      diagnostics_.error(entry.place, fmt::format("'{}' is given by {} too; expected it in one included file, or in "
                                                  "the file that includes them",
                                                  entry.key, diagnostics_.name(first.source)));
      return;
    }
    table.erase(entry.key);
    table.entries.push_back(std::move(entry));
  }

  const fs::path& root_;
  Diagnostics& diagnostics_;
  std::vector<fs::path> open_;
  std::set<fs::path> done_;
};

Node overlaid(Node base, const Node& own, const Table& schema);

void overlay_entry(Node& base, const Entry& own, const Key* key) {
  Node* present = base.find(own.key);
  if (!present) {
    base.entries.push_back(own);
    return;
  }
  const bool both_tables = present->is_table() && own.value.is_table();
  if (key && both_tables && key->arity == Arity::map) {
    Node merged = *present;
    merged.place = own.value.place;
    Key element = *key;
    element.arity = Arity::one;
    for (const Entry& entry : own.value.entries) overlay_entry(merged, entry, &element);
    *present = std::move(merged);
  } else if (key && both_tables && key->type == Type::table && key->arity == Arity::one) {
    *present = overlaid(std::move(*present), own.value, *key->table);
  } else if (key && both_tables && (key->type == Type::law || key->type == Type::hours_law)) {
    *present = overlaid(std::move(*present), own.value, law_table());
  } else {
    *present = own.value;
  }
}

/// The base with what `own` gives laid over it. Keys of the base that cannot stand beside new ones go.
Node overlaid(Node base, const Node& own, const Table& schema) {
  // Groups may share keys: what is given may belong to several.
  std::set<std::string> given, kept;
  for (const std::vector<std::string>& group : schema.alternatives)
    for (const std::string& key : group)
      if (own.find(key)) given.insert(key);
  for (const std::vector<std::string>& group : schema.alternatives)
    if (std::all_of(given.begin(), given.end(),
                    [&](const std::string& key) { return std::find(group.begin(), group.end(), key) != group.end(); }))
      kept.insert(group.begin(), group.end());
  for (const std::vector<std::string>& group : schema.alternatives)
    for (const std::string& key : group)
      if (!given.empty() && !kept.contains(key)) base.erase(key);
  base.place = own.place;
  for (const Entry& entry : own.entries) overlay_entry(base, entry, schema.find(entry.key));
  return base;
}

/// Resolves the likenesses among the entities of one kind.
class Likeness {
 public:
  Likeness(std::vector<Node>& entities, const Table& schema, Diagnostics& diagnostics)
      : entities_(entities), schema_(schema), diagnostics_(diagnostics), states_(entities.size(), State::untouched) {
    for (const Node& entity : entities_) {
      const Node* name = entity.is_table() ? entity.find("name") : nullptr;
      names_.push_back(name && name->kind == Node::Kind::text ? name->text : "");
    }
  }

  void resolve_all() {
    for (std::size_t i = 0; i < entities_.size(); ++i) resolve(i);
  }

 private:
  enum class State { untouched, open, done };

  void resolve(std::size_t index) {
    if (states_[index] == State::done) return;
    states_[index] = State::open;
    Node& own = entities_[index];
    const std::string_view key = schema_.find("extends") ? "extends" : "like";
    const Entry* entry = own.is_table() ? own.entry(key) : nullptr;
    if (entry) {
      const Node other = entry->value;
      own.erase(key);
      if (const Node* base = base_of(other, key); base) {
        Node start = *base;
        start.erase("name");
        own = overlaid(std::move(start), own, schema_);
      } else {
        own.valid = false;
      }
    }
    states_[index] = State::done;
  }

  /// The resolved entity that is named, or nothing after noting why not.
  const Node* base_of(const Node& other, std::string_view key) {
    if (other.kind != Node::Kind::text) {
      diagnostics_.error(
          other.place, fmt::format("'{}' is {}; expected the name of another {}", key, describe(other), schema_.name));
      return nullptr;
    }
    const auto found = std::find(names_.begin(), names_.end(), other.text);
    if (found == names_.end() || other.text.empty()) {
      diagnostics_.error(other.place, fmt::format("no {} is named '{}'{}", schema_.name, other.text,
                                                  did_you_mean(other.text, names_)));
      return nullptr;
    }
    const auto index = static_cast<std::size_t>(found - names_.begin());
    if (states_[index] == State::open) {
      diagnostics_.error(other.place,
                         fmt::format("'{}' leads back to this {}; expected no cycle", other.text, schema_.name));
      return nullptr;
    }
    resolve(index);
    return &entities_[index];
  }

  std::vector<Node>& entities_;
  const Table& schema_;
  Diagnostics& diagnostics_;
  std::vector<State> states_;
  std::vector<std::string> names_;
};

}  // namespace

std::string outside(const fs::path& path, const fs::path& root) {
  return fmt::format(
      "'{}' lies outside of the folder '{}'; move it there, or name a folder that holds both with --root",
      path.string(), root.empty() ? "." : root.string());
}

bool read_with_includes(const fs::path& path, const fs::path& root, Diagnostics& diagnostics, Node& document) {
  return Includer(root, diagnostics).read_file(path, Place{}, document);
}

bool read_with_includes(std::string_view text, const std::string& name, const fs::path& folder, const fs::path& root,
                        const fs::path& file, Diagnostics& diagnostics, Node& document) {
  return Includer(root, diagnostics).read_text_of(file, text, name, folder, document);
}

void resolve_likeness(Node& root, Diagnostics& diagnostics) {
  for (const Key& key : root_table().keys) {
    Node* list = key.names == Kind::none ? nullptr : root.find(key.name);
    if (list && list->is_list()) Likeness(list->items, *key.table, diagnostics).resolve_all();
  }
}

}  // namespace costrisk::scenario

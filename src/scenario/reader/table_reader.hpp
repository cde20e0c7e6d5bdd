// Typed access to the values of a validated table, with the defaults of the schema.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/entities/schema.hpp"
#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/node.hpp"
#include "src/scenario/reader/validate.hpp"

namespace costrisk::scenario {

/// A table of the document with the schema it follows. A value that is absent, or about which an error has
/// been noted, reads as its default, and without one as zero or nothing; reading never fails.
/// Keys must be in the schema.
class TableReader {
 public:
  TableReader(const Node& node, const Table& schema, std::string address, const Names& names, Diagnostics& diagnostics)
      : node_(&node), schema_(&schema), address_(std::move(address)), names_(&names), diagnostics_(&diagnostics) {}

  const std::string& address() const { return address_; }
  std::string address_of(std::string_view key) const;

  /// Whether no error has been noted about the table as a whole, such as an unknown `like`.
  bool sound() const { return node_->valid; }
  /// Whether the key is given and sound.
  bool has(std::string_view key) const;
  /// Whether the key is given, sound or not.
  bool given(std::string_view key) const { return node_->find(key) != nullptr; }
  /// Whether the key is given but an error has been noted about it.
  bool broken(std::string_view key) const { return given(key) && !has(key); }

  /// Whether the key has a value: a sound one, or a default.
  bool gives(std::string_view key) const { return has(key) || !this->key(key).fallback.empty(); }

  double number(std::string_view key) const;
  bool boolean(std::string_view key) const;
  std::int64_t integer(std::string_view key) const;
  double seconds(std::string_view key) const;  ///< infinity for "forever"
  std::string text(std::string_view key) const;
  bool is(std::string_view key, std::string_view choice) const { return text(key) == choice; }
  NumberPairs number_pairs(std::string_view name) const;
  std::vector<double> numbers(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
  StartTime date_time(std::string_view key) const;
  Law law(std::string_view key) const;  ///< of numbers, or of hours; with its address
  Loadings loadings() const;            ///< of the key "loading"

  int reference(std::string_view key) const;  ///< -1 where absent
  std::vector<int> references(std::string_view key) const;

  TableReader table(std::string_view key) const;                ///< an empty one where absent
  std::vector<TableReader> tables(std::string_view key) const;  ///< of a list
  std::vector<std::pair<int, TableReader>> tables_by_name(std::string_view key) const;
  std::vector<std::pair<int, double>> numbers_by_name(std::string_view key) const;
  std::vector<std::pair<int, Law>> laws_by_name(std::string_view key) const;

  Place place() const { return node_->place; }
  Place place(std::string_view key) const;  ///< of the value, or of the table where absent
  /// The folder to which paths in the value of a key are relative.
  const std::filesystem::path& folder(std::string_view key) const { return diagnostics_->folder(place(key).source); }
  /// The folder of the scenario's own file.
  const std::filesystem::path& root_folder() const { return diagnostics_->folder(0); }

  /// Notes an error at the value of a key, or at the table where it is absent.
  void error(std::string_view key, std::string message) const { diagnostics_->error(place(key), std::move(message)); }
  /// Likewise what its author may not mean.
  void warning(std::string_view key, std::string message) const {
    diagnostics_->warning(place(key), std::move(message));
  }

 private:
  const Key& key(std::string_view name) const;
  Node value(std::string_view name) const;
  int index_of(Kind kind, const std::string& name) const;
  Law law_of(const Node& node, const Key& key, std::string address) const;
  Loadings loadings_of(const Node* loading) const;

  const Node* node_;
  const Table* schema_;
  std::string address_;
  const Names* names_;
  Diagnostics* diagnostics_;
};

}  // namespace costrisk::scenario

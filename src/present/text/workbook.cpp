// Workbooks, by libxlsxwriter. It is loaded when one is written and not with the program, which would need it, and the
// OpenSSL that it brings along, to start at all.
#include <fmt/format.h>

#include <stdexcept>

#include "src/present/text/exported.hpp"

#ifdef COSTRISK_XLSXWRITER

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <utility>

#include "src/results/store/errors.hpp"
#include "src/trace/files.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present {

namespace {

namespace fs = std::filesystem;

constexpr const char* library_file = "libxlsxwriter.so." LXW_SOVERSION;

/// The functions of the library that are used, by their names.
struct Library {
  void* handle = nullptr;
#define FUNCTION(name) decltype(&::name) name = nullptr;
#define EACH_FUNCTION               \
  FUNCTION(workbook_new_opt)        \
  FUNCTION(workbook_add_worksheet)  \
  FUNCTION(workbook_add_format)     \
  FUNCTION(workbook_set_properties) \
  FUNCTION(workbook_close)          \
  FUNCTION(worksheet_write_string)  \
  FUNCTION(worksheet_write_number)  \
  FUNCTION(worksheet_set_column)    \
  FUNCTION(worksheet_freeze_panes)  \
  FUNCTION(worksheet_autofilter)    \
  FUNCTION(format_set_bold)         \
  FUNCTION(format_set_num_format)   \
  FUNCTION(format_set_text_wrap)    \
  FUNCTION(format_set_bottom)       \
  FUNCTION(format_set_align)        \
  FUNCTION(lxw_strerror)            \
  FUNCTION(lxw_workbook_free)
  EACH_FUNCTION
#undef FUNCTION
};

[[noreturn]] void refuse_to_load(const char* problem) {
  throw std::invalid_argument(fmt::format(
      "workbooks need {}, which cannot be loaded ({}): install it, such as Debian's libxlsxwriter" LXW_SOVERSION
      ", or export to a file *.csv",
      library_file, problem));
}

const Library& library() {
  static const Library loaded = [] {
    Library made;
    made.handle = dlopen(library_file, RTLD_NOW | RTLD_LOCAL);
    if (made.handle == nullptr) {
      const char* problem = dlerror();
      refuse_to_load(problem ? problem : "no reason given");
    }
    const auto find = [&](auto& function, const char* name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(made.handle, name));
      if (function == nullptr) refuse_to_load(name);
    };
#define FUNCTION(name) find(made.name, #name);
    EACH_FUNCTION
#undef FUNCTION
    return made;
  }();
  return loaded;
}

/// A folder of its own for a file that only has a name while it is written, and is gone with it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code failure;
    const fs::path temporary = fs::temp_directory_path(failure);
    std::string name = ((failure ? fs::path("/tmp") : temporary) / "costrisk-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
      throw results::IoError(fmt::format("cannot make a folder {}: {}", name, std::strerror(errno)));
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code stays;
    fs::remove_all(path_, stays);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class WorkbookWriter {
 public:
  explicit WorkbookWriter(const Exported& exported) : exported_(exported), lib_(library()) {}
  ~WorkbookWriter() {
    if (book_ != nullptr) lib_.lxw_workbook_free(book_);
  }
  WorkbookWriter(const WorkbookWriter&) = delete;
  WorkbookWriter& operator=(const WorkbookWriter&) = delete;

  std::vector<std::byte> write() {
    const ScratchFolder folder;
    const std::string file = (folder.path() / "workbook.xlsx").string(), scratch = folder.path().string();
    lxw_workbook_options options{};
    options.tmpdir = const_cast<char*>(scratch.c_str());  // which only reads it
    book_ = lib_.workbook_new_opt(file.c_str(), &options);
    if (book_ == nullptr) throw std::bad_alloc();
    make_formats();
    lxw_doc_properties properties{};
    std::string title = trace::shown(exported_.title);
    properties.title = title.data();
    properties.created = time_of_all;
    check(lib_.workbook_set_properties(book_, &properties));
    about_sheet();
    std::vector<std::vector<std::size_t>> sets;
    for (const ExportedArray& array : exported_.arrays)
      if (std::find(sets.begin(), sets.end(), array.dimensions) == sets.end()) sets.push_back(array.dimensions);
    for (const std::vector<std::size_t>& dimensions : sets) sheet_of(dimensions);
    columns_sheet();
    if (const lxw_error error = lib_.workbook_close(std::exchange(book_, nullptr)); error != LXW_NO_ERROR)
      throw results::IoError(
          fmt::format("the workbook cannot be written in {}: {}", scratch, lib_.lxw_strerror(error)));
    std::string bytes = trace::read_file(file, std::numeric_limits<std::size_t>::max());
    add_mark(bytes);
    std::vector<std::byte> all(bytes.size());
    std::memcpy(all.data(), bytes.data(), bytes.size());
    return all;
  }

 private:
  static constexpr std::time_t time_of_all = 946'684'800;  ///< January 1st, 2000: equal results give equal files
  static constexpr std::size_t most_rows = LXW_ROW_MAX - 1;
  static constexpr std::size_t longest_sheet_name = 31;

  void check(lxw_error error) const {
    if (error != LXW_NO_ERROR)
      throw results::IoError(fmt::format("the workbook cannot be made: {}", lib_.lxw_strerror(error)));
  }

  void make_formats() {
    header_ = lib_.workbook_add_format(book_);
    lib_.format_set_bold(header_);
    lib_.format_set_text_wrap(header_);
    lib_.format_set_bottom(header_, LXW_BORDER_THIN);
    lib_.format_set_align(header_, LXW_ALIGN_VERTICAL_TOP);
    const auto numbers = [&](const char* pattern) {
      lxw_format* format = lib_.workbook_add_format(book_);
      lib_.format_set_num_format(format, pattern);
      return format;
    };
    money_ = numbers("#,##0.00;[Red]-#,##0.00");
    small_money_ = numbers("#,##0.000000");
    share_ = numbers("0.00%");
    number_ = numbers("#,##0.####");
    whole_ = numbers("0");
  }

  lxw_format* format_of(FigureFormat format, double value) const {
    switch (format) {
      case FigureFormat::money:
        return value != 0.0 && std::fabs(value) < 1.0 ? small_money_ : money_;
      case FigureFormat::share:
        return share_;
      case FigureFormat::number:
        return number_;
    }
    __builtin_unreachable();
  }

  static lxw_row_t row_at(std::size_t row) { return static_cast<lxw_row_t>(row); }
  static lxw_col_t column_at(std::size_t column) { return static_cast<lxw_col_t>(column); }

  /// As a text, whatever it begins with.
  void write_text(lxw_worksheet* sheet, std::size_t row, std::size_t column, const std::string& text,
                  lxw_format* format = nullptr) {
    check(lib_.worksheet_write_string(sheet, row_at(row), column_at(column), trace::shown(text).c_str(), format));
  }

  /// Nothing for what does not exist; spreadsheets have no infinity.
  void write_number(lxw_worksheet* sheet, std::size_t row, std::size_t column, double value, lxw_format* format) {
    if (std::isnan(value)) return;
    if (std::isinf(value))
      write_text(sheet, row, column, value > 0.0 ? "unbounded" : "-unbounded");
    else
      check(lib_.worksheet_write_number(sheet, row_at(row), column_at(column), value, format));
  }

  lxw_worksheet* add_sheet(const std::string& wanted) {
    std::string name = wanted.substr(0, longest_sheet_name);
    for (int again = 2; !names_.insert(name).second; ++again)
      name = fmt::format("{} {}", wanted.substr(0, longest_sheet_name - 3), again);
    sheet_names_.push_back(name);
    lxw_worksheet* sheet = lib_.workbook_add_worksheet(book_, name.c_str());
    if (sheet == nullptr) throw std::invalid_argument(fmt::format("'{}' cannot name a sheet", name));
    return sheet;
  }

  void about_sheet() {
    lxw_worksheet* sheet = add_sheet("About");
    std::size_t row = 0;
    write_text(sheet, row++, 0, exported_.title, header_);
    for (const ExportedFact& fact : exported_.facts) {
      write_text(sheet, row, 0, fact.name);
      if (fact.is_number)
        write_number(sheet, row, 1, fact.number,
                     fact.unit == exported_.currency          ? money_
                     : fact.number == std::floor(fact.number) ? whole_
                                                              : number_);
      else
        write_text(sheet, row, 1, fact.text);
      if (fact.is_number && fact.unit != "1") write_text(sheet, row, 2, fact.unit);
      ++row;
    }
    write_text(sheet, ++row, 0,
               "Every sheet has the figures of one set of dimensions; 'Columns' says what each column is.");
    check(lib_.worksheet_set_column(sheet, 0, 0, 22, nullptr));
    check(lib_.worksheet_set_column(sheet, 1, 1, 30, nullptr));
  }

  std::string sheet_name(const std::vector<std::size_t>& dimensions) const {
    std::string name;
    for (const std::size_t dimension : dimensions)
      name += (name.empty() ? "" : ", ") + exported_.dimensions[dimension].name;
    return name.empty() ? "all" : name;
  }

  static std::string header_of(const ExportedArray& array) {
    return array.unit == "1" ? array.title : fmt::format("{} ({})", array.title, array.unit);
  }

  void sheet_of(const std::vector<std::size_t>& dimensions) {
    const std::string name = sheet_name(dimensions);
    std::vector<const ExportedArray*> columns;
    for (const ExportedArray& array : exported_.arrays)
      if (array.dimensions == dimensions) columns.push_back(&array);
    const std::size_t rows = columns.front()->values.size(), labels = dimensions.size();
    if (rows > most_rows)
      throw std::invalid_argument(fmt::format(
          "{} rows of {} are more than the {} that a sheet holds: export to a file *.csv", rows, name, most_rows));
    lxw_worksheet* sheet = add_sheet(name);
    for (std::size_t i = 0; i < labels; ++i) {
      const results::ArrayDimension& dimension = exported_.dimensions[dimensions[i]];
      write_text(sheet, 0, i,
                 dimension.unit == "1" ? dimension.name : fmt::format("{} ({})", dimension.name, dimension.unit),
                 header_);
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      write_text(sheet, 0, labels + i, header_of(*columns[i]), header_);
      described_.push_back({sheet_names_.back(), columns[i]});
    }
    std::vector<std::size_t> entries(labels, 0);
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t i = 0; i < labels; ++i) {
        const results::ArrayDimension& dimension = exported_.dimensions[dimensions[i]];
        if (dimension.labels.empty())
          write_number(sheet, row + 1, i, dimension.numbers[entries[i]], number_);
        else
          write_text(sheet, row + 1, i, dimension.labels[entries[i]]);
      }
      for (std::size_t i = 0; i < columns.size(); ++i)
        write_number(sheet, row + 1, labels + i, columns[i]->values[row],
                     format_of(columns[i]->format, columns[i]->values[row]));
      for (std::size_t i = labels; i-- > 0;) {
        if (++entries[i] < exported_.dimensions[dimensions[i]].size()) break;
        entries[i] = 0;
      }
    }
    const std::size_t last = labels + columns.size() - 1;
    check(lib_.worksheet_set_column(sheet, 0, column_at(last), 16, nullptr));
    lib_.worksheet_freeze_panes(sheet, 1, column_at(labels));
    check(lib_.worksheet_autofilter(sheet, 0, 0, row_at(rows), column_at(last)));
  }

  void columns_sheet() {
    lxw_worksheet* sheet = add_sheet("Columns");
    const char* titles[] = {"sheet", "column", "quantity", "statistic", "unit", "description"};
    for (std::size_t i = 0; i < std::size(titles); ++i) write_text(sheet, 0, i, titles[i], header_);
    for (std::size_t row = 0; row < described_.size(); ++row) {
      const ExportedArray& array = *described_[row].second;
      const std::string cells[] = {described_[row].first, header_of(array), array.quantity,
                                   array.statistic,       array.unit,       array.description};
      for (std::size_t i = 0; i < std::size(cells); ++i) write_text(sheet, row + 1, i, cells[i]);
    }
    check(lib_.worksheet_set_column(sheet, 0, 4, 24, nullptr));
    check(lib_.worksheet_set_column(sheet, 5, 5, 80, nullptr));
    lib_.worksheet_freeze_panes(sheet, 1, 0);
  }

  /// Puts the mark where archives have a comment, at the end, after its length (APPNOTE.TXT 6.3.10, 4.3.16).
  static void add_mark(std::string& bytes) {
    const std::size_t length = std::strlen(workbook_mark);
    constexpr std::size_t end_record = 22;
    if (bytes.size() < end_record || bytes.compare(bytes.size() - end_record, 4, "PK\x05\x06") != 0)
      throw results::IoError("the workbook was not written whole: this is a defect of costrisk");
    bytes[bytes.size() - 2] = static_cast<char>(length);
    bytes += workbook_mark;
  }

  const Exported& exported_;
  const Library& lib_;
  lxw_workbook* book_ = nullptr;
  lxw_format *header_ = nullptr, *money_ = nullptr, *small_money_ = nullptr, *share_ = nullptr, *number_ = nullptr,
             *whole_ = nullptr;
  std::set<std::string> names_;
  std::vector<std::string> sheet_names_;
  std::vector<std::pair<std::string, const ExportedArray*>> described_;
};

}  // namespace

std::vector<std::byte> workbook(const Exported& exported) { return WorkbookWriter(exported).write(); }

}  // namespace costrisk::present

#else

namespace costrisk::present {

std::vector<std::byte> workbook(const Exported&) {
  throw std::invalid_argument(
      "this costrisk was built without libxlsxwriter and writes no workbooks: export to a file *.csv, or build it "
      "where "
      "libxlsxwriter-dev is installed");
}

}  // namespace costrisk::present

#endif

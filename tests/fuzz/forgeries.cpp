// The kinds of forgeries, by what is wrong with an object.
#include "tests/fuzz/forgeries.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "src/results/quantities/quantities.hpp"
#include "src/results/store/hdf5.hpp"
#include "tests/unit/sealed_file.hpp"

namespace costrisk::fuzz {

namespace {

namespace fs = std::filesystem;
using results::Quantity;
using results::hdf5::Handle;

void check(bool good, const std::string& what) {
  if (!good) throw std::logic_error("a forgery went wrong: " + what);
}

/// A dataset, or an attribute of the root or of a group.
struct Part {
  std::string object, attribute;
  std::string name() const { return attribute.empty() ? object : object + "@" + attribute; }
};

/// What other programs read, and costrisk does not.
bool is_for_others(const Part& part) {
  static const std::vector<std::string> attributes = {"CLASS",          "NAME",  "DIMENSION_LIST", "description",
                                                      "REFERENCE_LIST", "units", "Conventions"};
  if (!part.attribute.empty()) return std::count(attributes.begin(), attributes.end(), part.attribute) > 0;
  for (const results::DimensionTerms& dimension : results::dimensions())
    if (part.object == dimension.name) return !dimension.set_texts && !dimension.set_numbers;
  static const std::vector<std::string> labels = {"paths/plan", "paths/job", "paths/service"};
  return std::count(labels.begin(), labels.end(), part.object) > 0;
}

bool is_bare_scale(hid_t dataset) {
  const Handle type(H5Dget_type(dataset), H5Tclose);
  return H5Tequal(type, H5T_IEEE_F32BE) > 0;
}

void add_attributes(hid_t object, const std::string& name, std::vector<Part>& parts) {
  const auto visit = [](hid_t, const char* attribute, const H5A_info_t*, void* to) -> herr_t {
    auto& [path, list] = *static_cast<std::pair<std::string, std::vector<Part>*>*>(to);
    const Part part{path, attribute};
    if (!is_for_others(part) && part.attribute != "checksum") list->push_back(part);
    return 0;
  };
  std::pair<std::string, std::vector<Part>*> to{name, &parts};
  check(H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &to) >= 0, "attributes");
}

/// All parts of a file that costrisk reads.
std::vector<Part> parts_of(hid_t file) {
  std::vector<Part> parts;
  add_attributes(file, "/", parts);
  std::pair<hid_t, std::vector<Part>*> to{file, &parts};
  const auto visit = [](hid_t, const char* name, const H5O_info_t* info, void* data) -> herr_t {
    auto& [root, list] = *static_cast<std::pair<hid_t, std::vector<Part>*>*>(data);
    if (std::string_view(name) == ".") return 0;
    const Handle object(H5Oopen(root, name, H5P_DEFAULT), H5Oclose);
    const Part part{name, ""};
    if (info->type == H5O_TYPE_GROUP)
      add_attributes(object, name, *list);
    else if (!is_bare_scale(object) && !is_for_others(part))
      list->push_back(part);
    return 0;
  };
  check(H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, visit, &to) >= 0, "a walk");
  return parts;
}

const std::vector<std::string> hostile_texts = {
    "",         "\x1b[2J", "a\nb",         "a\x7f",  "\u202egnp.exe",          "a\u200bb",
    "\xff\xfe", "\xc3(",   "\xed\xa0\x80", "\u0085", std::string(5000, '\x07')};

const double odd_numbers[] = {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(), 1e300,
                              -1e300, 1e19};

class Forger {
 public:
  Forger(hid_t file, Mutations& mutations) : file_(file), mutations_(mutations), parts_(parts_of(file)) {}

  Forgery one() {
    const auto chosen = parts_.begin() + static_cast<std::ptrdiff_t>(mutations_.below(parts_.size()));
    const Part part = *chosen;
    parts_.erase(chosen);  // one forgery does not hide another
    Forgery forgery = part.attribute.empty() ? of_dataset(part.object) : of_attribute(part);
    if (is_optional(part.object) && !H5Lexists(file_, part.object.c_str(), H5P_DEFAULT)) forgery.verdict = maybe;
    forgery.what = part.name() + ": " + forgery.what;
    return forgery;
  }

 private:
  static constexpr Verdict unsound = Verdict::is_unsound, maybe = Verdict::may_be_sound;

  std::vector<hsize_t> shape_of(hid_t dataset) const {
    const auto extents = results::hdf5::extents(dataset);
    return {extents.begin(), extents.end()};
  }

  hid_t other_type(hid_t type) {
    const hid_t types[] = {H5T_IEEE_F32LE, H5T_IEEE_F64BE,  H5T_IEEE_F64LE, H5T_STD_I8LE,
                           H5T_STD_U64BE,  H5T_STD_I64LE,   H5T_STD_U64LE,  H5T_STD_I32LE,
                           H5T_STD_B64LE,  H5T_STD_REF_OBJ, H5T_C_S1,       H5T_UNIX_D64LE};
    for (;;)
      if (const hid_t other = types[mutations_.below(std::size(types))]; H5Tequal(type, other) <= 0) return other;
  }

  void create(const std::string& name, hid_t type, hid_t space, hid_t list, const std::vector<std::byte>& values = {}) {
    // Where the library makes none of this kind, there is none.
    const Handle dataset(H5Dcreate2(file_, name.c_str(), type, space, H5P_DEFAULT, list, H5P_DEFAULT), H5Dclose);
    if (dataset < 0) return;
    if (!values.empty()) check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0, "values");
  }

  static Handle space_of(const std::vector<hsize_t>& shape) { return results::hdf5::simple_space(shape); }
  static Handle early() {
    Handle list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY);
    return list;
  }

  /// Whether a run can be without it.
  static bool is_optional(const std::string& name) {
    for (const Quantity& quantity : results::quantities())
      if (quantity.name == name &&
          (quantity.needs == results::Needs::tokens || quantity.needs == results::Needs::latency))
        return true;
    return name == "checkpoint";
  }

  Forgery of_dataset(const std::string& name) {
    std::vector<hsize_t> shape;
    Handle type;
    {
      const Handle dataset(H5Dopen2(file_, name.c_str(), H5P_DEFAULT), H5Dclose);
      if (dataset < 0) return {"gone before"};
      shape = shape_of(dataset);
      type = Handle(H5Dget_type(dataset), H5Tclose);
    }
    const bool text = H5Tis_variable_str(type) > 0;
    const std::size_t kind = mutations_.below(text ? 18 : 22);
    if (kind < 17) check(H5Ldelete(file_, name.c_str(), H5P_DEFAULT) >= 0, "removing");
    const Handle list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    switch (kind) {
      case 0:
        return {"removed", is_optional(name) ? maybe : unsound};
      case 1:
        H5Lcreate_external("/etc/passwd", "/x", file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
        return {"an external link", unsound};
      case 2:
        H5Lcreate_soft("/cost_mean", file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
        return {"a soft link", unsound};
      case 3:
        H5Lcreate_soft("nowhere", file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
        return {"a link to nothing", unsound};
      case 4:
      case 5:
        create(name, other_type(type), space_of(shape), early());
        return {"of another type", unsound};
      case 6: {
        std::vector<hsize_t> more = shape;
        more.insert(more.begin() + static_cast<std::ptrdiff_t>(mutations_.below(more.size() + 1)), 1);
        create(name, type, space_of(more), early());
        return {"of one more dimension", unsound};
      }
      case 7: {
        const Handle space(H5Screate(mutations_.below(2) == 0 ? H5S_SCALAR : H5S_NULL), H5Sclose);
        create(name, type, space, list);
        return {"of no dimensions", unsound};
      }
      case 8:
      case 9: {
        std::vector<hsize_t> other = shape;
        hsize_t& extent = other[mutations_.below(other.size())];
        extent = mutations_.below(2) == 0 ? extent + 1 : extent > 1 ? extent - 1 : 2;
        create(name, type, space_of(other), early());
        return {"of another size", unsound};
      }
      case 10: {
        std::vector<hsize_t> huge = shape;
        huge[mutations_.below(huge.size())] = hsize_t{1} << (28 + mutations_.below(30));
        create(name, type, space_of(huge), list);
        return {"of a huge size", unsound};
      }
      case 11:
        H5Pset_external(list, "/etc/passwd", 0, H5F_UNLIMITED);
        create(name, text ? H5T_STD_U64LE : static_cast<hid_t>(type), space_of(shape), list);
        return {"in another file", unsound};
      case 12: {
        const Handle space = space_of(shape);
        H5Pset_virtual(list, space, "/tmp/other.h5", "/x", space);
        create(name, type, space, list);
        return {"virtual", unsound};
      }
      case 13:
        H5Pset_layout(list, H5D_COMPACT);
        create(name, type, space_of({2}), list);
        return {"within its header", unsound};
      case 14: {
        std::vector<hsize_t> chunk = shape;
        for (hsize_t& extent : chunk) extent = 1 + mutations_.below(std::min<hsize_t>(extent, 64));
        H5Pset_chunk(list, static_cast<int>(chunk.size()), chunk.data());
        if (mutations_.below(2) == 0) H5Pset_fletcher32(list);
        create(name, type, space_of(shape), list);
        return {"in other chunks", unsound};
      }
      case 15: {
        const Handle group(H5Gcreate2(file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
        return {"a group", unsound};
      }
      case 16: {
        Handle named(H5Tcopy(H5T_STD_I32LE), H5Tclose);
        H5Tcommit2(file_, name.c_str(), named, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        return {"a type", unsound};
      }
      default:
        return text ? labels(name, shape) : values(name, type);
    }
  }

  Forgery labels(const std::string& name, const std::vector<hsize_t>& shape) {
    std::vector<std::string> texts;
    for (hsize_t i = 0; i < shape[0]; ++i) texts.push_back(fmt::format("label {}", i));
    texts[mutations_.below(texts.size())] = hostile_texts[mutations_.below(hostile_texts.size())];
    const Handle dataset(H5Dopen2(file_, name.c_str(), H5P_DEFAULT), H5Dclose);
    results::hdf5::write_strings(dataset, texts);
    return {"hostile labels", unsound};
  }

  Forgery values(const std::string& name, hid_t type) {
    const Handle dataset(H5Dopen2(file_, name.c_str(), H5P_DEFAULT), H5Dclose);
    const std::size_t bytes = H5Tget_size(type);
    std::vector<std::byte> values(
        static_cast<std::size_t>(H5Sget_simple_extent_npoints(Handle(H5Dget_space(dataset), H5Sclose))) * bytes);
    check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0, "reading");
    const std::size_t place = mutations_.below(values.size() / bytes) * bytes;
    Forgery forgery{"other values"};
    if (H5Tget_class(type) == H5T_FLOAT && bytes == sizeof(double)) {
      const double number = odd_numbers[mutations_.below(std::size(odd_numbers))];
      std::memcpy(&values[place], &number, bytes);
      forgery = {fmt::format("the value {}", number), may_be(name, number) ? maybe : unsound};
    } else {
      for (std::size_t i = 0; i < bytes; ++i)
        values[place + i] =
            std::byte{static_cast<unsigned char>(mutations_.below(3) == 0 ? 0xFF : mutations_.below(256))};
    }
    check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0, "writing");
    return forgery;
  }

  /// Whether a quantity can have the value: an endless quantile of a time or of a cost by request, an open interval.
  static bool may_be(const std::string& name, double value) {
    if (!std::isinf(value)) return false;
    for (const Quantity& quantity : results::quantities())
      if (quantity.name == name)
        return quantity.unit == results::Unit::scenario ||
               (quantity.kind == results::Kind::interval_end && quantity.unit != results::Unit::share) ||
               (value > 0.0 && quantity.kind == results::Kind::quantile &&
                (quantity.has(results::Dimension::job) || quantity.has(results::Dimension::service)));
    return false;
  }

  static bool is_zero(hid_t object, const char* name, hid_t type) {
    std::int64_t value = 1;
    const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
    return H5Tequal(type, H5T_STD_I64LE) > 0 && H5Aread(attribute, H5T_NATIVE_INT64, &value) >= 0 && value == 0;
  }

  Forgery of_attribute(const Part& part) {
    const Handle object(H5Oopen(file_, part.object.c_str(), H5P_DEFAULT), H5Oclose);
    const char* name = part.attribute.c_str();
    if (object < 0 || H5Aexists(object, name) <= 0) return {"gone before"};
    Handle type, space;
    {
      const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
      type = Handle(H5Aget_type(attribute), H5Tclose);
      space = Handle(H5Aget_space(attribute), H5Sclose);
    }
    // What a tally has none of need not be said.
    const bool optional = part.attribute == "histories" || part.attribute == "budget" ||
                          part.attribute == "budget_micros" || (part.object == "tally" && is_zero(object, name, type));
    check(H5Adelete(object, name) >= 0, "removing");
    const auto put = [&](hid_t as, hid_t in) {
      return Handle(H5Acreate2(object, name, as, in, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    };
    switch (mutations_.below(5)) {
      case 0:
        return {"removed", optional ? maybe : unsound};
      case 1:
        put(other_type(type), space);
        return {"of another type", unsound};
      case 2: {
        const hsize_t many = 3 + mutations_.below(100);
        put(type, space_of({many}));
        return {"of more values", unsound};
      }
      case 3:
        put(type, Handle(H5Screate(H5S_NULL), H5Sclose));
        return {"of no values", unsound};
      default:
        break;
    }
    if (H5Tis_variable_str(type) > 0) {
      const std::string& text = hostile_texts[mutations_.below(hostile_texts.size())];
      const char* value = text.c_str();
      H5Awrite(put(type, space), type, &value);
      const bool shown = part.attribute == "title" || part.attribute == "currency";
      return {"a hostile text", shown && !(text.empty() && part.attribute == "title") ? unsound : maybe};
    }
    std::vector<unsigned char> bytes(16);
    for (unsigned char& byte : bytes)
      byte = static_cast<unsigned char>(mutations_.below(3) == 0 ? 0xFF : mutations_.below(256));
    H5Awrite(put(type, space), type, bytes.data());
    return {"another value"};
  }

  hid_t file_;
  Mutations& mutations_;
  std::vector<Part> parts_;
};

Forgery change_bytes(std::string& bytes, Mutations& mutations) {
  const std::size_t count = 1 + mutations.below(8);
  const std::size_t reach = mutations.below(2) == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 4096);
  for (std::size_t i = 0; i < count; ++i)
    bytes[mutations.below(reach)] = static_cast<char>(mutations.below(4) == 0 ? 0xFF : mutations.below(256));
  if (mutations.below(16) == 0) bytes.resize(bytes.size() - mutations.below(bytes.size() / 2));
  return {fmt::format("{} bytes", count)};
}

}  // namespace

std::vector<Forgery> forge(const fs::path& file, Mutations& mutations) {
  std::vector<Forgery> forgeries;
  if (mutations.below(5) > 0) {
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    const Handle opened(H5Fopen(file.c_str(), H5F_ACC_RDWR, access), H5Fclose);
    check(opened >= 0, "opening");
    Forger forger(opened, mutations);
    for (std::size_t more = mutations.below(4) == 0 ? 3 : 1; more > 0; --more) forgeries.push_back(forger.one());
  } else {
    std::string bytes = tests::content(file);
    forgeries.push_back(change_bytes(bytes, mutations));
    tests::put(file, bytes);
  }
  tests::put(file, tests::resealed(tests::content(file)));
  return forgeries;
}

}  // namespace costrisk::fuzz

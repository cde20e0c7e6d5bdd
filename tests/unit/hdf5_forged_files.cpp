// Files that bear a checksum that fits and are forged behind it: refused by name, without a look at other files and
// without more memory than they have bytes for.
#include <gtest/gtest.h>
#include <hdf5.h>

#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "src/results/store/hdf5.hpp"
#include "src/results/store/results_file.hpp"
#include "tests/unit/sealed_file.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::tests {
namespace {

namespace fs = std::filesystem;
using results::hdf5::Handle;

constexpr std::uint64_t paths = 300;

/// Who finds it: whoever reads results, or who reads what stands in chunks by path.
enum class Found { by_all, by_path };

/// What is done to an open file, what the message names, and what it says of it.
struct Forgery {
  const char* title;
  std::function<void(hid_t)> forge;
  const char* name;
  const char* problem;
  Found found = Found::by_all;
};

void remove(hid_t file, const char* name) { ASSERT_GE(H5Ldelete(file, name, H5P_DEFAULT), 0); }

/// Puts another dataset in the place of one.
void replace(
    hid_t file, const char* name, hid_t type, const std::vector<hsize_t>& shape,
    const std::function<void(hid_t)>& prepare = [](hid_t) {}, const void* values = nullptr) {
  remove(file, name);
  const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  prepare(properties);
  const Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
  const Handle dataset(H5Dcreate2(file, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT), H5Dclose);
  ASSERT_GE(dataset, 0) << name;
  if (values == nullptr) return;
  ASSERT_GE(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), 0);
}

template <class Value>
void replace(
    hid_t file, const char* name, const std::vector<Value>& values, const std::vector<hsize_t>& shape,
    const std::function<void(hid_t)>& prepare = [](hid_t) {}) {
  replace(file, name, results::hdf5::Type<Value>::file(), shape, prepare, values.data());
}

template <class Value>
void set_attribute(hid_t file, const char* object, const char* name, Value value) {
  const Handle opened(H5Oopen(file, object, H5P_DEFAULT), H5Oclose);
  const Handle attribute(H5Aopen(opened, name, H5P_DEFAULT), H5Aclose);
  ASSERT_GE(H5Awrite(attribute, results::hdf5::Type<Value>::memory(), &value), 0) << name;
}

void set_labels(hid_t file, const char* name, const std::vector<const char*>& labels) {
  const Handle type = results::hdf5::string_type();
  replace(
      file, name, type, {labels.size()}, [](hid_t) {}, labels.data());
}

const std::vector<double> three = {1.0, 2.0, 3.0};

/// With so few paths costs are exact and stand in tally/cost_by_path.
std::vector<Forgery> forgeries() {
  const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  const auto in_chunks = [](std::vector<hsize_t> chunk) {
    return [chunk](hid_t list) { H5Pset_chunk(list, static_cast<int>(chunk.size()), chunk.data()); };
  };
  const auto set_ranges = [](std::vector<std::uint64_t> ends) {
    return [ends](hid_t file) { replace(file, "tally/ranges", ends, {ends.size() / 2, 2}); };
  };
  return {
      {"an external link",
       [](hid_t file) {
         remove(file, "cost_mean");
         H5Lcreate_external("/etc/passwd", "/cost_mean", file, "cost_mean", H5P_DEFAULT, H5P_DEFAULT);
       },
       "cost_mean", "link"},
      {"a soft link",
       [](hid_t file) {
         remove(file, "cost_mean");
         H5Lcreate_soft("/cost_sd", file, "cost_mean", H5P_DEFAULT, H5P_DEFAULT);
       },
       "cost_mean", "link"},
      {"a soft link to a group",
       [](hid_t file) {
         H5Lmove(file, "tally", file, "elsewhere", H5P_DEFAULT, H5P_DEFAULT);
         H5Lcreate_soft("/elsewhere", file, "tally", H5P_DEFAULT, H5P_DEFAULT);
       },
       "tally", "link"},
      {"labels by an external link",
       [](hid_t file) {
         remove(file, "plan");
         H5Lcreate_external("/etc/passwd", "/plan", file, "plan", H5P_DEFAULT, H5P_DEFAULT);
       },
       "plan", "link"},
      {"external storage",
       [](hid_t file) {
         replace(file, "cost_mean", H5T_IEEE_F64LE, {3},
                 [](hid_t list) { H5Pset_external(list, "/etc/passwd", 0, 3 * sizeof(double)); });
       },
       "cost_mean", "other files"},
      {"a virtual dataset",
       [](hid_t file) {
         replace(file, "cost_mean", H5T_IEEE_F64LE, {3}, [](hid_t list) {
           const hsize_t extent = 3;
           const Handle space(H5Screate_simple(1, &extent, nullptr), H5Sclose);
           H5Pset_virtual(list, space, "/tmp/other.h5", "/cost_mean", space);
         });
       },
       "cost_mean", "another way"},
      {"values within the header",
       [](hid_t file) { replace(file, "cost_mean", three, {3}, [](hid_t list) { H5Pset_layout(list, H5D_COMPACT); }); },
       "cost_mean", "another way"},
      {"chunks without filters", [&](hid_t file) { replace(file, "cost_mean", three, {3}, in_chunks({3})); },
       "cost_mean", "another way"},
      {"another filter",
       [](hid_t file) {
         replace(file, "cost_mean", three, {3}, [](hid_t list) {
           const hsize_t chunk = 3;
           H5Pset_chunk(list, 1, &chunk);
           H5Pset_fletcher32(list);
         });
       },
       "cost_mean", "another way"},
      {"chunks of another shape",
       [](hid_t file) {
         replace(file, "tally/cost_by_path", std::vector<std::int64_t>(3 * paths), {3, paths}, [](hid_t list) {
           const hsize_t chunk[] = {3, 10};
           H5Pset_chunk(list, 2, chunk);
           H5Pset_shuffle(list);
           H5Pset_deflate(list, 1);
         });
       },
       "cost_by_path", "chunks", Found::by_path},
      {"chunks that are not there",
       [](hid_t file) {
         replace(file, "tally/cost_by_path", H5T_STD_I64LE, {3, paths}, [](hid_t list) {
           const hsize_t chunk[] = {1, paths};
           H5Pset_chunk(list, 2, chunk);
           H5Pset_shuffle(list);
           H5Pset_deflate(list, 1);
         });
       },
       "cost_by_path", "hold"},
      {"a chunk that unpacks to more",
       [](hid_t file) {
         const Handle dataset(H5Dopen2(file, "tally/cost_by_path", H5P_DEFAULT), H5Dclose);
         const std::vector<std::byte> zeros(1 << 20);
         std::vector<unsigned char> packed(1 << 16);
         uLongf size = packed.size();
         compress2(packed.data(), &size, reinterpret_cast<const Bytef*>(zeros.data()), zeros.size(), 9);
         const hsize_t offset[] = {1, 0};
         ASSERT_GE(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, offset, size, packed.data()), 0);
       },
       "cost_by_path", "chunk", Found::by_path},
      {"a chunk without its filters",
       [](hid_t file) {
         const Handle dataset(H5Dopen2(file, "tally/cost_by_path", H5P_DEFAULT), H5Dclose);
         const std::vector<std::int64_t> values(paths);
         const hsize_t offset[] = {1, 0};
         ASSERT_GE(H5Dwrite_chunk(dataset, H5P_DEFAULT, 3, offset, paths * sizeof(std::int64_t), values.data()), 0);
       },
       "cost_by_path", "chunk", Found::by_path},
      {"another type",
       [](hid_t file) {
         replace(file, "cost_mean", std::vector<float>{1, 2, 3}, {3});
       },
       "cost_mean", "type"},
      {"another byte order",
       [](hid_t file) {
         replace(file, "cost_mean", H5T_IEEE_F64BE, {3},
                 [](hid_t list) { H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY); });
       },
       "cost_mean", "type"},
      {"another rank",
       [](hid_t file) {
         replace(file, "cost_mean", three, {1, 3});
       },
       "cost_mean", "shape"},
      {"another size", [](hid_t file) { replace(file, "cost_mean", std::vector<double>(4), {4}); }, "cost_mean",
       "shape"},
      {"no results", [](hid_t file) { remove(file, "cost_mean"); }, "cost_mean", "cannot be read"},
      {"no budget's results", [](hid_t file) { remove(file, "over_budget"); }, "over_budget", "cannot be read"},
      {"no sums", [](hid_t file) { remove(file, "tally/owner_cost"); }, "owner_cost", "cannot be read"},
      {"no costs", [](hid_t file) { remove(file, "tally/cost_by_path"); }, "cost_by_path", "cannot be read"},
      {"no tally", [](hid_t file) { remove(file, "tally"); }, "tally", "cannot be read"},
      {"no plans", [](hid_t file) { remove(file, "plan"); }, "cost_mean", "none of it"},
      {"more than the file has",
       [](hid_t file) {
         replace(file, "tally/ranges", H5T_STD_U64LE, {hsize_t{1} << 40, 2});
       },
       "ranges", "hold"},
      {"more plans than there are", [](hid_t file) { set_attribute<std::int64_t>(file, "tally", "plans", 1 << 20); },
       "component", "shape"},
      {"fewer plans than none", [](hid_t file) { set_attribute<std::int64_t>(file, "tally", "plans", -1); }, "plans",
       "contradicts"},
      {"sums of latencies where there are none",
       [](hid_t file) { H5Lcreate_hard(file, "tally/ranges", file, "tally/service_within", H5P_DEFAULT, H5P_DEFAULT); },
       "service_within", "none of it"},
      {"no ranges", [](hid_t file) { remove(file, "tally/ranges"); }, "histogram", "contradicts"},
      {"an empty range", set_ranges({0, 0}), "ranges", "contradicts"},
      {"ranges that overlap", set_ranges({0, 200, 100, 200}), "ranges", "contradicts"},
      {"ranges out of order", set_ranges({100, 300, 0, 100}), "ranges", "contradicts"},
      {"a range beyond the run", set_ranges({0, 1 << 20}), "ranges", "contradicts"},
      {"other paths than the results'", [](hid_t file) { set_attribute<std::uint64_t>(file, "/", "paths", 299); },
       "paths", "tally"},
      {"a histogram of more than all paths",
       [](hid_t file) {
         const Handle dataset(H5Dopen2(file, "tally/owner_histogram_bins", H5P_DEFAULT), H5Dclose);
         std::vector<std::int64_t> bins(9, std::int64_t{1} << 39);
         ASSERT_GE(H5Dwrite(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, bins.data()), 0);
       },
       "owner_histogram", "shape"},
      {"an endless horizon", [=](hid_t file) { set_attribute(file, "/", "horizon_hours", infinity); }, "horizon_hours",
       "range"},
      {"no horizon", [=](hid_t file) { set_attribute(file, "/", "horizon_hours", nan); }, "horizon_hours", "range"},
      {"no step", [](hid_t file) { set_attribute(file, "/", "step_hours", 0.0); }, "step_hours", "range"},
      {"an endless step of the tally", [=](hid_t file) { set_attribute(file, "tally", "step_hours", infinity); },
       "step_hours", "contradicts"},
      {"time that goes back",
       [](hid_t file) {
         replace(file, "time", std::vector<double>{168, 336, 100, 672}, {4});
       },
       "time", "range"},
      {"times in two dimensions",
       [](hid_t file) {
         replace(file, "time", std::vector<double>{168, 336, 504, 672}, {2, 2});
       },
       "time", "shape"},
      {"a probability of one",
       [](hid_t file) {
         replace(file, "probability", std::vector<double>{0.05, 0.5, 0.9, 0.95, 1.0}, {5});
       },
       "probability", "range"},
      {"labels that are no UTF-8",
       [](hid_t file) {
         set_labels(file, "plan", {"on-demand", "sp\xC3(t", "mixed"});
       },
       "plan", "UTF-8"},
      {"more labels than plans",
       [](hid_t file) {
         set_labels(file, "plan", {"a", "b", "c", "d"});
       },
       "cost_mean", "shape"},
      {"labels that turn the text around",
       [](hid_t file) {
         set_labels(file, "plan", {"on-demand", "sp\u202Eot", "mixed"});
       },
       "plan", "range"},
      {"labels that a terminal obeys",
       [](hid_t file) {
         set_labels(file, "owner", {"shared", "\x1B[2J", "unused"});
       },
       "owner", "range"},
      {"labels that are no names",
       [](hid_t file) {
         set_labels(file, "plan", {"on-demand", "<b>", "mixed"});
       },
       "plan", "range"},
      {"a label twice",
       [](hid_t file) {
         set_labels(file, "plan", {"on-demand", "mixed", "mixed"});
       },
       "plan", "range"},
      {"an endless mean",
       [=](hid_t file) {
         replace(file, "cost_mean", std::vector<double>{1, infinity, 3}, {3});
       },
       "cost_mean", "range"},
      {"a mean beyond all money",
       [](hid_t file) {
         replace(file, "cost_mean", std::vector<double>{1, 1e300, 3}, {3});
       },
       "cost_mean", "range"},
      {"a share of more than all",
       [](hid_t file) {
         replace(file, "over_budget", std::vector<double>{0.5, 2, 0}, {3});
       },
       "over_budget", "range"},
      {"an endless share",
       [=](hid_t file) {
         replace(file, "over_budget_high", std::vector<double>{0.5, infinity, 0}, {3});
       },
       "over_budget_high", "range"},
      {"a spread below zero",
       [](hid_t file) {
         replace(file, "cost_sd", std::vector<double>{1, -1, 3}, {3});
       },
       "cost_sd", "range"},
      {"labels of another type", [](hid_t file) { replace(file, "plan", three, {3}); }, "plan", "text"},
  };
}

class ForgedFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "costrisk-forged-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    const results::Tally tally = tally_of(small_layout(4000), 0, paths);
    results::write_results(sound_ = folder_ / "sound.h5", evaluate(tally, small_context()), tally);
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// The message of the refusal; empty where the file is read.
  static std::string refusal(const fs::path& path, Found found = Found::by_all) {
    try {
      results::read_results(path);
      if (found == Found::by_path) results::read_tally(path);
    } catch (const results::FormatError& error) {
      return error.what();
    }
    return {};
  }

  fs::path forged(const std::function<void(hid_t)>& forge) const {
    const fs::path path = folder_ / "forged.h5";
    fs::copy_file(sound_, path, fs::copy_options::overwrite_existing);
    {
      const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
      forge(file);
    }
    put(path, resealed(content(path)));
    return path;
  }

  fs::path folder_, sound_;
};

TEST_F(ForgedFile, IsReadWhereNothingIsForged) {
  EXPECT_EQ(refusal(forged([](hid_t) {})), "");
}

TEST_F(ForgedFile, IsReadWhereADatasetIsReplacedByItsLike) {
  const fs::path path = forged([](hid_t file) { replace(file, "cost_mean", three, {3}); });
  EXPECT_EQ(refusal(path), "");
  EXPECT_EQ(results::read_results(path).cost_mean, three);
}

TEST_F(ForgedFile, IsRefusedByTheNameOfWhatIsForged) {
  for (const Forgery& forgery : forgeries()) {
    const fs::path path = forged(forgery.forge);
    if (forgery.found == Found::by_path) {
      EXPECT_EQ(refusal(path), "") << forgery.title;
    } else {
      EXPECT_THROW(results::read_tally(path), results::FormatError) << forgery.title;
    }
    const std::string message = refusal(path, forgery.found);
    EXPECT_NE(message.find(path.string()), std::string::npos) << forgery.title << ": " << message;
    EXPECT_NE(message.find(forgery.name), std::string::npos) << forgery.title << ": " << message;
    EXPECT_NE(message.find(forgery.problem), std::string::npos) << forgery.title << ": " << message;
  }
}

TEST_F(ForgedFile, IsRefusedWhereAComponentIsNone) {
  results::TallyLayout layout = small_layout(4000);
  layout.keep_paths = true;
  const results::Tally tally = tally_of(layout, 0, paths);
  results::write_results(sound_, evaluate(tally, small_context()), tally);
  ASSERT_EQ(refusal(sound_, Found::by_path), "");
  for (const std::int32_t component : {layout.shape.job_components, 1 << 28, -2}) {
    const fs::path path = forged([&](hid_t file) {
      const Handle dataset(H5Dopen2(file, "tally/component", H5P_DEFAULT), H5Dclose);
      std::vector<std::int32_t> components = layout.job_component;
      components.back() = component;
      ASSERT_GE(H5Dwrite(dataset, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, components.data()), 0);
    });
    EXPECT_NE(refusal(path).find("component"), std::string::npos) << component;
    EXPECT_THROW(results::read_tally(path), results::FormatError) << component;
  }
}

TEST_F(ForgedFile, IsRefusedWhereALabelIsOfAnotherLengthThanItsReferenceSays) {
  const std::string sound = content(sound_);
  std::uint64_t reference = 0;
  {
    const Handle file(H5Fopen(sound_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    const Handle dataset(H5Dopen2(file, "plan", H5P_DEFAULT), H5Dclose);
    reference = H5Dget_offset(dataset);
  }
  const std::size_t object = sound.find(std::string("on-demand\0", 10)) - 16;
  ASSERT_LT(object, sound.size());
  const auto with = [&](std::size_t place, auto value) {
    std::string bytes = sound;
    std::memcpy(bytes.data() + place, &value, sizeof value);
    put(folder_ / "forged.h5", resealed(bytes));
    return refusal(folder_ / "forged.h5");
  };
  for (const std::uint64_t length : {std::uint64_t{8}, std::uint64_t{4000}, std::uint64_t{1} << 40, ~std::uint64_t{0}})
    EXPECT_NE(with(object + 8, length), "") << "object of " << length << " bytes";
  for (const std::uint32_t length : {8u, 10u, 0xFFFFFFFFu})
    EXPECT_NE(with(reference, length).find("plan"), std::string::npos) << "reference to " << length << " bytes";
  for (const std::uint64_t address : {std::uint64_t{0}, std::uint64_t{8}, std::uint64_t{1} << 40, ~std::uint64_t{0}})
    EXPECT_NE(with(reference + 4, address).find("plan"), std::string::npos) << "heap at " << address;
  for (const std::uint32_t index : {0u, 9999u, 0xFFFFFFFFu})
    EXPECT_NE(with(reference + 12, index).find("plan"), std::string::npos) << "object " << index;
}

}  // namespace
}  // namespace costrisk::tests

// Every float of world and components as the PTX of nvcc computes it: the processor's, bit for bit; and contracted sums
// and other roundings are noticed.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <numeric>
#include <regex>
#include <sstream>

#include "tests/cuda/device/float_hashes.hpp"
#include "tests/cuda/ptx/fixture.hpp"
#include "tests/cuda/scenario_files.hpp"

namespace costrisk::ptx {
namespace {

using emulation::file_name;
using emulation::load_file;
using emulation::scenario_files;

class PtxFloatHashes : public OnPtx<testing::TestWithParam<std::filesystem::path>> {
 protected:
  PtxFloatHashes() : OnPtx("float_hashes") {}
};

TEST_P(PtxFloatHashes, are_those_of_the_processor) {
  const scenario::Lowered lowered = scenario::lower(load_file(GetParam()));
  for (const std::uint64_t first_path : {std::uint64_t{5}, (std::uint64_t{1} << 32) - 1})
    EXPECT_EQ(device::hashes_on_gpu(lowered, first_path, 2), device::hashes_on_processor(lowered, first_path, 2))
        << "from path " << first_path;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, PtxFloatHashes, testing::ValuesIn(scenario_files()), file_name);

class PtxFloatHashesDiffer : public OnPtx<testing::Test> {
 protected:
  PtxFloatHashesDiffer() : OnPtx("float_hashes") {}

  /// Tiles of a path of a scenario whose hash is not the processor's where this PTX computes them.
  static std::ptrdiff_t differing_tiles(const std::string& text, const char* file = "configs/quickstart.toml") {
    Interpreter other;
    other.add(text);
    use(other);
    const scenario::Lowered lowered = scenario::lower(load_file(std::filesystem::path(COSTRISK_SOURCE_DIR) / file));
    const auto expected = device::hashes_on_processor(lowered, 0, 1).hashes;
    const auto hashes = device::hashes_on_gpu(lowered, 0, 1).hashes;
    return std::inner_product(hashes.begin(), hashes.end(), expected.begin(), std::ptrdiff_t{0}, std::plus<>(),
                              std::not_equal_to<>());
  }
  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    std::size_t place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from << " does not occur";
    for (; place != std::string::npos; place = text.find(from, place + to.size())) text.replace(place, from.size(), to);
    return text;
  }
  /// With products and the sums or differences that follow them in one, as ptxas may make them where they say no
  /// rounding.
  static std::string contracted(const std::string& text) {
    static const std::regex product(R"(\s*mul\.f32\s+(%f\d+), (\S+), (\S+);)");
    static const std::regex sum(R"(\s*(add|sub)\.f32\s+(%f\d+), (\S+), (%f\d+);)");
    std::map<std::string, std::pair<std::string, std::string>> factors;  // by product
    std::istringstream lines(text);
    std::string result;
    std::smatch match;
    for (std::string line; std::getline(lines, line); result += line + "\n") {
      if (line.starts_with("$")) factors.clear();
      if (std::regex_match(line, match, product)) {
        factors[match[1]] = {match[2], match[3]};
      } else if (std::regex_match(line, match, sum) && factors.contains(match[4]) && match[2] != match[3]) {
        const std::string to = match[2], other = match[3];
        const auto& [a, b] = factors[match[4]];
        if (a == to || b == to) continue;
        line = (match[1] == "sub" ? "neg" : "mov") + std::string(".f32 ") + to + ", " + a + "; fma.rn.f32 " + to +
               ", " + to + ", " + b + ", " + other + ";";
      }
    }
    for (const char* operation : {"add", "sub", "mul"})
      result = replaced(result, std::string(operation) + ".f32", std::string(operation) + ".rn.f32");
    return result;
  }
};

TEST_F(PtxFloatHashesDiffer, nowhere_as_it_is) { EXPECT_EQ(differing_tiles(text_of("float_hashes")), 0); }

TEST_F(PtxFloatHashesDiffer, where_products_and_sums_are_contracted) {
  const std::string text = contracted_float_hashes();
  EXPECT_THROW(differing_tiles(text), Error) << "sums that ptxas may contract say no rounding, which is refused";
  EXPECT_GT(differing_tiles(contracted(text), "configs/company-year.toml"), 0);
}

TEST_F(PtxFloatHashesDiffer, where_an_instruction_is_another) {
  EXPECT_GT(differing_tiles(replaced(text_of("float_hashes"), "cvt.rni.f32.f32", "cvt.rmi.f32.f32")), 0);
  EXPECT_GT(differing_tiles(replaced(text_of("float_hashes"), "mul.wide.u32", "mul.wide.s32")), 0);
}

TEST_F(PtxFloatHashesDiffer, not_unseen_where_denormals_would_be_flushed) {
  EXPECT_THROW(differing_tiles(replaced(text_of("float_hashes"), "add.rn.f32", "add.rn.ftz.f32")), Error);
}

}  // namespace
}  // namespace costrisk::ptx

// The interpreter of PTX: instructions give what the PTX manual says, and what is unknown or must not be is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <string>
#include <vector>

#include "tests/cuda/ptx/grid.hpp"
#include "tests/cuda/ptx/instructions.hpp"

namespace costrisk::ptx {
namespace {

constexpr std::uint64_t nan = 0x7FFFFFFF;

Program program_of(const std::string& body) {
  const std::string text =
      ".version 9.0\n.target sm_75\n.address_size 64\n.extern .shared .align 16 .b8 more[];\n"
      ".visible .entry kernel(.param .u64 kernel_param_0) .maxntid 64, 1, 1\n{\n"
      ".local .align 8 .b8 depot[16];\n.shared .align 4 .b8 table[256];\n"
      ".reg .pred %p<9>;\n.reg .b64 %rd<9>;\n"
      "ld.param.u64 %rd1, [kernel_param_0];\n" +
      body + "\nret;\n}\n";
  return parse(text, [](const std::string&, std::size_t) -> std::byte* { throw Error("has no constant memory"); });
}

/// Runs a kernel whose parameter, %rd1, is the address of these words.
void run_on(std::vector<std::uint64_t>& words, const std::string& body, const Grid& grid = {}) {
  const Program program = program_of(body);
  const auto address = std::bit_cast<std::uint64_t>(words.data());
  std::vector<std::byte> argument(sizeof address);
  std::memcpy(argument.data(), &address, sizeof address);
  Trace trace;
  const Window memory = {std::bit_cast<std::byte*>(address), words.size() * sizeof words[0]};
  run(program, program.kernels.at(0), grid, {argument}, {memory}, trace);
}

/// What an instruction leaves in %rd2; a slot holds a number of any width.
std::uint64_t result_of(const std::string& instructions) {
  std::vector<std::uint64_t> words(1);
  run_on(words, instructions + "\nst.global.u64 [%rd1], %rd2;");
  return words[0];
}

std::string refusal(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was refused";
}
std::string refusal_of(const std::string& body) {
  std::vector<std::uint64_t> words(4);
  return refusal([&] { run_on(words, body); });
}

#define EXPECT_REFUSAL(body, why) EXPECT_NE(refusal_of(body).find(why), std::string::npos) << refusal_of(body)

TEST(PtxInterpreter, rounds_floats_to_nearest_and_keeps_denormals) {
  EXPECT_EQ(result_of("add.rn.f32 %rd2, 0f3F800000, 0f33800000;"), 0x3F800000u);  // 1 + 2^-24: a tie, to even
  EXPECT_EQ(result_of("add.rn.f32 %rd2, 0f3F800001, 0f33800000;"), 0x3F800002u);  // and the other way
  EXPECT_EQ(result_of("mul.rn.f32 %rd2, 0f3F800001, 0f3F800001;"), 0x3F800002u);  // 2^-46 is lost
  EXPECT_EQ(result_of("fma.rn.f32 %rd2, 0f3F800001, 0f3F800001, 0fBF800002;"), 0x28800000u);  // and is not
  EXPECT_EQ(result_of("mul.rn.f32 %rd2, 0f00800000, 0f3F000000;"), 0x00400000u);
  EXPECT_EQ(result_of("div.rn.f32 %rd2, 0f3F800000, 0f40400000;"), 0x3EAAAAABu);
  EXPECT_EQ(result_of("rcp.rn.f32 %rd2, 0f40400000;"), 0x3EAAAAABu);
  EXPECT_EQ(result_of("sqrt.rn.f32 %rd2, 0f40000000;"), 0x3FB504F3u);
  EXPECT_EQ(result_of("div.rn.f64 %rd2, 0d3FF0000000000000, 0d4008000000000000;"), 0x3FD5555555555555u);
}

TEST(PtxInterpreter, has_one_nan_and_two_zeros) {
  EXPECT_EQ(result_of("sub.rn.f32 %rd2, 0f7F800000, 0f7F800000;"), nan);
  EXPECT_EQ(result_of("sqrt.rn.f32 %rd2, 0fBF800000;"), nan);
  EXPECT_EQ(result_of("add.rn.f32 %rd2, 0fFFC00001, 0f3F800000;"), nan);
  EXPECT_EQ(result_of("min.f32 %rd2, 0fFFC00000, 0f3F800000;"), 0x3F800000u);
  EXPECT_EQ(result_of("max.f32 %rd2, 0fFFC00000, 0fFFC00000;"), nan);
  EXPECT_EQ(result_of("min.f32 %rd2, 0f00000000, 0f80000000;"), 0x80000000u);
  EXPECT_EQ(result_of("max.f32 %rd2, 0f80000000, 0f00000000;"), 0u);
  const std::string choose = " %p1, 0f7FC00000, 0f00000000;\nselp.u32 %rd2, 1, 0, %p1;";
  for (const char* ordered : {"eq", "ne", "lt", "le", "gt", "ge"})
    EXPECT_EQ(result_of("setp." + std::string(ordered) + ".f32" + choose), 0u) << ordered;
  for (const char* unordered : {"equ", "neu", "ltu", "leu", "gtu", "geu"})
    EXPECT_EQ(result_of("setp." + std::string(unordered) + ".f32" + choose), 1u) << unordered;
}

TEST(PtxInterpreter, converts_floats_as_the_manual_says) {
  EXPECT_EQ(result_of("cvt.rni.f32.f32 %rd2, 0f40200000;"), 0x40000000u);  // 2.5
  EXPECT_EQ(result_of("cvt.rmi.f32.f32 %rd2, 0fBF000000;"), 0xBF800000u);
  EXPECT_EQ(result_of("cvt.rpi.f32.f32 %rd2, 0fBF000000;"), 0x80000000u);
  EXPECT_EQ(result_of("cvt.rzi.s32.f32 %rd2, 0fC0200000;"), ~std::uint64_t{1});
  EXPECT_EQ(result_of("cvt.rzi.s32.f32 %rd2, 0f4F000000;"), 0x7FFFFFFFu);
  EXPECT_EQ(result_of("cvt.rzi.s32.f32 %rd2, 0f7FC00000;"), 0u);
  EXPECT_EQ(result_of("cvt.rzi.s64.f32 %rd2, 0f7FC00000;"), std::uint64_t{1} << 63);
  EXPECT_EQ(result_of("cvt.rni.s64.f64 %rd2, 0d7FF0000000000000;"), ~std::uint64_t{0} >> 1);
  EXPECT_EQ(result_of("cvt.rn.f32.s32 %rd2, 16777217;"), 0x4B800000u);
  EXPECT_EQ(result_of("cvt.s32.s8 %rd2, 255;"), ~std::uint64_t{0});
  EXPECT_EQ(result_of("cvt.u32.u16 %rd2, -1;"), 0xFFFFu);
}

TEST(PtxInterpreter, calculates_with_integers_of_their_width) {
  EXPECT_EQ(result_of("mul.wide.u32 %rd2, -1, 2;"), 0x1FFFFFFFEu);
  EXPECT_EQ(result_of("mul.wide.s32 %rd2, -1, 2;"), ~std::uint64_t{1});
  EXPECT_EQ(result_of("mul.hi.u64 %rd2, -1, -1;"), ~std::uint64_t{1});
  EXPECT_EQ(result_of("mul.hi.s64 %rd2, -1, -1;"), 0u);
  EXPECT_EQ(result_of("shr.s32 %rd2, -8, 40;"), ~std::uint64_t{0});
  EXPECT_EQ(result_of("shr.u32 %rd2, -8, 1;"), 0x7FFFFFFCu);
  EXPECT_EQ(result_of("shl.b32 %rd2, 1, 32;"), 0u);
  EXPECT_EQ(result_of("bfi.b64 %rd2, 5, 3, 32, 32;"), 0x500000003u);
  EXPECT_EQ(result_of("prmt.b32 %rd2, 50462976, 117835012, 30212;"), 0x07060004u);
  EXPECT_EQ(result_of("prmt.b32 %rd2, 128, 0, 8;"), 0x808080FFu);
  EXPECT_EQ(result_of("brev.b32 %rd2, 1;"), 0x80000000u);
  EXPECT_EQ(result_of("bfind.shiftamt.u32 %rd2, 255;"), 24u);
  EXPECT_EQ(result_of("bfind.shiftamt.u32 %rd2, 0;"), 0xFFFFFFFFu);
  EXPECT_EQ(result_of("rem.s32 %rd2, -7, 3;"), ~std::uint64_t{0});
  EXPECT_EQ(result_of("add.cc.s64 %rd3, -1, 1;\naddc.cc.s64 %rd2, 5, 0;"), 6u);
  EXPECT_EQ(result_of("setp.lt.u32 %p1, -1, 1;\nselp.u32 %rd2, 1, 0, %p1;"), 0u);
  EXPECT_EQ(result_of("setp.lt.s32 %p1, -1, 1;\nselp.u32 %rd2, 1, 0, %p1;"), 1u);
  EXPECT_EQ(result_of("mov.u64 %rd2, 1;\nmov.pred %p1, -1;\n@%p1 bra $L;\nmov.u64 %rd2, 2;\n$L:"), 1u);
  EXPECT_EQ(result_of("mov.u64 %rd2, 1;\nmov.pred %p1, -1;\n@!%p1 mov.u64 %rd2, 2;"), 1u);
}

TEST(PtxInterpreter, runs_threads_to_their_barriers_and_exchanges_words) {
  const std::string reverse =
      "mov.u32 %rd2, %tid.x;\nshl.b32 %rd3, %rd2, 2;\nmov.u32 %rd4, more;\nadd.s32 %rd5, %rd4, %rd3;\n"
      "st.shared.u32 [%rd5], %rd2;\nbar.sync 0;\nsub.s32 %rd6, %rd4, %rd3;\nld.shared.u32 %rd7, [%rd6+252];\n"
      "mul.wide.u32 %rd8, %rd2, 8;\nadd.s64 %rd8, %rd8, %rd1;\nst.global.u64 [%rd8], %rd7;";
  const std::string neighbours =
      "mov.u32 %rd2, %tid.x;\nshfl.sync.bfly.b32 %rd7|%p1, %rd2, 1, 31, -1;\n"
      "mul.wide.u32 %rd8, %rd2, 8;\nadd.s64 %rd8, %rd8, %rd1;\nst.global.u64 [%rd8], %rd7;";
  for (const bool last_first : {false, true}) {
    std::vector<std::uint64_t> words(64);
    run_on(words, reverse, {1, 64, 256, last_first});
    for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(words[i], 63 - i);
    run_on(words, neighbours, {1, 64, 0, last_first});
    for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(words[i], i ^ 1u);
  }
}

TEST(PtxInterpreter, refuses_threads_that_wait_in_vain) {
  std::vector<std::uint64_t> words(1);
  const auto run_half = [&] {
    run_on(words, "mov.u32 %rd2, %tid.x;\nsetp.lt.u32 %p1, %rd2, 32;\n@%p1 bra $L;\nbar.sync 0;\n$L:", {1, 64});
  };
  EXPECT_NE(refusal(run_half).find("never come"), std::string::npos);
}

TEST(PtxInterpreter, names_what_it_does_not_know) {
  EXPECT_REFUSAL("ex2.approx.f32 %rd2, %rd3;", "line 12: \"ex2.approx.f32 rr\"");
  EXPECT_REFUSAL("add.rn.ftz.f32 %rd2, %rd3, %rd4;", "\"add.rn.ftz.f32 rrr\"");
  EXPECT_REFUSAL("add.f32 %rd2, %rd3, %rd4;", "\"add.f32 rrr\"");
  EXPECT_REFUSAL("add.rn.f32 %rd2, %rd3;", "\"add.rn.f32 rr\"");
  EXPECT_REFUSAL("mov.u32 %rd2, %laneid;", "\"%laneid\"");
  EXPECT_REFUSAL("mov.u32 %rd2, %rd9;", "\"%rd9\" is not declared");
  EXPECT_REFUSAL("bra $nowhere;", "\"$nowhere\"");
  EXPECT_REFUSAL("mov.u32 %rd2, unheard_of;", "\"unheard_of\"");
  EXPECT_REFUSAL(".reg .b32 %r<2>;\n.callprototype;", "\".callprototype \"");
}

TEST(PtxInterpreter, refuses_addresses_that_a_device_would) {
  EXPECT_REFUSAL("ld.global.u32 %rd2, [%rd1+2];", "line 12 of the PTX: is not aligned");
  EXPECT_REFUSAL("st.v2.u32 [%rd1+4], {%rd2, %rd3};", "is not aligned");
  EXPECT_REFUSAL("mov.u32 %rd2, table;\ncvta.shared.u64 %rd3, %rd2;\nld.global.u32 %rd4, [%rd3];", "outside of global");
  EXPECT_REFUSAL("mov.u64 %rd2, depot;\nst.global.u32 [%rd2], %rd3;", "outside of global");
  EXPECT_REFUSAL("mov.u64 %rd2, kernel_param_0;\nld.global.u32 %rd3, [%rd2];", "outside of global");
  EXPECT_REFUSAL("ld.global.u32 %rd2, [%rd1+32];", "outside of global");
  EXPECT_REFUSAL("st.global.u64 [%rd1+-8], %rd2;", "outside of global");
  EXPECT_REFUSAL("ld.u32 %rd2, [%rd1+32];", "outside of all");
  EXPECT_REFUSAL("ld.local.u32 %rd2, [%rd1];", "outside of local");
  EXPECT_REFUSAL("mov.u64 %rd2, depot;\nld.local.u32 %rd3, [%rd2+16];", "outside of local");
  EXPECT_REFUSAL("ld.shared.u32 %rd2, [table+256];", "outside of shared");
  EXPECT_REFUSAL("ld.param.u64 %rd2, [kernel_param_0+8];", "outside of the parameters");
  EXPECT_REFUSAL("rem.u32 %rd2, 1, 0;", "divides by zero");
}

TEST(PtxInterpreter, refuses_parameters_of_another_size) {
  const Program program = program_of("");
  Trace trace;
  const auto work = [&] { run(program, program.kernels.at(0), {}, {std::vector<std::byte>(4)}, {}, trace); };
  EXPECT_NE(refusal(work).find("4 bytes on the host and 8 in the PTX"), std::string::npos) << refusal(work);
}

}  // namespace
}  // namespace costrisk::ptx

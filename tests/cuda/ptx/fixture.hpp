// What the tests of nvcc's PTX share: the emulated machine with the interpreter in place of its fibers.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/cuda/emulator.hpp"
#include "tests/cuda/ptx/interpreter.hpp"

namespace costrisk::ptx {

/// Whether nvcc was there when this was built.
bool made_by_nvcc();
/// What nvcc made of a source, which is named without folder and ending.
/// @throws Error where there is none
std::string text_of(const std::string& source);
/// The same of float_hashes.cu, compiled so that products and sums may be contracted.
std::string contracted_float_hashes();
/// The kernels of a source.
Interpreter& interpreter(const std::string& source);

/// Puts an interpreter in the place of the machine's fibers.
void use(Interpreter& in_place);
/// Instructions of a kernel that any launch of an interpreter has reached, as a part of all.
double part_reached(const Interpreter& of, const std::string& kernel);

/// A fixture on an emulated machine that runs the kernels of one source as PTX.
template <class Base>
class OnPtx : public Base {
 protected:
  explicit OnPtx(const char* source) : source_(source) {}

  void SetUp() override {
    if (!made_by_nvcc()) GTEST_SKIP() << "built without nvcc";
    emulation::reset();
    use(interpreter(source_));
  }
  void TearDown() override {
    EXPECT_EQ(emulation::machine().kernel_error, "");
    EXPECT_EQ(emulation::bytes_taken(), 0u) << "memory was not given back";
    emulation::reset();
  }

 private:
  const char* source_;
};

}  // namespace costrisk::ptx

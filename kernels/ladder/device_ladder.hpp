// The GPU rungs as the rest of the program sees them. No CUDA type appears here, so a build without the toolkit has the
// same interface over a stub.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kernels/ladder/model.hpp"
#include "kernels/ladder/tally.hpp"

namespace costrisk::ladder {

inline constexpr int first_device_rung = 9, last_device_rung = 16;

/// Why no GPU rung can run here, and what would help; empty where they can.
std::string device_ladder_problem();

/// What is added up of a run: sums alone, as when it is timed, or the checksum too.
enum class Count { sums, all };

/// The GPU rungs on the first device. Not shared between threads.
class DeviceLadder {
 public:
  /// @throws cuda::Error
  explicit DeviceLadder(const Model& model);
  ~DeviceLadder();
  DeviceLadder(const DeviceLadder&) = delete;
  DeviceLadder& operator=(const DeviceLadder&) = delete;

  /// The device's name.
  const std::string& device() const;

  /// Simulates the paths [first_path, first_path + paths) and returns what they come to.
  /// @param rung first_device_rung … last_device_rung
  /// @param stored receives the costs of single paths, [plan][path]; null: nobody wants them. Rungs that reduce on the
  ///   device leave it alone.
  /// @throws cuda::Error
  Tally run(int rung, std::uint64_t first_path, int paths, Count count, std::int64_t* stored = nullptr);

  /// Launch shapes that rung 16 tries.
  static int launch_shapes();
  /// Keeps rung 16 to the shape of that number; otherwise it takes the one that is fastest when it first runs.
  void keep_launch_shape(int number);

  /// What the device does a second of one thing alone: instructions of its threads, bytes copied (read and written),
  /// random words.
  /// @throws cuda::Error
  double issue_rate();
  double memory_rate();
  double draw_rate();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace costrisk::ladder

// The timeline of one path as files: CSV for spreadsheets, HDF5 for h5py and xarray. docs/explain.md lists the columns.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "src/run/timeline.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::present {

/// A line of names, then a row a step. `cost` is that of the step, and sums to the path's cost to the micro-unit.
std::string timeline_csv(const scenario::Scenario& scenario, const run::Timeline& timeline);

/// The bytes of an HDF5 file, laid out as results files are: every axis has a dimension scale, every dataset units.
std::vector<std::byte> timeline_hdf5(const scenario::Scenario& scenario, const run::Timeline& timeline);

}  // namespace costrisk::present

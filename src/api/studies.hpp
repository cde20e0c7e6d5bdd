// What all studies of plans have in common at the boundary.
#pragma once

#include "costrisk/decide.hpp"
#include "src/api/access.hpp"
#include "src/decide/candidates.hpp"
#include "src/present/text/study.hpp"
#include "src/scenario/reader/variation.hpp"

namespace costrisk {

/// Loads the scenario with further assignments. The scenario's seed is that of the options, where they have one.
decide::Loader loader_of(const Scenario& scenario, const StudyOptions& options);

/// @throws BackendUnavailable, InputError for one that is not of the processor
decide::Sampling sampling_of(const StudyOptions& options);

/// @throws InputError
scenario::CostStatistic statistic_of(const std::string& text);

/// @throws Cancelled where nothing was done
Study study_of(const present::Study& study, bool complete);

}  // namespace costrisk

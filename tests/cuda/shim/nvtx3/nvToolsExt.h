// Stands in for NVTX in the emulated build: ranges that nobody sees.
#pragma once

inline int nvtxRangePushA(const char*) { return 0; }
inline int nvtxRangePop() { return 0; }

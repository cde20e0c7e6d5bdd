/// @file
/// What the shared library shows of itself.
#pragma once

/// Marks what is part of the library's interface; everything else is hidden in it.
#define COSTRISK_API __attribute__((visibility("default")))

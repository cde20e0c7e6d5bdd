// Values as they stand in a scenario file.
#pragma once

#include <string>
#include <vector>

namespace costrisk::present {

/// A decimal of so many significant digits, without an exponent and without zeros at the end.
std::string rounded_number(double value, int digits = 4);

/// A duration in quotes, of four digits: "5.47h", "3.2d".
std::string rounded_duration(double hours);

/// A text in quotes, with what needs it escaped.
std::string toml_string(const std::string& text);

/// The value, or a law of it: { median, spread }, where its standard error is to be drawn once per future.
std::string number_law(double value, double log_se, bool uncertain);
std::string duration_law(double hours, double log_se, bool uncertain);

std::string number_list(const std::vector<double>& values, int digits = 3);

/// What may stand as a name in a scenario: other characters become '-'. "x" for an empty text.
std::string name_of(const std::string& text);

/// Lines, each with "# " before it; control characters are left out, bytes that are no UTF-8 become '?'.
std::string comment(const std::string& text);

}  // namespace costrisk::present

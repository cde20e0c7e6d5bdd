// Distribution functions and quantiles.
#pragma once

namespace costrisk::results {

double normal_cdf(double x);
/// For p in (0, 1).
double normal_quantile(double p);
/// Student's t with `degrees` > 0 degrees of freedom, for p in (0, 1).
double student_quantile(double degrees, double p);
/// P(χ² > x) with `degrees` > 0 degrees of freedom.
double chi_squared_tail(double x, double degrees);
/// Of the gamma distribution of that shape > 0 and scale 1, for p in (0, 1).
double gamma_quantile(double shape, double p);

}  // namespace costrisk::results

// exp, log and pow in double for the host that lowers parameters. libm gives other bits on processors
// with and without fused multiply-add; these give the same everywhere.
#pragma once

namespace costrisk::host {

/// e^x; relative error below 4e-16 for x in [-700, 700].
double exponential(double x);
/// ln x for normal x > 0; relative error below 4e-16 but near 1, where the absolute error is.
double logarithm(double x);
/// a^b for a > 0; relative error below 1e-15·(1 + |b ln a|).
double power(double a, double b);
/// 2^x
double power_of_two(double x);
/// √x, correctly rounded.
double square_root(double x);

}  // namespace costrisk::host

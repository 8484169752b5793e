/* Dispersion of organisations and the systematic component of variation, against mpmath and by hand. */
#include "tap.h"

#include "stats/funnel_dispersion.h"

/* The six groups of FunnelPlotR's own test, and the steps of Spiegelhalter's method written out by hand in another order. */
static void
test_dispersion(void)
{
	static const double pairs[] = {100, 108, 150, 112, 180, 165, 80, 95, 120, 100, 225, 220};
	static const double even[] = {10, 100, 20, 200, 40, 400};
	double		z[6];
	mo_dispersion rate = mo_funnel_dispersion(MO_FUNNEL_RATE, pairs, 6, 0.1, z);
	mo_dispersion none = mo_funnel_dispersion(MO_FUNNEL_PROPORTION, even, 3, 0.1, z);
	static const double spread[] = {10, 100, 50, 100, 90, 100};
	mo_dispersion wide = mo_funnel_dispersion(MO_FUNNEL_PROPORTION, spread, 3, 0, z);
	double		quarter = asin(sqrt(0.9)) - asin(sqrt(0.5));
	double		phi = 2 * 400 * quarter * quarter / 3;

	is_close(rate.phi, 1.91143062446444877, 1e-13, "phi of six groups");
	is_close(rate.tau2, 0.0023227742229124536, 1e-13, "tau2 of six groups");
	ok(none.phi < 1e-25 && none.tau2 == 0, "organisations alike: no dispersion");
	is_close(wide.phi, phi, 1e-14, "phi of three groups by hand");
	is_close(wide.tau2, (3 * phi - 2) / (1200 - 400), 1e-14, "tau2 of three groups by hand");
	is_close(mo_systematic_term(12, 10), 0.04 - 0.1, 1e-14, "systematic component of one area");
}

int
main(void)
{
	test_dispersion();
	return done();
}

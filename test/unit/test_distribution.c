/* The normal and the gamma distribution against mpmath 1.3 at 40 to 60 digits. */
#include "tap.h"

#include "stats/distribution.h"

/* coverage, deviate */
static const double deviates[][2] = {
	{1e-08, 1.2533141373155003102e-8},
	{0.1, 0.12566134685507404122},
	{0.5, 0.6744897501960817432},
	{0.8, 1.2815515655446005935},
	{0.85, 1.4395314709384558369},
	{0.86, 1.4757910281791706856},
	{0.9, 1.6448536269514728225},
	{0.95, 1.9599639845400538556},
	{0.975, 2.241402727604945032},
	{0.99, 2.5758293035489004539},
	{0.998, 3.0902323061678132778},
	{0.9999, 3.8905918864131206894},
	{0.999999, 4.8916384756929317718},
	{0.999999999999, 7.1305098928792724473},
	{0.9999999999999998, 8.2095361516013868556},
};

/* a, x, P, Q */
static const double gammas[][4] = {
	{0.01, 1e-05, 0.89633679826719720097, 0.10366320173280279903},
	{0.5, 0.1, 0.34527915398142297956, 0.65472084601857702044},
	{0.5, 3.0, 0.98569412156457036047, 0.014305878435429639526},
	{1.0, 1e-09, 9.9999999950000006245e-10, 0.9999999990000000005},
	{1.0, 2.0, 0.86466471676338730811, 0.13533528323661269189},
	{3.0, 0.025, 2.555823450160698816e-6, 0.9999974441765498393},
	{9.5, 3.0, 0.002071544797135025811, 0.99792845520286497419},
	{9.5, 20.0, 0.99672768288122024885, 0.0032723171187797511541},
	{10.0, 10.0, 0.54207028552814779169, 0.45792971447185220831},
	{12.0, 40.0, 0.99999993915797282336, 6.0842027176639997704e-8},
	{50.0, 20.0, 1.2458926079719379235e-8, 0.99999998754107392028},
	{50.0, 50.0, 0.51880831547204328189, 0.48119168452795671811},
	{50.0, 90.0, 0.99999835050149828218, 1.6494985017178248339e-6},
	{150.0, 150.0, 0.51085822974935968487, 0.48914177025064031513},
	{199.0, 210.0, 0.78505303370294024689, 0.21494696629705975311},
	{199.0, 120.0, 2.7491869554638159276e-11, 0.99999999997250813045},
	{200.0, 200.0, 0.50940341800723632503, 0.49059658199276367497},
	{200.0, 121.0, 3.2062676427895325143e-11, 0.99999999996793732357},
	{200.0, 279.0, 0.99999972368614162042, 2.7631385837957860421e-7},
	{200.0, 281.0, 0.99999984757134942146, 1.5242865057853967774e-7},
	{200.0, 119.0, 8.2516357815762627146e-12, 0.99999999999174836422},
	{200.5, 250.0, 0.99945586621871289119, 0.00054413378128710881147},
	{1000.0, 1100.0, 0.99894067674607002265, 0.0010593232539299773489},
	{1000.0, 700.0, 1.0158583345333216375e-26, 1.0},
	{1000.0, 1500.0, 1.0, 2.2046986113889961422e-43},
	{10000.0, 9700.0, 0.0012341755844684919966, 0.998765824415531508},
	{1000000.0, 1003000.0, 0.99863825935378240852, 0.0013617406462175914794},
	{100000000.0, 100050000.0, 0.99999971215703131472, 2.8784296868527810513e-7},
	{1000000000000.0, 999997000000.0, 0.0013498862133920378812, 0.99865011378660796212},
	{1000000000000.0, 1000007000000.0, 0.99999999999872004129, 1.2799587069898536735e-12},
	{1000000000000000.0, 1000000100000000.0, 0.99921729861598770513, 0.00078270138401229487364},
	{30.0, 300.0, 1.0, 4.4219607561434807949e-90},
};

#define ROWS(table) ((int) (sizeof(table) / sizeof(table[0])))

/* The largest relative error so far, by name. */
static double
error_of(double got, double expected)
{
	return fabs(got - expected) / fabs(expected);
}

static void
test_deviates(void)
{
	char		what[100];

	for (int i = 0; i < ROWS(deviates); i++)
	{
		snprintf(what, sizeof what, "normal deviate of coverage %.17g", deviates[i][0]);
		is_close(mo_normal_deviate(deviates[i][0]), deviates[i][1], 1e-15, what);
	}
}

static void
test_gamma(void)
{
	char		what[100];

	for (int i = 0; i < ROWS(gammas); i++)
	{
		const double *g = gammas[i];

		snprintf(what, sizeof what, "P(%.17g, %.17g)", g[0], g[1]);
		is_close(mo_gamma_p(g[0], g[1]), g[2], 1e-13, what);
		snprintf(what, sizeof what, "Q(%.17g, %.17g)", g[0], g[1]);
		is_close(mo_gamma_q(g[0], g[1]), g[3], 1e-13, what);
	}
	ok(mo_gamma_p(3, 0) == 0 && mo_gamma_q(3, 0) == 1, "nothing below 0");
	ok(mo_gamma_p(3, 1e300) == 1 && mo_gamma_q(3, 1e300) == 0, "all below a huge x");
	ok(mo_gamma_q(1e300, 1) == 1 && mo_gamma_p(1e300, 1) == 0, "a huge shape");
}

/* On both sides of every change of method P + Q is 1 and P grows with x. */
static void
test_seams(void)
{
	double		worst = 0;
	int			falls = 0;

	for (double a = 0.05; a < 5000; a *= 1.07)
	{
		double		before = 0;

		for (double x = a * 0.3; x < a * 3; x += a * 0.01)
		{
			double		p = mo_gamma_p(a, x);

			worst = fmax(worst, fabs(p + mo_gamma_q(a, x) - 1));
			falls += p < before - 1e-14;
			before = p;
		}
	}
	ok(worst < 1e-13, "P + Q = 1 over all methods (worst %.2g)", worst);
	ok(falls == 0, "P grows with x over all methods");
}

static void
test_quantiles(void)
{
	static const double tails[] = {1e-12, 1e-5, 0.001, 0.025, 0.3, 0.5, 0.9, 0.999};
	double		worst = 0;

	for (double a = 1; a < 1e13; a *= 3.7)
		for (int i = 0; i < ROWS(tails); i++)
		{
			worst = fmax(worst, error_of(mo_gamma_p(a, mo_gamma_quantile(a, tails[i])), tails[i]) / sqrt(a));
			worst = fmax(worst, error_of(mo_gamma_q(a, mo_gamma_upper_quantile(a, tails[i])), tails[i]) / sqrt(a));
		}
	ok(worst < 1e-13, "quantiles give their probability back (worst relative error over the square root of the shape %.2g)", worst);
	is_close(2 * mo_gamma_quantile(0.5, 0.95), 3.8414588206941259583, 1e-14, "chi-squared, 1 degree, 95 %");
	is_close(2 * mo_gamma_quantile(5, 0.05), 3.9402991361190607664, 1e-14, "chi-squared, 10 degrees, 5 %");
	is_close(mo_gamma_upper_quantile(1, 0.025), -log(0.025), 1e-15, "exact upper limit of no events");
	is_close(mo_gamma_quantile(1e-3, 0.5), 5.2441e-302, 1e-4, "a tiny shape");
}

static double
cube_minus_two(double x, const void *context)
{
	(void) context;
	return x * x * x - 2;
}

int
main(void)
{
	test_deviates();
	test_gamma();
	test_seams();
	test_quantiles();
	is_close(mo_root(cube_minus_two, NULL, 0, 1e6), cbrt(2), 1e-15, "root of a function");
	is_close(mo_root(cube_minus_two, NULL, 2, -5), cbrt(2), 1e-15, "root, ends reversed");
	return done();
}

#include "distribution.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#define TWO_PI 6.283185307179586476925287
#define LONGEST_SERIES 100000

/* ---------------------------------------------------------------- normal: AS 241, PPND16 */

static double
polynomial(const double *coefficient, int n, double x)
{
	double		sum = coefficient[n - 1];

	for (int i = n - 2; i >= 0; i--)
		sum = sum * x + coefficient[i];
	return sum;
}

/* Centre: q is the distance of the probability from one half, at most 0.425. */
static double
central_deviate(double q)
{
	static const double a[] = {
		3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
		4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3
	};
	static const double b[] = {
		1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
		2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3
	};
	double		r = 0.180625 - q * q;

	return q * polynomial(a, 8, r) / polynomial(b, 8, r);
}

/* Tails: r is the square root of minus the logarithm of the probability outside on one side. */
static double
tail_deviate(double r)
{
	static const double c[] = {
		1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
		1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4
	};
	static const double d[] = {
		1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
		1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9
	};
	static const double e[] = {
		6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
		2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7
	};
	static const double f[] = {
		1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
		7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15
	};

	if (r <= 5)
		return polynomial(c, 8, r - 1.6) / polynomial(d, 8, r - 1.6);
	return polynomial(e, 8, r - 5) / polynomial(f, 8, r - 5);
}

double
mo_normal_deviate(double coverage)
{
	if (coverage <= 0.85)
		return central_deviate(coverage / 2);
	return tail_deviate(sqrt(-log((1 - coverage) / 2)));
}

/* The value a standard normal variable exceeds with probability tail; negative above one half. */
static double
upper_deviate(double tail)
{
	if (fabs(tail - 0.5) <= 0.425)
		return central_deviate(0.5 - tail);
	if (tail < 0.5)
		return tail_deviate(sqrt(-log(tail)));
	return -tail_deviate(sqrt(-log(1 - tail)));
}

/* ------------------------------------------------------- incomplete gamma: parts */

/* log(1 + u) - u without cancellation; u > -1 */
static double
log1p_minus(double u)
{
	double		r = u / (2 + u);
	double		square = r * r;
	double		sum = 0;

	if (fabs(u) > 0.3)
		return log1p(u) - u;
	for (int k = 25; k >= 3; k -= 2)
		sum = sum * square + 1.0 / k;
	return r * (2 * square * sum - u);
}

/* log of gamma(a + 1) over Stirling's sqrt(2 pi a) (a / e)^a; a >= 10 */
static double
stirling_error(double a)
{
	static const double term[] = {
		1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360
	};

	return polynomial(term, 6, 1 / (a * a)) / a;
}

/* x^a e^-x / gamma(a + 1): the chance of exactly a events where x are expected */
static double
gamma_factor(double a, double x)
{
	if (a >= 10)
		return exp(a * log1p_minus((x - a) / a) - stirling_error(a)) / sqrt(TWO_PI * a);
	if (x > 1000)
		return 0;
	return pow(x, a) * exp(-x) / tgamma(a + 1);
}

/* P(a, x) for x < a + 1 */
static double
series(double a, double x)
{
	double		term = 1;
	double		sum = 1;
	double		factor = gamma_factor(a, x);

	if (factor == 0)
		return 0;
	for (int n = 1; n < LONGEST_SERIES && term > sum * DBL_EPSILON / 4; n++)
	{
		term *= x / (a + n);
		sum += term;
	}
	return factor * sum;
}

/* Q(a, x) for x >= a + 1 */
static double
continued_fraction(double a, double x)
{
	double		b = x + 1 - a;
	double		c = 1 / DBL_MIN;
	double		d = 1 / b;
	double		h = d;
	double		factor = gamma_factor(a, x);

	if (factor == 0)
		return 0;
	for (int n = 1; n < LONGEST_SERIES; n++)
	{
		double		an = -n * (n - a);
		double		delta;

		b += 2;
		d = 1 / (an * d + b);
		c = b + an / c;
		delta = c * d;
		h *= delta;
		if (fabs(delta - 1) <= DBL_EPSILON)
			break;
	}
	return factor * a * h;
}

/* ------------------------------------------- incomplete gamma: Temme's expansion */

#define TEMME_ORDERS 5
#define TEMME_TERMS 18
#define TEMME_SHAPE 200			/* from here on ... */
#define TEMME_DISTANCE 0.4		/* ... and so near to the mean (relative) the expansion is exact to a double */

/*
 * d(k, n) of DLMF 8.12.11-13: C_k(eta) = sum of d(k, n) eta^n; computed in rational arithmetic from
 * d(0, n) = (n + 2) alpha(n + 2), d(k, n) = b(k) d(0, n) + (n + 2) d(k - 1, n + 2), b(k) the coefficients of Stirling's series
 * for 1 / gamma*.
 */
static const double temme[TEMME_ORDERS][TEMME_TERMS] = {
	{-0.33333333333333333, 0.083333333333333333, -0.014814814814814815, 0.0011574074074074074, 0.0003527336860670194,
	-0.00017875514403292181, 3.9192631785224378e-5, -2.1854485106799922e-6, -1.85406221071516e-6, 8.296711340953086e-7,
	-1.7665952736826079e-7, 6.7078535434014986e-9, 1.0261809784240308e-8, -4.3820360184533532e-9, 9.1476995822367902e-10,
	-2.551419399494625e-11, -5.8307721325504251e-11, 2.4361948020667416e-11},
	{-0.0018518518518518519, -0.0034722222222222222, 0.0026455026455026455, -0.00099022633744855967, 0.00020576131687242798,
	-4.0187757201646091e-7, -1.8098550334489978e-5, 7.6491609160811101e-6, -1.6120900894563446e-6, 4.6471278028074343e-9,
	1.378633446915721e-7, -5.752545603517705e-8, 1.1951628599778147e-8, -1.7543241719747648e-11, -1.0091543710600413e-9,
	4.1627929918425826e-10, -8.5639070264929806e-11, 6.0672151016047586e-14},
	{0.0041335978835978836, -0.0026813271604938272, 0.00077160493827160494, 2.0093878600823045e-6, -0.00010736653226365161,
	5.2923448829120125e-5, -1.2760635188618728e-5, 3.4235787340961381e-8, 1.3721957309062933e-6, -6.298992138380055e-7,
	1.4280614206064242e-7, -2.0477098421990866e-10, -1.4092529910867521e-8, 6.228974084922022e-9, -1.3670488396617113e-9,
	9.4283561590146782e-13, 1.2872252400089318e-10, -5.5645956134363321e-11},
	{0.00064943415637860082, 0.00022947209362139918, -0.00046918949439525571, 0.00026772063206283885, -7.5618016718839764e-5,
	-2.3965051138672967e-7, 1.1082654115347302e-5, -5.6749528269915966e-6, 1.4230900732435884e-6, -2.7861080291528142e-11,
	-1.6958404091930277e-7, 8.0994649053880824e-8, -1.9111168485973654e-8, 2.3928620439808118e-12, 2.0620131815488798e-9,
	-9.4604966618551322e-10, 2.1541049775774908e-10, -1.388823336813903e-14},
	{-0.0008618882909167117, 0.00078403922172006663, -0.00029907248030319018, -1.4638452578843418e-6, 6.6414982154651222e-5,
	-3.9683650471794347e-5, 1.1375726970678419e-5, 2.5074972262375328e-10, -1.6954149536558306e-6, 8.9075075322053097e-7,
	-2.2929348340008049e-7, 2.956794137544049e-11, 2.8865829742708784e-8, -1.4189739437803219e-8, 3.4463580499464897e-9,
	-2.3024517174528067e-13, -3.9409233028046405e-10, 1.8602338968504502e-10},
};

/* Half the probability outside, P when `lower`, Q when not. */
static double
temme_tail(double a, double x, bool lower)
{
	double		u = (x - a) / a;
	double		half_square = -log1p_minus(u);
	double		eta = copysign(sqrt(2 * half_square), u);
	double		sum = 0;
	double		rest;

	for (int k = TEMME_ORDERS - 1; k >= 0; k--)
		sum = sum / a + polynomial(temme[k], TEMME_TERMS, eta);
	rest = exp(-a * half_square) / sqrt(TWO_PI * a) * sum;
	if (lower)
		return erfc(-eta * sqrt(a / 2)) / 2 - rest;
	return erfc(eta * sqrt(a / 2)) / 2 + rest;
}

static bool
temme_holds(double a, double x)
{
	return a >= TEMME_SHAPE && fabs(x - a) <= TEMME_DISTANCE * a;
}

double
mo_gamma_p(double a, double x)
{
	if (x <= 0)
		return 0;
	if (temme_holds(a, x))
		return temme_tail(a, x, true);
	if (x < a + 1)
		return series(a, x);
	return 1 - continued_fraction(a, x);
}

double
mo_gamma_q(double a, double x)
{
	if (x <= 0)
		return 1;
	if (temme_holds(a, x))
		return temme_tail(a, x, false);
	if (x < a + 1)
		return 1 - series(a, x);
	return continued_fraction(a, x);
}

/* ---------------------------------------------------------------------- quantiles */

/* Wilson and Hilferty's approximation; for small shapes and low tails the first term of the power series. */
static double
quantile_start(double a, double tail, bool lower)
{
	double		z = lower ? -upper_deviate(tail) : upper_deviate(tail);
	double		root = 1 - 1 / (9 * a) + z / (3 * sqrt(a));
	double		start = a * root * root * root;

	if (root < 0.3)
		start = exp((log(lower ? tail : 1 - tail) + lgamma(a + 1)) / a);
	return fmax(start, DBL_MIN);
}

static double
gamma_tail_quantile(double a, double tail, bool lower)
{
	double		x = quantile_start(a, tail, lower);
	double		low = 0;
	double		high = HUGE_VAL;

	for (int i = 0; i < 200; i++)
	{
		double		reached = lower ? mo_gamma_p(a, x) : mo_gamma_q(a, x);
		double		density = gamma_factor(a, x) * a / x;
		double		step = (log(reached) - log(tail)) * reached / density;
		double		next = lower ? x - step : x + step;

		if (fabs(step) <= 1e-8 * fmin(x, sqrt(x)))	/* the error is squared by each step: this was the last */
			return next;
		if ((reached < tail) == lower)
			low = x;
		else
			high = x;
		if (!(next > low && next < high))
			next = isinf(high) ? 2 * x : low + (high - low) / 2;
		x = next;
	}
	return x;
}

double
mo_gamma_quantile(double a, double p)
{
	return gamma_tail_quantile(a, p, true);
}

double
mo_gamma_upper_quantile(double a, double q)
{
	return gamma_tail_quantile(a, q, false);
}

/* --------------------------------------------------------------------------- roots */

/* Where to look next, as a fraction of the way from x1 to x2: inverse quadratic where it is safe, else the middle. */
static double
next_fraction(double x1, double f1, double x2, double f2, double x3, double f3)
{
	double		xi = (x1 - x2) / (x3 - x2);
	double		phi = (f1 - f2) / (f3 - f2);

	if (phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)
		return f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2);
	return 0.5;
}

double
mo_root(mo_function f, const void *context, double a, double b)
{
	double		x1 = b;
	double		x2 = a;
	double		f1 = f(b, context);
	double		f2 = f(a, context);
	double		fraction = 0.5;

	for (int i = 0; i < 200; i++)
	{
		double		x = x1 + fraction * (x2 - x1);
		double		fx = f(x, context);
		double		x3 = x1;
		double		f3 = f1;
		double		best;
		double		tolerance;

		if ((fx > 0) != (f1 > 0))
		{
			x3 = x2;
			f3 = f2;
			x2 = x1;
			f2 = f1;
		}
		x1 = x;
		f1 = fx;
		best = fabs(f1) < fabs(f2) ? x1 : x2;
		tolerance = 2 * DBL_EPSILON * fabs(best) / fabs(x2 - x1);
		if (f1 == 0 || tolerance > 0.5 || x1 == x2)
			return best;
		fraction = fmin(fmax(next_fraction(x1, f1, x2, f2, x3, f3), tolerance), 1 - tolerance);
	}
	return x1;
}

/* Numbers, dates, text, codes and hashes as the loader takes them from files. */
#include <string.h>

#include "codes.h"
#include "dates.h"
#include "decimal.h"
#include "json.h"
#include "report.h"
#include "sha256.h"
#include "text.h"
#include "tap.h"

#define FIXED(text, scale, expected, result) \
	do { int64_t v = -7; mo_number r = mo_parse_fixed(text, strlen(text), scale, &v); \
		ok(r == (result) && (r != MO_NUMBER_OK || v == (expected)), "fixed " text); } while (0)
#define QUANTITY(text, expected, result) \
	do { double v = -7; mo_number r = mo_parse_quantity(text, strlen(text), &v); \
		ok(r == (result) && (r != MO_NUMBER_OK || v == (expected)), "quantity " text); } while (0)
#define DATE(text, expected) \
	do { int32_t d; char out[MO_DATE_TEXT]; \
		ok(strcmp(mo_parse_date(text, strlen(text), &d) ? mo_date_text(d, out) : "", expected) == 0, "date " text); } while (0)
#define MONTH(text, expected) \
	do { int32_t d; char out[MO_DATE_TEXT]; \
		ok(strcmp(mo_parse_month(text, strlen(text), &d) ? mo_month_text(d, out) : "", expected) == 0, "month " text); } while (0)

#define SIGNED(text, expected, result) \
	do { double v = -7; mo_number r = mo_parse_signed(text, strlen(text), &v); \
		ok(r == (result) && (r != MO_NUMBER_OK || v == (expected)), "signed " text); } while (0)
/* seconds since 2000-01-01 00:00 UTC; -1: no time */
#define TIME(text, expected) \
	do { int64_t t; bool is = mo_parse_time(text, strlen(text), &t); \
		ok(is == ((expected) != -1) && (!is || t == (int64_t) (expected) * 1000000), "time " text); } while (0)

static void
numbers(void)
{
	FIXED("1.75321", 5, 175321, MO_NUMBER_OK);
	FIXED("0000001.50", 5, 150000, MO_NUMBER_OK);
	FIXED(" 7 ", 5, 700000, MO_NUMBER_OK);
	FIXED("-0.00001", 5, -1, MO_NUMBER_OK);
	FIXED(".5", 5, 50000, MO_NUMBER_OK);
	FIXED("5.", 5, 500000, MO_NUMBER_OK);
	FIXED("1.2345600", 5, 123456, MO_NUMBER_OK);
	FIXED("1.234561", 5, 0, MO_NUMBER_TOO_PRECISE);
	FIXED("1.234561x", 5, 0, MO_NUMBER_BAD);
	FIXED("92233720368547.75807", 5, INT64_MAX, MO_NUMBER_OK);
	FIXED("92233720368547.75808", 5, 0, MO_NUMBER_RANGE);
	FIXED("99999999999999999999999", 0, 0, MO_NUMBER_RANGE);
	FIXED("", 5, 0, MO_NUMBER_EMPTY);
	FIXED("  ", 5, 0, MO_NUMBER_EMPTY);
	FIXED(".", 5, 0, MO_NUMBER_BAD);
	FIXED("-", 5, 0, MO_NUMBER_BAD);
	FIXED("1e5", 5, 0, MO_NUMBER_BAD);
	FIXED("1,000", 5, 0, MO_NUMBER_BAD);
	FIXED("1.2.3", 5, 0, MO_NUMBER_BAD);
	FIXED("NaN", 5, 0, MO_NUMBER_BAD);
	QUANTITY("28", 28.0, MO_NUMBER_OK);
	QUANTITY("0.3", 0.3, MO_NUMBER_OK);
	QUANTITY("644.00000", 644.0, MO_NUMBER_OK);
	QUANTITY("123456789.123456789", 123456789.123456789, MO_NUMBER_OK);
	QUANTITY("12345678901234567890123", 12345678901234567890123.0, MO_NUMBER_OK);
	QUANTITY("-1", 0, MO_NUMBER_RANGE);
	QUANTITY("inf", 0, MO_NUMBER_BAD);
	QUANTITY("1e3", 0, MO_NUMBER_BAD);
	QUANTITY(".", 0, MO_NUMBER_BAD);
	QUANTITY("", 0, MO_NUMBER_EMPTY);
}

static void
dates(void)
{
	DATE("20260401", "2026-04-01");
	DATE("2026-04-01", "2026-04-01");
	DATE("01APR2026", "2026-04-01");
	DATE("1 April 2026", "2026-04-01");
	DATE("29FEB2024", "2024-02-29");
	DATE("29FEB2023", "");
	DATE("20230229", "");
	DATE("20230001", "");
	DATE("01/04/2026", "");
	DATE("0001-01-01", "");
	DATE("", "");
	DATE("2026-04-01x", "");
	DATE("99999999999999", "");
	MONTH("201404", "2014-04");
	MONTH("2014_04", "2014-04");
	MONTH("2014-04", "2014-04");
	MONTH("2014-04-17", "2014-04");
	MONTH("Apr 2014", "2014-04");
	MONTH("SEPT2014", "");
	MONTH("201413", "");
	MONTH("2014__04", "");
	MONTH("_201404", "");
}

/* 2026-04-01 is day 9587; summer time began on 29 March 2026 and ended on 25 October. */
static void
times(void)
{
	const int64_t april = INT64_C(9587) * 86400;
	const int64_t march = INT64_C(9584) * 86400;
	const int64_t october = INT64_C(9794) * 86400;

	TIME("2026-04-01T09:30:00Z", april + 34200);
	TIME("2026-04-01 09:30Z", april + 34200);
	TIME("2026-04-01T09:30:00+01:00", april + 30600);
	TIME("2026-04-01T09:30:00-0530", april + 34200 + 19800);
	TIME("2026-04-01T09:30:00+01", april + 30600);
	TIME("2026-04-01 09:30", april + 30600);
	TIME("2026-04-01", april - 3600);
	TIME("2026-01-15T09:30", april - INT64_C(76) * 86400 + 34200);
	TIME("2026-03-29T00:59", march + 3540);
	TIME("2026-03-29T01:30", march + 5400);	/* there was no such time: clocks not yet put forward */
	TIME("2026-03-29T02:00", march + 3600);
	TIME("2026-10-25T00:59", october - 60);
	TIME("2026-10-25T01:30", october + 5400);	/* twice: the second */
	TIME("2026-10-25T02:00", october + 7200);
	TIME("2026-04-01T24:00", -1);
	TIME("2026-04-01T09:60", -1);
	TIME("2026-04-01T9:30", -1);
	TIME("2026-04-01T09:30:00+0", -1);
	TIME("2026-04-01T09:30:00 BST", -1);
	TIME("2026-04-31T09:30", -1);
	TIME("2026-04-01T", -1);
	TIME("1990-04-01 09:30", -1);
	TIME("1990-04-01 09:30Z", (INT64_C(9587) - 13149) * 86400 + 34200);
	TIME(":", -1);
	TIME("", -1);
}

static void
words(void)
{
	bool		value = false;

	ok(mo_parse_bool("TRUE", 4, &value) && value && mo_parse_bool("n", 1, &value) && !value, "true and false");
	ok(!mo_parse_bool("maybe", 5, &value) && !mo_parse_bool("", 0, &value) && !mo_parse_bool("tr", 2, &value), "and neither");
	ok(mo_lost_digits("1.23951E+15", 11) && mo_lost_digits("1E+15", 5), "a code that a spreadsheet has written");
	ok(!mo_lost_digits("1239511000000100", 16) && !mo_lost_digits("E+15", 4) && !mo_lost_digits("1E+", 3) && !mo_lost_digits("1E+A", 4), "and codes");
	ok(mo_check_digit("123951100000010", 15) == '0' && mo_check_digit("107938100000010", 15) == '9', "check digits");
	ok(mo_lost_concept("1079381000000100", 16) && mo_lost_concept("999001261000000000", 18) && mo_lost_concept("1.23951E+15", 11), "concepts that end in zeros they did not have");
	ok(!mo_lost_concept("1239511000000100", 16) && !mo_lost_concept("1079381000000109", 16) && !mo_lost_concept("900000000000000", 15) && !mo_lost_concept("LOCAL:1000000000000000", 22) &&
	   !mo_lost_concept("1079381000000101", 16), "and others, also with a wrong check digit");
	SIGNED("-1.5", -1.5, MO_NUMBER_OK);
	SIGNED("1.5", 1.5, MO_NUMBER_OK);
	SIGNED("--1", 0, MO_NUMBER_BAD);
	SIGNED("-", 0, MO_NUMBER_BAD);
	SIGNED("1e5", 0, MO_NUMBER_BAD);
	SIGNED("nan", 0, MO_NUMBER_BAD);
}

static void
texts(void)
{
	char		out[64];
	char		hex[MO_SHA256_HEX];
	mo_sha256	sha;
	static char zeros[100000];

	ok(mo_utf8_fault("plain text of ASCII", 19) == -1, "ASCII is UTF-8");
	ok(mo_utf8_fault("caf\xC3\xA9 \xE2\x80\x99", 9) == -1, "so are longer sequences");
	ok(mo_utf8_fault("12345678\xA0", 9) == 8, "a byte of Windows-1252 is not");
	ok(mo_utf8_fault("a\0b", 3) == 1 && mo_utf8_fault("1234567890\0b", 12) == 10, "nor is a zero byte");
	ok(mo_utf8_fault("\xC0\x80", 2) == 0 && mo_utf8_fault("\xED\xA0\x80", 3) == 0 && mo_utf8_fault("\xC3", 1) == 0, "overlong, surrogate, cut");
	ok(strcmp(mo_printable("a\033[31m\n\xA0\xC2\x9B", 10, out, sizeof(out)), "a\\x1B[31m\\x0A\\xA0\\xC2\\x9B") == 0, "controls are written out");
	ok(strcmp(mo_printable("0123456789012345678901234567890", 31, out, 24), "0123456789012...") == 0, "what does not fit ends in dots");
	ok(strcmp(mo_printable_names("\"Patient Key\",MALE_75+,AGE_GROUP_5,", 35, out, sizeof(out)), "\"Patient Key\",MALE_75+,AGE_GROUP_5,") == 0, "names of columns are shown");
	ok(strcmp(mo_printable_names("D1,9434765919,\"1990-01-01\",a1b2c3d4-e5f6,X", 42, out, sizeof(out)), "D1,...,...,...,X") == 0, "values where names should be are not");
	ok(strcmp(mo_printable_value("1,5", 3, out, sizeof(out)), "1,5") == 0, "a value is shown");
	ok(strcmp(mo_printable_value("2026-04,9434765919\nx,9434765920", 29, out, sizeof(out)), "2026-04...") == 0, "rows inside quotes are not");
	ok(strcmp(mo_printable_value("0123456789012345678901234567890\r", 32, out, 24), "0123456789......") == 0, "nor is more than fits");
	ok(strcmp(mo_printable_names("\"", 1, out, sizeof(out)), "\"") == 0 && strcmp(mo_printable_names("", 0, out, sizeof(out)), "") == 0, "nor does nothing harm");
	mo_normal_name("  Practice\n code ", 17, out, sizeof(out));
	ok(strcmp(out, "PRACTICE_CODE") == 0, "names of columns");
	mo_normal_name("Male 75+", 8, out, sizeof(out));
	ok(strcmp(out, "MALE_75+") == 0, "the open band keeps its plus");
	ok(strcmp(mo_thousands(-1234567), "-1,234,567") == 0 && strcmp(mo_thousands(100), "100") == 0, "thousands");
	ok(strcmp(mo_pounds(32890872995), "328,908.73") == 0 && strcmp(mo_pounds(-150000), "-1.50") == 0, "pounds");

	mo_sha256_begin(&sha);
	mo_sha256_add(&sha, "abc", 3);
	ok(strcmp(mo_sha256_hex(&sha, hex), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0, "SHA-256 of abc (FIPS 180-4)");
	mo_sha256_begin(&sha);
	for (size_t n = 0; n < sizeof(zeros); n += 1000)
		mo_sha256_add(&sha, zeros + n, 1000);
	ok(strcmp(mo_sha256_hex(&sha, hex), "9192c25b734fcbadbe32dadc28089c60db0e39f90cc20ce2e5733f57261acc0c") == 0, "SHA-256 in pieces");
}

static void
codes(void)
{
	mo_codes	codes = {0};
	int			wrong = 0;
	char		code[20];

	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 5000; i++)
		{
			mo_code    *entry = mo_codes_get(&codes, code, (size_t) sprintf(code, "X%d", i));

			wrong += entry->count++ != round;
			mo_code_set_text(entry, 0, code, strlen(code));
		}
	ok(wrong == 0 && codes.count == 5000, "every code is counted by itself");
	mo_codes_free(&codes);
}

static void
json(void)
{
	static const char *const good = " { \"a\" : [1, -2.5e3, true, null, {\"b\": \"x\\u2019\\\"\"}], \"c\":{} } ";
	static const char *const bad[] = {"{", "{\"a\"}", "[1,]", "\"\\u12\"", "\"\\ud800x\"", "{\"a\":1,}", "nul\"", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["};
	mo_json		j;
	char		out[20];

	mo_json_begin(&j, good, strlen(good));
	ok(mo_json_skip(&j) && mo_json_at_end(&j), "a JSON document");
	mo_json_begin(&j, "\"New Year\\u2019s\"", 17);
	ok(mo_json_string(&j, out, sizeof(out)) && strcmp(out, "New Year\xE2\x80\x99s") == 0, "escapes");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		mo_json_begin(&j, bad[i], strlen(bad[i]));
		ok(!(mo_json_skip(&j) && mo_json_at_end(&j)), "not JSON: %s", bad[i]);
	}
}

int
main(void)
{
	numbers();
	dates();
	times();
	words();
	texts();
	codes();
	json();
	return done();
}

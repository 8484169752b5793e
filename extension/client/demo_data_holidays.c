/*
 * Bank holidays of England and Wales in gov.uk's JSON, by rule: Easter after the anonymous Gregorian
 * algorithm (Meeus, "Astronomical Algorithms"), first and last Mondays, substitute days, and the
 * moved and extra days proclaimed from 2011 to 2023. Days proclaimed later are not known here.
 */
#include "demo_data.h"

/* Days by proclamation; a day of the same kind in the ordinary rule is replaced. */
static const struct
{
	int			year, month, day;
	const char *title, *notes;
	int			replaces;		/* month whose ordinary Monday falls away, 0: an extra day */
} proclaimed[] = {
	{2011, 4, 29, "Royal wedding", "Extra bank holiday", 0},
	{2012, 6, 4, "Spring bank holiday", "Substitute day", 5},
	{2012, 6, 5, "Queen\\u2019s Diamond Jubilee", "Extra bank holiday", 0},
	{2020, 5, 8, "Early May bank holiday (VE day)", "", 4},
	{2022, 6, 2, "Spring bank holiday", "", 5},
	{2022, 6, 3, "Platinum Jubilee bank holiday", "", 0},
	{2022, 9, 19, "Bank Holiday for the State Funeral of Queen Elizabeth II", "", 0},
	{2023, 5, 8, "Bank holiday for the coronation of King Charles III", "", 0}
};

typedef struct
{
	int32_t		day;
	const char *title, *notes;
} holiday;

static int32_t
easter_sunday(int year)
{
	int			a = year % 19, b = year / 100, c = year % 100;
	int			h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int			l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
	int			m = (a + 11 * h + 22 * l) / 451;
	int			n = h + l - 7 * m + 114;

	return dd_day(year, n / 31, n % 31 + 1);
}

static int32_t
first_monday(int year, int month)
{
	int32_t		first = dd_day(year, month, 1);

	return first + (7 - dd_weekday(first)) % 7;
}

static int32_t
last_monday(int year, int month)
{
	return first_monday(year, month) + (first_monday(year, month) + 28 < dd_month_first(year * 12 + month) ? 28 : 21);
}

static void
add(holiday *list, int *count, int32_t day, const char *title, const char *notes)
{
	int			i = (*count)++;

	for (; i > 0 && list[i - 1].day > day; i--)
		list[i] = list[i - 1];
	list[i] = (holiday){day, title, notes};
}

/* A day that falls on a weekend is kept on the next weekday that is not a holiday already. */
static void
add_or_substitute(holiday *list, int *count, int32_t day, int32_t otherwise, const char *title)
{
	if (dd_weekday(day) < 5)
		add(list, count, day, title, "");
	else
		add(list, count, otherwise, title, "Substitute day");
}

static int
holidays_of(int year, holiday *list)
{
	int			count = 0;
	int			moved = 0;
	int32_t		new_year = dd_day(year, 1, 1), christmas = dd_day(year, 12, 25);

	for (size_t i = 0; i < sizeof proclaimed / sizeof proclaimed[0]; i++)
		if (proclaimed[i].year == year)
		{
			add(list, &count, dd_day(year, proclaimed[i].month, proclaimed[i].day),
				proclaimed[i].title, proclaimed[i].notes);
			moved |= 1 << proclaimed[i].replaces;
		}
	add_or_substitute(list, &count, new_year, new_year + 7 - dd_weekday(new_year), "New Year\\u2019s Day");
	add(list, &count, easter_sunday(year) - 2, "Good Friday", "");
	add(list, &count, easter_sunday(year) + 1, "Easter Monday", "");
	if (!(moved & 1 << 4))
		add(list, &count, first_monday(year, 5), "Early May bank holiday", "");
	if (!(moved & 1 << 5))
		add(list, &count, last_monday(year, 5), "Spring bank holiday", "");
	add(list, &count, last_monday(year, 8), "Summer bank holiday", "");
	/* on a Saturday both move two days; on a Sunday Boxing Day stays and Christmas goes behind it */
	add_or_substitute(list, &count, christmas, christmas + 2, "Christmas Day");
	add_or_substitute(list, &count, christmas + 1, christmas + 3, "Boxing Day");
	return count;
}

void
dd_write_bank_holidays(const dd_world *world)
{
	int			first = world->first_month / 12 - 1, last = (world->end_month - 1) / 12 + 1;
	dd_file		file;

	dd_open(world, &file, "bank-holidays.json");
	dd_text(&file, "{\n  \"england-and-wales\": {\n    \"division\": \"england-and-wales\",\n    \"events\": [\n");
	for (int year = first; year <= last; year++)
	{
		holiday		list[16];
		int			count = holidays_of(year, list);

		for (int i = 0; i < count; i++, file.rows++)
			dd_format(&file, "      {\n        \"title\": \"%s\",\n        \"date\": \"%s\",\n"
					  "        \"notes\": \"%s\",\n        \"bunting\": %s\n      }%s\n", list[i].title,
					  dd_iso(list[i].day), list[i].notes,
					  list[i].title[0] == 'G' && list[i].title[1] == 'o' ? "false" : "true",
					  year == last && i == count - 1 ? "" : ",");
	}
	dd_text(&file, "    ]\n  }\n}\n");
	dd_close(&file);
}

/*
 * ODS files: epraccur (27 columns, no header), ePCN's PCN details and core partner details
 * (every cell quoted, dates YYYYMMDD, end dates inclusive).
 */
#include "demo_data.h"

#include <stdio.h>

/* An ODS date, empty for DD_NEVER, in one of four turning buffers. */
static const char *
ods_date(int32_t day)
{
	static char turning[4][12];
	static int	turn;
	char	   *text = turning[turn++ & 3];
	dd_date		date;

	text[0] = '\0';
	if (day != DD_NEVER)
	{
		date = dd_civil(day);
		snprintf(text, 12, "%04d%02d%02d", date.year, date.month, date.day);
	}
	return text;
}

static void
write_epraccur(const dd_world *world)
{
	dd_file		file;

	dd_open(world, &file, "epraccur.csv");
	for (int i = 0; i < world->practice_count; i++)
	{
		const dd_practice *p = &world->practices[i];
		const char *sub_icb = world->sub_icbs[p->sub_icb].code;
		/* what closed before the commissioners of 2020 was never theirs: it joined when it opened */
		int32_t		joined = p->last_day != DD_NEVER && p->last_day < dd_day(2020, 4, 1) ? p->open_day : dd_day(2020, 4, 1);

		dd_format(&file, "\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",\"\",\"\",\"\",\"%s\",", p->code,
				  p->name, world->regions[world->icbs[p->icb].parent].code, world->icbs[p->icb].code,
				  p->street, p->town, p->postcode);
		dd_format(&file, "\"%s\",\"%s\",\"%c\",\"B\",\"%s\",\"%s\",\"%s\",\"01632 %06d\",",
				  ods_date(p->open_day), ods_date(p->last_day), p->status, sub_icb,
				  ods_date(joined), ods_date(p->last_day), 960000 + i % 1000);
		dd_format(&file, "\"\",\"\",\"\",\"0\",\"\",\"%s\",\"\",\"%d\",\"\"\n", sub_icb, p->setting);
		file.rows++;
	}
	dd_close(&file);
}

static void
write_pcn_details(const dd_world *world)
{
	dd_file		file;

	dd_open(world, &file, "epcn_pcn_details.csv");
	dd_text(&file, "\"PCN Code\",\"PCN Name\",\"Current Sub ICB Loc Code\",\"Sub ICB Location\","
			"\"Open Date\",\"Close Date\",\"Address Line 1\",\"Address Line 2\",\"Address Line 3\","
			"\"Address Line 4\",\"Address Line 5\",\"Postcode\"\n");
	for (int i = 0; i < world->pcn_count; i++)
	{
		const dd_pcn *pcn = &world->pcns[i];

		dd_format(&file, "\"%s\",\"%s\",\"%s\",\"%s\",\"20191001\",,\"SYNTHETIC HOUSE\",\"1 DEMO ROAD\","
				  ",,,\"ZZ1 1ZZ\"\n", pcn->code, pcn->name, world->sub_icbs[pcn->sub_icb].code,
				  world->sub_icbs[pcn->sub_icb].name);
		file.rows++;
	}
	dd_close(&file);
}

static void
write_partner(const dd_world *world, dd_file *file, const dd_practice *p, int pcn_index,
			  int32_t from, int32_t last)
{
	const dd_pcn *pcn = &world->pcns[pcn_index];
	const dd_area *own = &world->sub_icbs[p->sub_icb];
	const dd_area *lead = &world->sub_icbs[pcn->sub_icb];

	dd_format(file, "\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",", p->code, p->name,
			  own->code, own->name, pcn->code, pcn->name, lead->code, lead->name, ods_date(from));
	if (last != DD_NEVER)
		dd_format(file, "\"%s\"", ods_date(last));
	dd_format(file, ",\"%s\"\n", own == lead ? "TRUE" : "FALSE");
	file->rows++;
}

static void
write_partners(const dd_world *world)
{
	dd_file		file;

	dd_open(world, &file, "epcn_core_partners.csv");
	dd_text(&file, "\"Partner Organisation Code\",\"Partner Name\",\"Practice Parent Sub ICB Loc Code\","
			"\"Practice Parent Sub ICB Loc Name\",\"PCN Code\",\"PCN Name\","
			"\"PCN Parent Sub ICB Loc Code\",\"PCN Parent Sub ICB Loc Name\","
			"\"Practice to PCN Relationship Start Date\",\"Practice to PCN Relationship End Date\","
			"\"Practice Sub ICB Loc and PCN Sub ICB Loc Match\"\n");
	for (int i = 0; i < world->gp_count; i++)
	{
		const dd_practice *p = &world->practices[i];
		int32_t		moved = p->moved_month == DD_NEVER ? DD_NEVER : dd_month_first(p->moved_month);

		if (p->pcn < 0)
			continue;
		write_partner(world, &file, p, p->pcn, dd_day(2019, 10, 1),
					  moved == DD_NEVER ? p->last_day : moved - 1);
		if (moved != DD_NEVER)
			write_partner(world, &file, p, p->new_pcn, moved, p->last_day);
	}
	dd_close(&file);
}

void
dd_write_organisations(const dd_world *world)
{
	write_epraccur(world);
	write_pcn_details(world);
	write_partners(world);
}

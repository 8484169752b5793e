/*
 * Patients registered at a GP practice, by sex and five-year age band (NHS Digital's
 * gp-reg-pat-prac-quin-age), with the rows for ALL and for the levels above the practice that make
 * careless readers count twice.
 */
#include "demo_data.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const bands[DD_BANDS] = {"0_4", "5_9", "10_14", "15_19", "20_24", "25_29", "30_34",
	"35_39", "40_44", "45_49", "50_54", "55_59", "60_64", "65_69", "70_74", "75_79", "80_84", "85_89",
	"90_94", "95+"};

/* England's registered patients by band, in 10,000ths of the list: rounded, for shape only. */
static const int shape[2][DD_BANDS] = {
	{246, 272, 290, 288, 300, 340, 362, 360, 348, 318, 334, 336, 298, 240, 208, 172, 104, 56, 19, 4},
	{260, 286, 304, 302, 304, 336, 364, 368, 360, 330, 336, 330, 284, 224, 186, 144, 80, 38, 11, 2}
};

/* ASTRO-PU (cost) 2013 in thousandths, by female and male and the nine bands (facts/astro_pu_2013.csv). */
static const int astro_pu[2][9] = {
	{875, 737, 1449, 1842, 2572, 3725, 5442, 7641, 9889},
	{1000, 872, 1226, 1254, 1817, 3090, 5283, 8742, 11343}
};

/* cells[sex * DD_BANDS + band]: sex 0 is female. Returns the total; a closed practice has nobody. */
int
dd_list_size(const dd_world *world, int practice, int32_t month, int *cells)
{
	const dd_practice *p = &world->practices[practice];
	int			months = month - world->first_month;
	int			size = p->patients + (int) ((int64_t) p->patients * p->growth * months / 12000);
	int			total = 0;
	int64_t		sum = 0;
	int			weights[2 * DD_BANDS];
	dd_rng		rng = dd_random(world->seed, DD_S_LIST, practice, month);

	for (int i = 0; i < 2 * DD_BANDS; i++)
		cells[i] = 0;
	if (p->setting != 4 || !dd_open_at(p, month))
		return 0;
	if (practice > 0 && p[-1].successor == practice && !dd_open_at(&p[-1], month))
		size += p[-1].patients;
	size += dd_bell(&rng) * size / 1024 / 500;
	for (int i = 0; i < 2 * DD_BANDS; i++)
	{
		weights[i] = shape[i / DD_BANDS][i % DD_BANDS] * (100 + p->age_shift * (i % DD_BANDS - 8));
		if (weights[i] < 0)
			weights[i] = 0;
		sum += weights[i];
	}
	for (int i = 0; i < 2 * DD_BANDS; i++)
	{
		cells[i] = (int) (((int64_t) size * weights[i] + sum / 2) / sum);
		total += cells[i];
	}
	return total;
}

/* Weighted patients (ASTRO-PU, cost) of a practice, in thousandths. */
int
dd_astro_pu(const dd_world *world, int practice, int32_t month)
{
	int			cells[2 * DD_BANDS];
	int			weighted = 0;

	dd_list_size(world, practice, month, cells);
	for (int i = 0; i < 2 * DD_BANDS; i++)
	{
		int			band = i % DD_BANDS;

		weighted += cells[i] * astro_pu[i / DD_BANDS][band == 0 ? 0 : band >= 15 ? 8 : (band + 1) / 2];
	}
	return weighted;
}

static void
write_organisation(dd_file *file, const char *extract, const char *type, const char *code,
				   const char *postcode, const int *cells)
{
	char		prefix[120], *end = prefix;
	int			totals[3] = {0, 0, 0};

	end = dd_put(dd_put(dd_put(dd_put(end, "GP_PRAC_PAT_LIST,"), extract), ","), type);
	end = dd_put(dd_put(dd_put(dd_put(dd_put(end, ","), code), ",,"), postcode), ",");
	*end = '\0';
	for (int i = 0; i < 2 * DD_BANDS; i++)
		totals[i / DD_BANDS] += cells[i];
	totals[2] = totals[0] + totals[1];
	for (int row = -1; row < 2 * (DD_BANDS + 1); row++)
	{
		int			sex = row < 0 ? 2 : row / (DD_BANDS + 1);
		int			band = row < 0 ? DD_BANDS : row % (DD_BANDS + 1);
		char	   *at = dd_room(file, 200);

		at = dd_put(dd_put(at, prefix), sex == 2 ? "ALL," : sex == 0 ? "FEMALE," : "MALE,");
		at = dd_put(dd_put(at, band == DD_BANDS ? "ALL" : bands[band]), ",");
		at = dd_put_int(at, band == DD_BANDS ? totals[sex] : cells[sex * DD_BANDS + band]);
		*at++ = '\n';
		dd_took(file, at);
		file->rows++;
	}
}

static void
add_up(int *sum, const int *cells)
{
	for (int i = 0; i < 2 * DD_BANDS; i++)
		sum[i] += cells[i];
}

static void
write_month(const dd_world *world, int32_t month)
{
	static const char *const names[12] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP",
		"OCT", "NOV", "DEC"};
	char		name[64], extract[16];
	int			areas = world->sub_icb_count + world->icb_count;
	int		   *sums = calloc((size_t) areas * 2 * DD_BANDS, sizeof(int));
	dd_file		file;

	snprintf(name, sizeof name, "gp-reg-pat-prac-quin-age-%04d%02d.csv", month / 12, month % 12 + 1);
	snprintf(extract, sizeof extract, "01%s%04d", names[month % 12], month / 12);
	dd_open(world, &file, name);
	dd_text(&file, "PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,POSTCODE,SEX,AGE_GROUP_5,"
			"NUMBER_OF_PATIENTS\n");
	for (int i = 0; i < world->gp_count; i++)
	{
		const dd_practice *p = &world->practices[i];
		int			cells[2 * DD_BANDS];

		if (!dd_list_size(world, i, month, cells))
			continue;
		write_organisation(&file, extract, "GP", p->code, p->postcode, cells);
		if (sums)
		{
			add_up(sums + p->sub_icb * 2 * DD_BANDS, cells);
			add_up(sums + (world->sub_icb_count + p->icb) * 2 * DD_BANDS, cells);
		}
	}
	for (int i = 0; sums && i < areas; i++)
		write_organisation(&file, extract, i < world->sub_icb_count ? "SUB_ICB_LOCATION" : "ICB",
						   i < world->sub_icb_count ? world->sub_icbs[i].code
						   : world->icbs[i - world->sub_icb_count].code, "", sums + i * 2 * DD_BANDS);
	free(sums);
	dd_close(&file);
}

void
dd_write_list_sizes(const dd_world *world)
{
	for (int32_t month = world->first_month; month < world->end_month; month++)
		write_month(world, month);
}

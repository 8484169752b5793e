/*
 * The synthetic NHS: regions, ICBs of about 150 practices with two sub-ICBs each, PCNs of four or
 * five practices, practices, and the other cost centres that prescribe. Stories are told once in
 * every ICB that is large enough: see the README.txt that demo-data writes.
 */
#include "demo_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRACTICES_PER_ICB 150
#define OTHERS_PER_ICB 8

/* What the ordinal number of a practice within its ICB stands for. */
enum role
{
	ROLE_MOVES_PCN = 7, ROLE_MERGES = 12, ROLE_SMALL = 20, ROLE_CROSS_BORDER = 26, ROLE_NO_PCN = 33
};

static const char *const words[] = {"ALDER", "BEECH", "CEDAR", "DAMSON", "ELDER", "FERN", "GORSE",
	"HAZEL", "IVY", "JUNIPER", "KESTREL", "LARCH", "MAPLE", "NETTLE", "OAK", "PLOVER", "QUINCE",
	"ROWAN", "SORREL", "THISTLE", "VETCH", "WILLOW", "YARROW", "ASPEN", "BRYONY", "CLOVER"};
static const char *const places[] = {"BRIDGE", "CROSS", "FIELD", "GREEN", "HILL", "LANE", "MILL",
	"PARK", "ROAD", "STREET", "WHARF"};
static const char *const kinds[] = {"SURGERY", "MEDICAL CENTRE", "HEALTH CENTRE", "PRACTICE"};

#define PICK(rng, list) list[dd_below(rng, sizeof(list) / sizeof(list[0]))]

/* The other cost centres of an ICB: prescribing setting as the ODS numbers them. */
static const struct
{
	const char *name;
	int			setting;
	char		status;
} others[OTHERS_PER_ICB] = {
	{"SYNTHETIC HOSPICE", 13, 'A'},
	{"SYNTHETIC OUT OF HOURS SERVICE", 2, 'A'},
	{"SYNTHETIC WALK-IN CENTRE", 1, 'A'},
	{"SYNTHETIC COMMUNITY HEALTH SERVICE", 9, 'A'},
	{"SYNTHETIC PRESCRIBING HUB", 0, 'A'},
	{"SYNTHETIC PCN ENHANCED ACCESS", 26, 'A'},
	{"SYNTHETIC FORMER SURGERY", 4, 'C'},
	{"SYNTHETIC DORMANT SURGERY", 4, 'D'}
};

static void *
room_for(int count, size_t size)
{
	void	   *memory = calloc((size_t) count, size);

	if (!memory)
	{
		fprintf(stderr, "modash demo-data: out of memory\n");
		exit(DD_CANNOT_WRITE);
	}
	return memory;
}

static void
make_areas(dd_world *world)
{
	world->icb_count = (world->gp_count + PRACTICES_PER_ICB / 2) / PRACTICES_PER_ICB;
	if (world->icb_count < 1)
		world->icb_count = 1;
	world->region_count = (world->icb_count + 5) / 6;
	world->sub_icb_count = world->icb_count * 2;
	world->regions = room_for(world->region_count, sizeof(dd_area));
	world->icbs = room_for(world->icb_count, sizeof(dd_area));
	world->sub_icbs = room_for(world->sub_icb_count, sizeof(dd_area));
	for (int i = 0; i < world->region_count; i++)
	{
		snprintf(world->regions[i].code, 16, "Y%02d", (91 + i) % 100);
		snprintf(world->regions[i].name, 80, "SYNTHETIC REGION %d", i + 1);
	}
	for (int i = 0; i < world->icb_count; i++)
	{
		/* QZA, QZB ..., and after 26 of them the five-character codes in use since April 2026 */
		if (i < 26)
			snprintf(world->icbs[i].code, 16, "QZ%c", 'A' + i);
		else
			snprintf(world->icbs[i].code, 16, "Z%d%cZ%d", i % 10, 'A' + i % 26, i / 10 % 10);
		snprintf(world->icbs[i].name, 80, "NHS SYNTHETIC %d", i + 1);
		world->icbs[i].parent = i * world->region_count / world->icb_count;
	}
	for (int i = 0; i < world->sub_icb_count; i++)
	{
		/* the first of an ICB has three characters (EPD writes them with 00), the second five */
		snprintf(world->sub_icbs[i].code, 16, i % 2 ? "Z%02dS0" : "Z%02d", i / 2 % 100);
		snprintf(world->sub_icbs[i].name, 80, "NHS SYNTHETIC %d ICB - %s", i / 2 + 1,
				 world->sub_icbs[i].code);
		world->sub_icbs[i].parent = i / 2;
	}
}

static void
make_pcns(dd_world *world)
{
	world->pcn_count = (world->gp_count * 9 + 20) / 40;
	if (world->pcn_count < world->icb_count)
		world->pcn_count = world->icb_count;
	world->pcns = room_for(world->pcn_count, sizeof(dd_pcn));
	for (int i = 0; i < world->pcn_count; i++)
	{
		dd_pcn	   *pcn = &world->pcns[i];
		int			icb = (int) ((int64_t) i * world->icb_count / world->pcn_count);
		int			first = (int) (((int64_t) icb * world->pcn_count + world->icb_count - 1) /
								   world->icb_count);
		int			next = (int) (((int64_t) (icb + 1) * world->pcn_count + world->icb_count - 1) /
								  world->icb_count);

		snprintf(pcn->code, 16, "U%05d", i < 999 ? 99001 + i : 97000 + i - 999);
		snprintf(pcn->name, 64, "SYNTHETIC %s PCN", words[i % 26]);
		pcn->icb = icb;
		pcn->sub_icb = icb * 2 + ((i - first) * 9 >= (next - first) * 5);
		pcn->story = i - first < 4 ? (int[]){DD_STEADY, DD_IMPROVES, DD_UNSAFE, DD_DEAR}[i - first] : DD_STEADY;
	}
}

static void
make_practice(dd_world *world, int index)
{
	dd_practice *practice = &world->practices[index];
	dd_rng		rng = dd_random(world->seed, DD_S_ORG, index, 0);
	int			size = dd_between(&rng, 25, 125);
	unsigned	letters, sector;
	const char *word, *place;

	practice->pcn = (int) ((int64_t) index * world->pcn_count / world->gp_count);
	practice->sub_icb = world->pcns[practice->pcn].sub_icb;
	practice->icb = world->pcns[practice->pcn].icb;
	snprintf(practice->code, 16, "X%05d", 10001 + index);
	/* one draw a statement: C does not say in which order arguments are evaluated */
	word = PICK(&rng, words);
	place = PICK(&rng, places);
	snprintf(practice->name, 80, "SYNTHETIC %s %s %s", word, place, PICK(&rng, kinds));
	word = PICK(&rng, words);
	place = PICK(&rng, places);
	snprintf(practice->street, 32, "%d %s %s", dd_between(&rng, 1, 199), word, place);
	snprintf(practice->town, 24, "%sTON", PICK(&rng, words));
	letters = dd_below(&rng, 64);
	sector = dd_below(&rng, 9) + 1;
	snprintf(practice->postcode, 9, "ZZ%u %u%c%c", dd_below(&rng, 99) + 1, sector % 10,
			 (char) ('A' + letters / 8), (char) ('A' + letters % 8));
	practice->new_pcn = practice->successor = -1;
	practice->moved_month = DD_NEVER;
	practice->setting = 4;
	practice->status = 'A';
	practice->open_day = dd_day(1974, 4, 1);
	practice->last_day = DD_NEVER;
	practice->patients = 2000 + size * size * 6 / 10 + size * 40;
	practice->growth = dd_between(&rng, -20, 30);
	practice->age_shift = dd_bell(&rng) * 3 / 1024;
	practice->cost_level = 1000 + dd_bell(&rng) * 90 / 1024;
	practice->quality = 780 + dd_bell(&rng) * 70 / 1024;
	practice->system = index % 5 == 1 ? DD_EMIS : index % 5 == 3 ? DD_SYSTMONE : DD_FLAT;
}

/* The practices that something happens to; first and count: those of one ICB. */
static void
tell_stories(dd_world *world, int first, int count)
{
	dd_practice *practice = world->practices + first;
	int32_t		months = world->month_count;

	if (count > ROLE_MOVES_PCN && practice[ROLE_MOVES_PCN].pcn + 1 < world->pcn_count && months > 3)
	{
		practice[ROLE_MOVES_PCN].new_pcn = practice[ROLE_MOVES_PCN].pcn + 1;
		practice[ROLE_MOVES_PCN].moved_month = world->first_month + months / 2;
	}
	if (count > ROLE_MERGES + 1 && months > 3)
	{
		int32_t		closing = world->first_month + months * 2 / 3;

		practice[ROLE_MERGES].last_day = dd_month_first(closing) - 1;
		practice[ROLE_MERGES].status = 'C';
		practice[ROLE_MERGES].successor = first + ROLE_MERGES + 1;
		practice[ROLE_MERGES].patients = 3150;
	}
	if (count > ROLE_SMALL)
		practice[ROLE_SMALL].patients = 940;
	if (count > ROLE_CROSS_BORDER)
		practice[ROLE_CROSS_BORDER].sub_icb ^= 1;
	if (count > ROLE_NO_PCN)
		practice[ROLE_NO_PCN].pcn = -1;
}

static void
make_others(dd_world *world, int icb)
{
	for (int i = 0; i < OTHERS_PER_ICB; i++)
	{
		int			index = world->gp_count + icb * OTHERS_PER_ICB + i;
		dd_practice *centre = &world->practices[index];

		make_practice(world, 0);	/* spare values of the first practice ... */
		*centre = world->practices[0];
		snprintf(centre->code, 16, "X%05d", 90001 + icb * OTHERS_PER_ICB + i);
		snprintf(centre->name, 80, "%s %d", others[i].name, icb + 1);
		centre->icb = icb;			/* ... but for these */
		centre->sub_icb = icb * 2 + i % 2;
		centre->pcn = -1;
		centre->setting = others[i].setting;
		centre->status = others[i].status;
		centre->patients = 0;
		if (others[i].status != 'A')
			centre->last_day = dd_day(2017, 10, 31);
	}
}

void
dd_make_world(dd_world *world)
{
	int			first = 0;

	make_areas(world);
	make_pcns(world);
	world->practice_count = world->gp_count + world->icb_count * OTHERS_PER_ICB;
	world->practices = room_for(world->practice_count, sizeof(dd_practice));
	for (int icb = 0; icb < world->icb_count; icb++)
		make_others(world, icb);
	for (int i = 0; i < world->gp_count; i++)
		make_practice(world, i);
	for (int i = 1; i <= world->gp_count; i++)
		if (i == world->gp_count || world->practices[i].icb != world->practices[first].icb)
		{
			tell_stories(world, first, i - first);
			first = i;
		}
}

void
dd_free_world(dd_world *world)
{
	free(world->practices);
	free(world->pcns);
	free(world->sub_icbs);
	free(world->icbs);
	free(world->regions);
}

int
dd_pcn_at(const dd_practice *practice, int32_t month)
{
	return month >= practice->moved_month ? practice->new_pcn : practice->pcn;
}

int
dd_open_at(const dd_practice *practice, int32_t month)
{
	return practice->last_day == DD_NEVER || dd_month_first(month) <= practice->last_day;
}

int
dd_progress(const dd_world *world, int32_t month)
{
	int32_t		gone = month - world->first_month;

	if (gone < 0)
		return 0;
	if (gone >= world->month_count)
		return 1000;
	return world->month_count > 1 ? gone * 1000 / (world->month_count - 1) : 0;
}

/* Per mille: how reliably a practice does in a month what it should. */
int
dd_quality(const dd_world *world, int practice, int32_t month)
{
	const dd_practice *p = &world->practices[practice];
	int			pcn = dd_pcn_at(p, month);
	int			story = pcn < 0 ? DD_STEADY : world->pcns[pcn].story;
	int			progress = dd_progress(world, month);
	int			quality = p->quality + progress * 20 / 1000;

	if (story == DD_IMPROVES)
		quality += progress * 300 / 1000 - 180;
	else if (story == DD_UNSAFE)
		quality -= 160 + progress * 100 / 1000;
	return quality < 50 ? 50 : quality > 970 ? 970 : quality;
}

#include "cohort_attainment.h"

#include <stdlib.h>
#include <string.h>

#include "nhs_calendar.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

typedef uint64_t months_word[MO_WORDS_LIMIT];

/* to = from << n (later by n months), n >= 0; to and from may be the same */
ALWAYS_INLINE void
shift_later(uint64_t *to, const uint64_t *from, int n, const int words)
{
	int			whole = n / 64;
	int			rest = n % 64;

	for (int w = words - 1; w >= 0; w--)
	{
		uint64_t	high = w - whole >= 0 ? from[w - whole] : 0;
		uint64_t	low = w - whole - 1 >= 0 ? from[w - whole - 1] : 0;

		to[w] = rest == 0 ? high : high << rest | low >> (64 - rest);
	}
}

/* The words of a patient, moved so that bit 0 is the run's first month. */
ALWAYS_INLINE void
load_months(uint64_t *to, const uint64_t *from, int first_month, int from_words, const mo_attainment *run, const int words)
{
	int			earlier = run->first_month - first_month;	/* months to drop at the beginning */
	months_word wide = {0};

	if (earlier < 0)
	{
		memcpy(wide, from, sizeof(uint64_t) * from_words);
		shift_later(to, wide, -earlier, words);
		return;
	}
	for (int w = 0; w < words; w++)
	{
		int			low = w + earlier / 64;
		int			rest = earlier % 64;

		to[w] = low < from_words ? from[low] >> rest : 0;
		if (rest != 0 && low + 1 < from_words)
			to[w] |= from[low + 1] << (64 - rest);
	}
}

/* A patient's months of a reader; false, and none, when there are none. */
ALWAYS_INLINE bool
read_months(uint64_t *to, mo_months_reader *reader, int32_t patient, const mo_attainment *run, const int words)
{
	const uint64_t *from = mo_months_read(reader, patient);

	if (from == NULL)
	{
		memset(to, 0, sizeof(uint64_t) * words);
		return false;
	}
	if (reader->map != NULL)
		load_months(to, from, reader->map->first_month, reader->map->words, run, words);
	else
		load_months(to, from, reader->packed.first_month, reader->packed.words, run, words);
	return true;
}

/* OR of a word with itself 0 to window - 1 months later, by doubling. */
ALWAYS_INLINE void
smear(uint64_t *months, int window, const int words)
{
	int			done = 1;

	while (done < window)
	{
		int			step = done < window - done ? done : window - done;
		months_word later;

		shift_later(later, months, step, words);
		for (int w = 0; w < words; w++)
			months[w] |= later[w];
		done += step;
	}
}

/* Every event carried on to the next March. */
ALWAYS_INLINE void
smear_to_march(uint64_t *months, const mo_attainment *run, const int words)
{
	for (int step = 0; step < 4; step++)
	{
		months_word later;

		shift_later(later, months, 1 << step, words);
		for (int w = 0; w < words; w++)
			months[w] |= later[w] & run->spread[step][w];
	}
}

static void
set_range(uint64_t *months, int from, int to)
{
	for (int bit = from; bit < to; bit++)
		months[bit / 64] |= UINT64_C(1) << (bit % 64);
}

int
mo_attainment_looks_back_to(int from_month, int window)
{
	int			since_april = (int) ((from_month + 12 * (int64_t) 1000000 + 9) % 12);	/* month 0 is January 2000 */
	int			back = window - 1 > since_april ? window - 1 : since_april;

	return from_month - back;
}

static void
prepare_masks(mo_attainment *run)
{
	months_word carried = {0};
	int			months = run->to_month - run->first_month + 1;

	for (int bit = 0; bit <= months; bit++)
		run->begins[bit] = mo_month_begins((int64_t) run->first_month + bit);
	set_range(run->reported, run->from_month - run->first_month, months);
	for (int bit = 0; bit < months; bit++)
		if ((run->first_month + bit + 12 * (int64_t) 1000000 + 9) % 12 != 0)
			set_range(carried, bit, bit + 1);
	for (int step = 0; step < 4; step++)
	{
		months_word later;

		memcpy(run->spread[step], carried, sizeof(carried));
		shift_later(later, carried, 1 << step, run->words);
		for (int w = 0; w < run->words; w++)
			carried[w] &= later[w];
	}
}

static size_t
organisation_slot(const mo_attainment *run, int32_t organisation)
{
	size_t		slot = (size_t) (((uint32_t) organisation * UINT32_C(0x9e3779b1) * (uint64_t) run->table_size) >> 32);

	while (run->table[slot] != 0 && run->organisations[run->table[slot] - 1] != organisation)
		slot = slot + 1 == run->table_size ? 0 : slot + 1;
	return slot;
}

static int
compare_int32(const void *a, const void *b)
{
	int32_t		x = *(const int32_t *) a;
	int32_t		y = *(const int32_t *) b;

	return (x > y) - (x < y);
}

/* An empty table of twice `room` slots for the organisations there are. */
static void
index_organisations(mo_attainment *run, size_t room)
{
	if (run->table != NULL)
		run->memory.release(run->memory.context, run->table);
	run->table_size = 2 * room + 1;
	run->table = run->memory.allocate(run->memory.context, run->table_size * sizeof(int32_t));
	for (size_t i = 0; i < run->organisation_count; i++)
		run->table[organisation_slot(run, run->organisations[i])] = (int32_t) i + 1;
}

/* The distinct organisations of the spells, ascending, and a hash table of them. */
static void
find_organisations(mo_attainment *run)
{
	size_t		room = 64;

	run->organisations = run->memory.allocate(run->memory.context, room * sizeof(int32_t));
	index_organisations(run, room);
	for (size_t i = 0; i < run->spell_count; i++)
	{
		size_t		slot = organisation_slot(run, run->spells[i].organisation);

		if (run->table[slot] != 0)
			continue;
		run->organisations[run->organisation_count++] = run->spells[i].organisation;
		run->table[slot] = (int32_t) run->organisation_count;
		if (run->organisation_count == room)
		{
			int32_t    *old = run->organisations;

			run->organisations = run->memory.allocate(run->memory.context, 2 * room * sizeof(int32_t));
			memcpy(run->organisations, old, room * sizeof(int32_t));
			run->memory.release(run->memory.context, old);
			room *= 2;
			index_organisations(run, room);
		}
	}
	qsort(run->organisations, run->organisation_count, sizeof(int32_t), compare_int32);
	index_organisations(run, room);
}

void
mo_attainment_start(mo_attainment *run, mo_memory memory)
{
	size_t		months = (size_t) (run->to_month - run->from_month) + 1;

	run->memory = memory;
	run->first_month = mo_attainment_looks_back_to(run->from_month, run->window);
	run->words = mo_words_of_months(run->to_month - run->first_month + 1);
	prepare_masks(run);
	find_organisations(run);
	run->counts = memory.allocate(memory.context, (run->organisation_count * MO_MEASURES + 1) * months * sizeof(int32_t));
	run->narrow_words = (int) (months + 7) / 8;
	run->narrow = memory.allocate(memory.context, (run->organisation_count * MO_MEASURES + 1) * run->narrow_words * sizeof(uint64_t));
	run->narrow_spells = memory.allocate(memory.context, run->organisation_count + 1);
}

/* Each of eight bits into a byte of its own. */
ALWAYS_INLINE uint64_t
spread_bits(uint64_t eight)
{
	uint64_t	chosen = eight * UINT64_C(0x0101010101010101) & UINT64_C(0x8040201008040201);	/* bit i is left in byte i */

	return (chosen + UINT64_C(0x7f7f7f7f7f7f7f7f)) >> 7 & UINT64_C(0x0101010101010101);
}

/* Months, of which the first reporting month is first_bit, added to narrow counters. */
ALWAYS_INLINE void
count_months(uint64_t *narrow, int narrow_words, const uint64_t *months, int first_bit, const int words)
{
	uint64_t	left = months[first_bit / 64] >> (first_bit % 64);

	if (words == 1)
	{
		for (; left != 0; left >>= 8, narrow++)
			*narrow += spread_bits(left & 0xff);
		return;
	}
	for (int i = 0; i < narrow_words; i++)
	{
		int			bit = first_bit + 8 * i;
		uint64_t	eight = months[bit / 64] >> (bit % 64);

		if (bit % 64 > 56 && bit / 64 + 1 < words)
			eight |= months[bit / 64 + 1] << (64 - bit % 64);
		narrow[i] += spread_bits(eight & 0xff);
	}
}

/* Empties the narrow counters of an organisation into the wide ones. */
static void
widen_counts(mo_attainment *run, size_t organisation)
{
	int			months = run->to_month - run->from_month + 1;

	for (mo_measure measure = MO_COHORT; measure < MO_MEASURES; measure++)
	{
		int32_t    *cells = mo_attainment_cell(run, organisation, measure, 0);
		uint64_t   *narrow = run->narrow + (organisation * MO_MEASURES + measure) * run->narrow_words;

		for (int month = 0; month < months; month++)
			cells[month] += narrow[month / 8] >> (month % 8 * 8) & 0xff;
		memset(narrow, 0, sizeof(uint64_t) * run->narrow_words);
	}
	run->narrow_spells[organisation] = 0;
}

typedef struct patient_bits
{
	months_word cohort;
	months_word event;
	months_word window;
	months_word year;
} patient_bits;

/* The bit of the month that a day is in: 0 for any day before, months for any after. */
ALWAYS_INLINE int
bit_of_day(const mo_attainment *run, int64_t day, int months)
{
	int			bit;

	if (day < run->begins[0])
		return 0;
	if (day >= run->begins[months])
		return months;
	bit = (int) ((day - run->begins[0]) / 31);	/* never too high, and at most four too low */
	while (day >= run->begins[bit + 1])
		bit++;
	return bit;
}

/* The months of a spell, then held against those that a later registration has taken already. */
ALWAYS_INLINE bool
take_spell(const mo_attainment *run, const mo_spell *spell, uint64_t *left, uint64_t *mine, const int words)
{
	int			months = run->to_month - run->first_month + 1;
	int			from = bit_of_day(run, spell->from, months);
	int			to = bit_of_day(run, spell->to, months);
	uint64_t	any = 0;

	for (int w = 0; w < words; w++)
	{
		uint64_t	until_to = to >= w * 64 + 64 ? ~UINT64_C(0) : to <= w * 64 ? 0 : (UINT64_C(1) << (to - w * 64)) - 1;
		uint64_t	until_from = from >= w * 64 + 64 ? ~UINT64_C(0) : from <= w * 64 ? 0 : (UINT64_C(1) << (from - w * 64)) - 1;

		mine[w] = until_to & ~until_from & left[w];
		left[w] &= ~mine[w];
		any |= mine[w];
	}
	return any != 0;
}

ALWAYS_INLINE void
count_spell(mo_attainment *run, const mo_spell *spell, const patient_bits *patient, const uint64_t *mine, const int words)
{
	size_t		organisation = (size_t) run->table[organisation_slot(run, spell->organisation)] - 1;
	int			first_bit = run->from_month - run->first_month;
	uint64_t   *narrow = run->narrow + organisation * MO_MEASURES * run->narrow_words;
	months_word attained;
	months_word year;
	months_word month;

	for (int w = 0; w < words; w++)
	{
		attained[w] = mine[w] & patient->window[w];
		year[w] = mine[w] & patient->year[w];
		month[w] = mine[w] & patient->event[w];
	}
	if (run->narrow_spells[organisation] == UINT8_MAX)
		widen_counts(run, organisation);
	run->narrow_spells[organisation]++;
	count_months(narrow + MO_COHORT * run->narrow_words, run->narrow_words, mine, first_bit, words);
	count_months(narrow + MO_ATTAINED * run->narrow_words, run->narrow_words, attained, first_bit, words);
	count_months(narrow + MO_ATTAINED_YEAR_TO_DATE * run->narrow_words, run->narrow_words, year, first_bit, words);
	count_months(narrow + MO_ATTAINED_IN_MONTH * run->narrow_words, run->narrow_words, month, first_bit, words);
}

/* The patient's cohort and event months; false when never in the cohort. */
ALWAYS_INLINE bool
gather_patient(mo_attainment *run, int32_t patient, patient_bits *bits, const int words)
{
	memcpy(bits->cohort, run->reported, sizeof(uint64_t) * words);
	if (!run->everyone)
	{
		months_word held;

		if (!read_months(held, &run->cohort, patient, run, words))
			return false;
		for (int w = 0; w < words; w++)
			bits->cohort[w] &= held[w];
	}
	read_months(bits->event, &run->events, patient, run, words);
	memcpy(bits->window, bits->event, sizeof(uint64_t) * words);
	memcpy(bits->year, bits->event, sizeof(uint64_t) * words);
	smear(bits->window, run->window, words);
	smear_to_march(bits->year, run, words);
	return true;
}

ALWAYS_INLINE void
step(mo_attainment *run, size_t until, const int words)
{
	while (run->spell_cursor < until)
	{
		int32_t		patient = run->spells[run->spell_cursor].patient;
		patient_bits bits;
		bool		counts = gather_patient(run, patient, &bits, words);

		for (; run->spell_cursor < run->spell_count && run->spells[run->spell_cursor].patient == patient; run->spell_cursor++)
		{
			const mo_spell *spell = &run->spells[run->spell_cursor];
			months_word mine;

			if (counts && take_spell(run, spell, bits.cohort, mine, words))
				count_spell(run, spell, &bits, mine, words);
		}
	}
}

bool
mo_attainment_step(mo_attainment *run, size_t spells)
{
	size_t		until = run->spell_count - run->spell_cursor > spells ? run->spell_cursor + spells : run->spell_count;

	if (run->words == 1)
		step(run, until, 1);
	else if (run->words == 2)
		step(run, until, 2);
	else
		step(run, until, 3);
	if (run->spell_cursor < run->spell_count)
		return true;
	for (size_t organisation = 0; organisation < run->organisation_count; organisation++)
		widen_counts(run, organisation);
	return false;
}

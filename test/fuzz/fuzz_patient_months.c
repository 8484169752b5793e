/* Any bytes as packed months: refused, or unpacked and packed again to the same bytes. And any single months, against a list. */
#include "fuzz.h"
#include "patient_memory.h"

#define MOST 300

static void
check_packed(const uint8_t *data, size_t size)
{
	fuzz_input	in = {data, size};
	int			months = (int) ((uint32_t) fuzz_int32(&in) % MO_MONTHS_LIMIT) + 1;
	int			words = mo_words_of_months(months);
	size_t		patients = in.left / (sizeof(int32_t) + words * sizeof(uint64_t));
	int32_t    *ids = malloc(patients * sizeof(int32_t) + 1);
	uint64_t   *bits = malloc(patients * words * sizeof(uint64_t) + 1);
	mo_month_bits packed = {fuzz_int32(&in) % 1000, months, words, patients, ids, bits};

	fuzz_take(&in, ids, patients * sizeof(int32_t));
	fuzz_take(&in, bits, patients * words * sizeof(uint64_t));
	if (mo_month_bits_fault(&packed) == NULL)
	{
		mo_patient_months map;
		mo_month_bits again;

		mo_patient_months_start(&map, fuzz_memory, packed.first_month, months);
		mo_patient_months_merge(&map, &packed);
		mo_patient_months_merge(&map, &packed);
		again = fuzz_pack(&map);
		FUZZ_CHECK(again.patients == patients && memcmp(again.ids, ids, patients * sizeof(int32_t)) == 0);
		FUZZ_CHECK(memcmp(again.bits, bits, patients * words * sizeof(uint64_t)) == 0);
		fuzz_free_packed(&again);
		fuzz_free_map(&map);
	}
	free(ids);
	free(bits);
}

/* The patients below 4,096 as bits of two months: each is found with both, and no other. */
static void
check_bits(const mo_patient_months *map, const int32_t *patients, int n)
{
	mo_patient_months other;
	int			months[2] = {n % map->months, (n * 7 + 1) % map->months};

	mo_patient_months_start(&other, fuzz_memory, map->first_month, map->months);
	for (int k = 0; k < 2; k++)
	{
		unsigned char *bits = calloc(1, 512);

		for (int i = 0; i < n; i++)
			if (patients[i] < 4096)
				mo_patient_bits_set(bits, &patients[i], 1);
		FUZZ_CHECK(mo_patient_months_add_bits(&other, map->first_month + months[k], bits, 512, bits));
	}
	mo_patient_months_settle(&other);
	for (int i = 0; i < n; i++)
	{
		const uint64_t *words = mo_patient_months_find(&other, patients[i]);

		FUZZ_CHECK((words != NULL) == (patients[i] < 4096));
		for (int k = 0; words != NULL && k < 2; k++)
			FUZZ_CHECK(words[months[k] / 64] >> months[k] % 64 & 1);
	}
	fuzz_free_map(&other);
}

/* All patients as a set, in one of the map's months or outside it: refused at the first below 1, otherwise found again. */
static void
check_sets(mo_patient_months *map, const int32_t *patients, int n)
{
	mo_patient_months other;
	int32_t    *set = malloc(sizeof(int32_t) * n + 1);

	memcpy(set, patients, sizeof(int32_t) * n);
	mo_patient_months_start(&other, fuzz_memory, map->first_month, map->months);
	FUZZ_CHECK(mo_patient_months_add_set(&other, map->first_month + n % map->months, set, n, set) == (size_t) n);
	mo_patient_months_settle(&other);
	for (int i = 0; i < n; i++)
		FUZZ_CHECK(mo_patient_months_find(&other, patients[i]) != NULL);
	fuzz_free_map(&other);
	check_bits(map, patients, n);
	set = malloc(sizeof(int32_t));
	*set = n % 2 == 0 ? 0 : -n;
	FUZZ_CHECK(mo_patient_months_add_set(map, map->first_month, set, 1, set) == 0);
	free(set);
}

/* Months given one by one, as ranges and as sets; every one of them, and no other, is in the packed form. */
static void
check_added(const uint8_t *data, size_t size)
{
	fuzz_input	in = {data, size};
	int			months = (int) ((uint32_t) fuzz_int32(&in) % MO_MONTHS_LIMIT) + 1;
	int32_t		spread = fuzz_int32(&in) & 1 ? INT32_MAX : 64;
	mo_patient_months map;
	mo_month_bits packed;
	int32_t		patient[MOST];
	int64_t		from[MOST];
	int64_t		to[MOST];
	int			n = 0;

	mo_patient_months_start(&map, fuzz_memory, 100, months);
	for (; in.left > 0 && n < MOST; n++)
	{
		patient[n] = (int32_t) ((uint32_t) fuzz_int32(&in) % (uint32_t) spread) + (spread == 64);
		patient[n] += patient[n] == 0;
		from[n] = 100 + fuzz_int32(&in) % (2 * months);
		to[n] = n % 3 == 0 ? from[n] + fuzz_int32(&in) % 40 : from[n] + 1;
		if (n % 3 == 0)
			mo_patient_months_add_range(&map, patient[n], from[n], to[n]);
		else if (n % 3 == 1)
			mo_patient_months_add(&map, patient[n], from[n]);
		else
		{
			int32_t    *set = malloc(sizeof(int32_t));

			*set = patient[n];
			FUZZ_CHECK(mo_patient_months_add_set(&map, from[n], set, 1, set) == 1);
		}
	}
	check_sets(&map, patient, n);
	packed = fuzz_pack(&map);
	FUZZ_CHECK(mo_month_bits_fault(&packed) == NULL);
	for (size_t i = 0; i < packed.patients; i++)
		for (int month = 0; month < months; month++)
		{
			int			is = (int) (packed.bits[i * packed.words + month / 64] >> (month % 64) & 1);
			int			should = 0;

			for (int k = 0; k < n; k++)
				should |= patient[k] == packed.ids[i] && from[k] <= 100 + month && 100 + month < to[k];
			FUZZ_CHECK(is == should);
		}
	for (int k = 0; k < n; k++)
		if (from[k] >= 100 && from[k] < 100 + months && from[k] < to[k])
			FUZZ_CHECK(fuzz_find(&packed, patient[k]) < packed.patients);
	fuzz_free_packed(&packed);
	fuzz_free_map(&map);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_packed(data, size);
	check_added(data, size);
	return 0;
}

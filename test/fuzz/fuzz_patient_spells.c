/* Any bytes as spells: sorted they are without a fault just when every spell is sound, and sorting again changes nothing. */
#include "fuzz.h"
#include "stats/patient_spells.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t		n = size / sizeof(mo_spell);
	mo_spell   *spells = malloc(n * sizeof(mo_spell) + 1);
	mo_spell   *scratch = malloc(n * sizeof(mo_spell) + 1);
	int			sound = 1;
	size_t		kept;

	memcpy(spells, data, n * sizeof(mo_spell));
	for (size_t i = 0; i < n; i++)
	{
		spells[i].patient &= INT32_MAX;
		sound &= spells[i].patient > 0 && spells[i].from < spells[i].to;
	}
	if (mo_spells_fault(spells, n) == NULL)
		FUZZ_CHECK(sound && mo_spells_sort(spells, n, scratch) == n);
	kept = mo_spells_sort(spells, n, scratch);
	FUZZ_CHECK(kept <= n && (n == 0) == (kept == 0));
	FUZZ_CHECK((mo_spells_fault(spells, kept) == NULL) == sound);
	for (size_t i = 1; i < kept; i++)
		FUZZ_CHECK(mo_spell_compare(&spells[i - 1], &spells[i]) < 0);
	free(spells);
	free(scratch);
	return 0;
}

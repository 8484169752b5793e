/* Arrays that somebody made by hand, as states and as dimensions: counting into them touches nothing outside them. */
#include "fuzz.h"
#include "stats/alert_counts.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t		length = (int64_t) (size / sizeof(int64_t));
	int64_t    *array = malloc(length * sizeof(int64_t) + 1);
	mo_board	board;

	memcpy(array, data, length * sizeof(int64_t));
	for (int is_state = 0; is_state <= 1; is_state++)
	{
		if (!mo_board_open(array, length, is_state, &board))
			continue;
		(void) mo_board_state_length(&board);
		if (!is_state)
			continue;
		for (int64_t practice = -1; practice <= 4; practice++)
			for (int64_t alert = -1; alert <= 4; alert++)
			{
				mo_moment	closed = {alert % 2 == 0, alert};

				(void) mo_board_count(&board, practice, alert, closed);
			}
		(void) mo_board_settle(&board, &board);
		mo_board_empty_ring(&board);
		FUZZ_CHECK(mo_board_settle(&board, &board) == MO_BOARD_COUNTED);
	}
	free(array);
	return 0;
}

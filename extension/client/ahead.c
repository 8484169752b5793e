#include "ahead.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "pieces.h"

/* A smaller file is read sooner than it pays; gzip takes a tenth of what it holds. */
#define ALONE ((int64_t) 8 << 20)
#define ALONE_GZIP (ALONE / 10)

struct mo_ahead
{
	mo_csv	   *csv;
	mo_input   *input;
	mo_sha256  *sha;			/* as the scanner had it */
	pthread_t	thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool		stop;
	uint64_t	filled;			/* pieces so far */
	uint64_t	taken;			/* those that the scanner has asked for */
	mo_piece	piece[MO_PIECES];
};

static void *
fill_pieces(void *argument)
{
	mo_ahead   *ahead = argument;
	bool		more = true;

	while (more)
	{
		mo_piece   *piece = &ahead->piece[ahead->filled % MO_PIECES];

		pthread_mutex_lock(&ahead->lock);
		/* The scanner has two: the piece in hand, and the one before it while it moves what it needs of that. */
		while (!ahead->stop && ahead->filled + 2 >= ahead->taken + MO_PIECES)
			pthread_cond_wait(&ahead->changed, &ahead->lock);
		more = !ahead->stop;
		pthread_mutex_unlock(&ahead->lock);
		if (!more)
			break;
		mo_piece_fill(piece, ahead->input, ahead->sha);
		more = piece->length > 0 && !piece->failed;
		pthread_mutex_lock(&ahead->lock);
		ahead->filled++;
		pthread_cond_signal(&ahead->changed);
		pthread_mutex_unlock(&ahead->lock);
	}
	return NULL;
}

static mo_piece *
next_piece(void *source)
{
	mo_ahead   *ahead = source;
	mo_piece   *piece = &ahead->piece[ahead->taken % MO_PIECES];

	pthread_mutex_lock(&ahead->lock);
	while (ahead->filled == ahead->taken)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	ahead->taken++;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	return piece;
}

/* Signals are for the program, not for a thread of it. */
static bool
start_thread(mo_ahead *ahead)
{
	sigset_t	all;
	sigset_t	before;
	int			failed;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&ahead->thread, NULL, fill_pieces, ahead);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed == 0;
}

mo_ahead *
mo_ahead_start(mo_csv *csv, mo_input *input)
{
	mo_ahead   *ahead;

	if (input->file_bytes < (input->is_gzip ? ALONE_GZIP : ALONE) || (ahead = calloc(1, sizeof(mo_ahead))) == NULL)
		return NULL;
	ahead->csv = csv;
	ahead->input = input;
	ahead->sha = csv->sha;
	/* What is known of the file if no piece of it is ever taken. */
	mo_piece_note(&ahead->piece[MO_PIECES - 1], input);
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	if (!start_thread(ahead))
	{
		free(ahead);
		return NULL;
	}
	csv->next_piece = next_piece;
	csv->source = ahead;
	return ahead;
}

void
mo_ahead_stop(mo_ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->stop = true;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	pthread_join(ahead->thread, NULL);
	mo_piece_known(&ahead->piece[(ahead->taken + MO_PIECES - 1) % MO_PIECES], ahead->input);
	ahead->csv->next_piece = NULL;
	free(ahead);
}

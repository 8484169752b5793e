#include "mo.h"

#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "read_worker.h"
#include "storage/dsm.h"
#include "storage/proc.h"
#include "storage/shm_mq.h"
#include "utils/resowner.h"

/* A byte a piece is all that goes through them. */
#define QUEUE ((Size) 1 << 10)

/* The segment that backend and worker share, and behind it the two queues: pieces that are filled, pieces that were taken. */
typedef struct shared
{
	char		path[MAXPGPATH];
	mo_piece	piece[MO_PIECES];
} shared;

#define FILLED_AT MAXALIGN(sizeof(shared))
#define TAKEN_AT (FILLED_AT + QUEUE)

typedef struct ahead
{
	dsm_segment *segment;
	shared	   *with;
	shm_mq_handle *filled;
	shm_mq_handle *taken;
	mo_input   *input;
	uint64		count;			/* of pieces taken */
} ahead;

extern PGDLLEXPORT void mo_read_worker_main(Datum segment);

static shm_mq *
queue_at(dsm_segment *segment, Size place)
{
	return (shm_mq *) ((char *) dsm_segment_address(segment) + place);
}

static bool
register_worker(dsm_segment *segment, BackgroundWorkerHandle **handle)
{
	BackgroundWorker worker;

	memset(&worker, 0, sizeof(worker));
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS;
	worker.bgw_start_time = BgWorkerStart_ConsistentState;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	snprintf(worker.bgw_library_name, sizeof(worker.bgw_library_name), "mo_dashboard");
	snprintf(worker.bgw_function_name, sizeof(worker.bgw_function_name), "mo_read_worker_main");
	snprintf(worker.bgw_name, BGW_MAXLEN, "mo_dashboard reader of a file for PID %d", MyProcPid);
	snprintf(worker.bgw_type, BGW_MAXLEN, "mo_dashboard reader");
	worker.bgw_main_arg = UInt32GetDatum(dsm_segment_handle(segment));
	worker.bgw_notify_pid = MyProcPid;
	return RegisterDynamicBackgroundWorker(&worker, handle);
}

/* The scanner's next piece; the worker hears of it, and has those before the last two to fill again. */
static mo_piece *
next_piece(void *source)
{
	ahead	   *a = source;
	Size		length;
	void	   *message;

	if (shm_mq_receive(a->filled, &length, &message, false) != SHM_MQ_SUCCESS)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_RESOURCES),
				 errmsg("the background worker that reads the file has ended"),
				 errhint("Load the file again; the server's log may say why.")));
	(void) shm_mq_send(a->taken, 1, "", false, true);	/* a worker that has read all of the file is gone */
	return mo_piece_take(a->with->piece, a->count++, a->input);
}

bool
mo_read_ahead(const char *path, mo_csv *csv, mo_input *input)
{
	ahead	   *a = palloc0(sizeof(ahead));
	BackgroundWorkerHandle *handle;
	shm_mq	   *filled;
	shm_mq	   *taken;

	if (strlen(path) >= MAXPGPATH || (a->segment = dsm_create(TAKEN_AT + QUEUE, DSM_CREATE_NULL_IF_MAXSEGMENTS)) == NULL)
		return false;
	a->with = dsm_segment_address(a->segment);
	snprintf(a->with->path, MAXPGPATH, "%s", path);
	filled = shm_mq_create(queue_at(a->segment, FILLED_AT), QUEUE);
	taken = shm_mq_create(queue_at(a->segment, TAKEN_AT), QUEUE);
	shm_mq_set_receiver(filled, MyProc);
	shm_mq_set_sender(taken, MyProc);
	if (!register_worker(a->segment, &handle))
	{
		dsm_detach(a->segment);
		return false;
	}
	a->filled = shm_mq_attach(filled, a->segment, handle);
	a->taken = shm_mq_attach(taken, a->segment, handle);
	a->input = input;
	csv->next_piece = next_piece;
	csv->source = a;
	return true;
}

void
mo_read_ahead_end(mo_csv *csv)
{
	if (csv->next_piece == NULL)
		return;
	csv->next_piece = NULL;
	dsm_detach(((ahead *) csv->source)->segment);
}

/* Waits until there is a piece to fill. False: the backend is gone. */
static bool
wait_for_room(mo_filler *filler, shm_mq_handle *taken)
{
	Size		length;
	void	   *message;

	while (!mo_filler_has_room(filler))
	{
		if (shm_mq_receive(taken, &length, &message, false) != SHM_MQ_SUCCESS)
			return false;
		filler->taken++;
	}
	return true;
}

/* Until the file ends, or nobody wants more of it. */
static void
fill_pieces(shared *with, shm_mq_handle *filled, shm_mq_handle *taken)
{
	mo_filler	filler;
	bool		more = true;

	mo_filler_open(&filler, with->piece, with->path);
	while (more && wait_for_room(&filler, taken))
	{
		more = mo_filler_next(&filler);
		more = shm_mq_send(filled, 1, "", false, true) == SHM_MQ_SUCCESS && more;
	}
	mo_filler_close(&filler);
}

void
mo_read_worker_main(Datum argument)
{
	dsm_segment *segment;
	shm_mq	   *filled;
	shm_mq	   *taken;

	BackgroundWorkerUnblockSignals();
	CurrentResourceOwner = ResourceOwnerCreate(NULL, "mo_dashboard reader");
	segment = dsm_attach(DatumGetUInt32(argument));
	if (segment == NULL)
		return;					/* the backend has ended already */
	filled = queue_at(segment, FILLED_AT);
	taken = queue_at(segment, TAKEN_AT);
	shm_mq_set_sender(filled, MyProc);
	shm_mq_set_receiver(taken, MyProc);
	fill_pieces(dsm_segment_address(segment), shm_mq_attach(filled, segment, NULL), shm_mq_attach(taken, segment, NULL));
	dsm_detach(segment);
}

#include "mo.h"

#include "hash_worker.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "storage/dsm.h"
#include "storage/proc.h"
#include "storage/shm_mq.h"
#include "utils/resowner.h"

/* The longer, the more seldom the one has to wake the other: that is done at every quarter. */
#define QUEUE ((Size) 1 << 22)
#define ANSWER ((Size) 1 << 10)
#define PIECE ((size_t) 1 << 16)

struct mo_hasher
{
	dsm_segment *segment;
	shm_mq_handle *bytes;		/* to the worker: the state to go on from, pieces, and nothing for the end */
	shm_mq_handle *answer;		/* from it: the state at the end */
};

extern PGDLLEXPORT void mo_hash_worker_main(Datum segment);

static void
lost_worker(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_RESOURCES),
			 errmsg("the background worker that hashes the file has ended"),
			 errhint("Load the file again; the server's log may say why.")));
}

static void
send_piece(mo_hasher *hasher, const void *data, size_t length)
{
	if (shm_mq_send(hasher->bytes, length, data, false, length == 0) != SHM_MQ_SUCCESS)
		lost_worker();
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
	snprintf(worker.bgw_function_name, sizeof(worker.bgw_function_name), "mo_hash_worker_main");
	snprintf(worker.bgw_name, BGW_MAXLEN, "mo_dashboard hash of a file for PID %d", MyProcPid);
	snprintf(worker.bgw_type, BGW_MAXLEN, "mo_dashboard hash");
	worker.bgw_main_arg = UInt32GetDatum(dsm_segment_handle(segment));
	worker.bgw_notify_pid = MyProcPid;
	return RegisterDynamicBackgroundWorker(&worker, handle);
}

mo_hasher *
mo_hasher_start(const mo_sha256 *from)
{
	mo_hasher  *hasher = palloc0(sizeof(mo_hasher));
	BackgroundWorkerHandle *handle;
	shm_mq	   *bytes;
	shm_mq	   *answer;

	hasher->segment = dsm_create(QUEUE + ANSWER, DSM_CREATE_NULL_IF_MAXSEGMENTS);
	if (hasher->segment == NULL)
		return NULL;
	bytes = shm_mq_create(dsm_segment_address(hasher->segment), QUEUE);
	answer = shm_mq_create((char *) dsm_segment_address(hasher->segment) + QUEUE, ANSWER);
	shm_mq_set_sender(bytes, MyProc);
	shm_mq_set_receiver(answer, MyProc);
	if (!register_worker(hasher->segment, &handle))
	{
		dsm_detach(hasher->segment);
		return NULL;
	}
	hasher->bytes = shm_mq_attach(bytes, hasher->segment, handle);
	hasher->answer = shm_mq_attach(answer, hasher->segment, handle);
	send_piece(hasher, from, sizeof(*from));
	return hasher;
}

void
mo_hasher_add(void *hasher, const void *data, size_t length)
{
	const char *bytes = data;

	for (size_t done = 0; done < length; done += PIECE)
		send_piece(hasher, bytes + done, Min(PIECE, length - done));
}

void
mo_hasher_end(mo_hasher *hasher, mo_sha256 *to)
{
	Size		length;
	void	   *state;

	send_piece(hasher, "", 0);
	if (shm_mq_receive(hasher->answer, &length, &state, false) != SHM_MQ_SUCCESS || length != sizeof(*to))
		lost_worker();
	memcpy(to, state, sizeof(*to));
	dsm_detach(hasher->segment);
}

/* Hashes until there is nothing more; when the reader is gone, it ends. */
static bool
hash_all(shm_mq_handle *bytes, mo_sha256 *sha)
{
	Size		length;
	void	   *data;

	if (shm_mq_receive(bytes, &length, &data, false) != SHM_MQ_SUCCESS || length != sizeof(*sha))
		return false;
	memcpy(sha, data, sizeof(*sha));
	while (shm_mq_receive(bytes, &length, &data, false) == SHM_MQ_SUCCESS)
	{
		if (length == 0)
			return true;
		mo_sha256_add(sha, data, length);
	}
	return false;
}

void
mo_hash_worker_main(Datum argument)
{
	dsm_segment *segment;
	shm_mq	   *bytes;
	shm_mq	   *answer;
	mo_sha256	sha;

	BackgroundWorkerUnblockSignals();
	CurrentResourceOwner = ResourceOwnerCreate(NULL, "mo_dashboard hash");
	segment = dsm_attach(DatumGetUInt32(argument));
	if (segment == NULL)
		return;					/* the reader has ended already */
	bytes = dsm_segment_address(segment);
	answer = (shm_mq *) ((char *) dsm_segment_address(segment) + QUEUE);
	shm_mq_set_receiver(bytes, MyProc);
	shm_mq_set_sender(answer, MyProc);
	if (hash_all(shm_mq_attach(bytes, segment, NULL), &sha))
		shm_mq_send(shm_mq_attach(answer, segment, NULL), sizeof(sha), &sha, false, true);
	dsm_detach(segment);
}

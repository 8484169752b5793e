/*
 * hash_worker.h
 *		SHA-256 of what is being read, by a background worker: a third of the time of reading a file, on another processor.
 *
 * The bytes that are hashed are the bytes that were read: they are handed over through shared memory. A worker takes one
 * of max_worker_processes, and ends with the reading, however that ends.
 */
#ifndef MO_HASH_WORKER_H
#define MO_HASH_WORKER_H

#include "../client/sha256.h"

typedef struct mo_hasher mo_hasher;

/* Goes on from a state. NULL: no worker is to be had, and the caller hashes. */
extern mo_hasher *mo_hasher_start(const mo_sha256 *from);

/* A function for mo_input: waits while the worker is far behind. */
extern void mo_hasher_add(void *hasher, const void *data, size_t length);

/* The state after all that was added. */
extern void mo_hasher_end(mo_hasher *hasher, mo_sha256 *to);

#endif							/* MO_HASH_WORKER_H */

/*
 * compat.h
 *		What differs between the server versions we support (15 to 18).
 *
 * This is the only file that tests PG_VERSION_NUM. Each shim names the version it is needed for.
 */
#ifndef MO_COMPAT_H
#define MO_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "mo_dashboard needs PostgreSQL 15 or newer"
#endif

/* 16 moved the detoasting macros out of postgres.h */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* 18 lets a module say its name and version (pg_get_loaded_modules()) */
#if PG_VERSION_NUM >= 180000
#define MO_MODULE_MAGIC PG_MODULE_MAGIC_EXT(.name = "mo_dashboard", .version = MO_VERSION)
#else
#define MO_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/* 18 has pg_noreturn, before the declaration, in place of pg_attribute_noreturn() behind it */
#if PG_VERSION_NUM < 180000
#define pg_noreturn __attribute__((noreturn))
#endif

/* 16 can leave out indexes that summarise; we never do */
#if PG_VERSION_NUM >= 160000
#define mo_insert_index_tuples(target, slot, estate) ExecInsertIndexTuples(target, slot, estate, false, false, NULL, NIL, false)
#else
#define mo_insert_index_tuples(target, slot, estate) ExecInsertIndexTuples(target, slot, estate, false, false, NULL, NIL)
#endif

/* 16 lets a heap grow by many pages at a time */
#define MO_HEAP_GROWS_BY_ONE (PG_VERSION_NUM < 160000)

#endif /* MO_COMPAT_H */

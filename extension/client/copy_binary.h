/*
 * copy_binary.h
 *		Rows to a server in COPY's binary form: no text to make here, none to parse there.
 *
 * One mo_copy is one stream on one connection; rows can be dealt to several.
 */
#ifndef MO_COPY_BINARY_H
#define MO_COPY_BINARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* As libpq-fe.h has them; that is included by those who call it. */
typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;

#define MO_COPY_CHUNK ((size_t) 1 << 16)
/* A row's numbers and lengths; its texts are made room for as they come. */
#define MO_COPY_ROW_ROOM 1024

typedef struct mo_copy
{
	PGconn	   *connection;		/* NULL: a rehearsal, rows go nowhere */
	char	   *data;
	size_t		used;
	size_t		size;
	bool		active;
	bool		failed;			/* the connection is lost */
} mo_copy;

/* `target` is a table with its columns in brackets. False: see mo_error_text on `result`, which the caller clears. */
extern bool mo_copy_begin(mo_copy *copy, PGconn *connection, const char *target, PGresult **result);
extern bool mo_copy_end(mo_copy *copy, PGresult **result);

/* Gives the stream up; the server forgets its rows with the transaction. */
extern void mo_copy_abandon(mo_copy *copy, const char *reason);
extern void mo_copy_free(mo_copy *copy);

/* Ends the program when there is no memory: the server forgets the transaction. */
extern void mo_copy_room(mo_copy *copy, size_t more);
extern bool mo_copy_flush(mo_copy *copy);

static inline void
mo_put_int2(mo_copy *copy, int16_t value)
{
	uint16_t	wire = __builtin_bswap16((uint16_t) value);

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	wire = (uint16_t) value;
#endif
	memcpy(copy->data + copy->used, &wire, 2);
	copy->used += 2;
}

static inline void
mo_put_raw4(mo_copy *copy, int32_t value)
{
	uint32_t	wire = __builtin_bswap32((uint32_t) value);

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	wire = (uint32_t) value;
#endif
	memcpy(copy->data + copy->used, &wire, 4);
	copy->used += 4;
}

static inline void
mo_put_raw8(mo_copy *copy, uint64_t value)
{
	uint64_t	wire = __builtin_bswap64(value);

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	wire = value;
#endif
	memcpy(copy->data + copy->used, &wire, 8);
	copy->used += 8;
}

/* Begins a row of `columns` values; sends what is full. */
static inline void
mo_copy_row(mo_copy *copy, int columns)
{
	if (copy->used >= MO_COPY_CHUNK)
		mo_copy_flush(copy);
	mo_copy_room(copy, MO_COPY_ROW_ROOM);
	mo_put_int2(copy, (int16_t) columns);
}

static inline void
mo_put_null(mo_copy *copy)
{
	mo_put_raw4(copy, -1);
}

/* integer, and date as days since 2000-01-01 */
static inline void
mo_put_int4(mo_copy *copy, int32_t value)
{
	mo_put_raw4(copy, 4);
	mo_put_raw4(copy, value);
}

static inline void
mo_put_smallint(mo_copy *copy, int value)
{
	mo_put_raw4(copy, 2);
	mo_put_int2(copy, (int16_t) value);
}

static inline void
mo_put_int8(mo_copy *copy, int64_t value)
{
	mo_put_raw4(copy, 8);
	mo_put_raw8(copy, (uint64_t) value);
}

static inline void
mo_put_float8(mo_copy *copy, double value)
{
	uint64_t	bits;

	memcpy(&bits, &value, 8);
	mo_put_raw4(copy, 8);
	mo_put_raw8(copy, bits);
}

static inline void
mo_put_bool(mo_copy *copy, bool value)
{
	mo_put_raw4(copy, 1);
	copy->data[copy->used++] = value;
}

static inline void
mo_put_text(mo_copy *copy, const char *text, size_t length)
{
	mo_copy_room(copy, length + MO_COPY_ROW_ROOM);
	mo_put_raw4(copy, (int32_t) length);
	memcpy(copy->data + copy->used, text, length);
	copy->used += length;
}

/* An empty text is null. */
static inline void
mo_put_text_or_null(mo_copy *copy, const char *text, size_t length)
{
	if (length == 0)
		mo_put_null(copy);
	else
		mo_put_text(copy, text, length);
}

#endif							/* MO_COPY_BINARY_H */
